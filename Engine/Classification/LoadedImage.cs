using Cnn.Proto.Formats.Images;

namespace Cnn.Engine.Classification;

/// <summary>
/// A decoded image as pycaffe's <c>load_image</c> gives it: red, green, blue from 0 to 1, or one channel of the
/// luminance 0.2125 R + 0.7154 G + 0.0721 B, which is skimage's.
/// </summary>
/// <param name="image">The image, [3, H, W] as blue, green, red.</param>
/// <param name="isGrey">Whether it has the one channel.</param>
internal sealed class LoadedImage(PlanarImage image, bool isGrey) : IPixelRows
{
    private const double Red = 0.2125, Green = 0.7154, Blue = 0.0721;

    private static readonly float[] Levels = [.. Enumerable.Range(0, 256).Select(level => (float)(level / 255.0))];

    /// <inheritdoc/>
    public int Channels => isGrey ? 1 : 3;

    /// <inheritdoc/>
    public int Height => image.Height;

    /// <inheritdoc/>
    public int Width => image.Width;

    /// <inheritdoc/>
    public void Read(int channel, int row, Span<float> to)
    {
        if (isGrey)
        {
            ReadLuminance(row, to);
            return;
        }

        ReadOnlySpan<byte> levels = RowOf(2 - channel, row);
        for (int x = 0; x < levels.Length; x++)
        {
            to[x] = Levels[levels[x]];
        }
    }

    // What is grey already has its level to the bit, which the weights need not add up to.
    private void ReadLuminance(int row, Span<float> to)
    {
        ReadOnlySpan<byte> blue = RowOf(0, row), green = RowOf(1, row), red = RowOf(2, row);
        for (int x = 0; x < blue.Length; x++)
        {
            to[x] = red[x] == green[x] && red[x] == blue[x]
                ? Levels[red[x]]
                : (float)(((Red * red[x]) + (Green * green[x]) + (Blue * blue[x])) / 255.0);
        }
    }

    private ReadOnlySpan<byte> RowOf(int plane, int row) => image.Plane(plane).Slice(row * Width, Width);
}
