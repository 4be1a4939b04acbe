namespace Cnn.Engine.Runs;

/// <summary>The time of a layer in a training step.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Type">The layer's type.</param>
/// <param name="Forward">Milliseconds of its forward pass; of fused layers the first has the time of all.</param>
/// <param name="Backward">Milliseconds of its backward pass.</param>
public sealed record LayerTime(string Layer, string Type, double Forward, double Backward);
