namespace Cnn.Layers.Kernels.Normalization;

/// <summary>Sizes and constants of a local response normalisation.</summary>
/// <param name="Images">Images.</param>
/// <param name="Channels">Channels of an image.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Reach">
/// Channels or pixels of the window on either side of its centre, (n - 1) / 2, or less where nothing lies beyond.
/// </param>
/// <param name="Factor">
/// The factor of the sum of squares: alpha / n across channels, alpha / n^2 within a channel.
/// </param>
/// <param name="Beta">The exponent.</param>
/// <param name="K">The constant that is added to the sum.</param>
internal readonly record struct LrnShape(
    int Images, int Channels, int Height, int Width, int Reach, double Factor, float Beta, float K)
{
    /// <summary>Pixels of a channel.</summary>
    public int Inner => Height * Width;

    /// <summary>Values of all images.</summary>
    public long Count => (long)Images * Channels * Inner;
}
