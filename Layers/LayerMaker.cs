namespace Cnn.Layers;

/// <summary>What the registry knows of a layer type.</summary>
/// <param name="Make">Makes a layer.</param>
/// <param name="Options">The name of its block of options besides <c>plugin_param</c>; null for none.</param>
internal sealed record LayerMaker(Func<LayerContext, Layer> Make, string? Options);
