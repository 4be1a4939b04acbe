namespace Cnn.Layers.Data.Windows;

/// <summary>An image of a list of windows.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Channels">Its channels, as the list has them.</param>
/// <param name="Height">Its rows.</param>
/// <param name="Width">Its columns.</param>
internal sealed record WindowImage(string Path, int Channels, int Height, int Width);
