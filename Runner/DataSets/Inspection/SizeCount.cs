namespace Cnn.Runner.DataSets.Inspection;

/// <summary>A size, and how many images have it.</summary>
/// <param name="Channels">The channels.</param>
/// <param name="Height">The rows.</param>
/// <param name="Width">The columns.</param>
/// <param name="Count">The images.</param>
public readonly record struct SizeCount(int Channels, int Height, int Width, long Count);
