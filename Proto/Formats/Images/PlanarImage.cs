namespace Cnn.Proto.Formats.Images;

/// <summary>
/// An image of 8 bits as a blob holds it: [C, H, W], with the channels in the order B, G, R and, where there is one,
/// alpha. Its buffer is reused by the next image and grows when that is larger.
/// </summary>
public sealed class PlanarImage
{
    private byte[] pixels = [];

    /// <summary>1 for grey, 3 for B, G, R, 4 with alpha.</summary>
    public int Channels { get; private set; }

    /// <summary>The rows.</summary>
    public int Height { get; private set; }

    /// <summary>The columns.</summary>
    public int Width { get; private set; }

    /// <summary>The pixels, [C, H, W].</summary>
    public Span<byte> Pixels => pixels.AsSpan(0, Channels * Height * Width);

    /// <summary>Sets the shape. What the pixels are afterwards is not defined.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <exception cref="OverflowException">The image has 2^31 bytes or more.</exception>
    public void SetSize(int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        int size = checked(channels * height * width);
        if (pixels.Length < size)
        {
            pixels = GC.AllocateUninitializedArray<byte>(size);
        }

        (Channels, Height, Width) = (channels, height, width);
    }

    /// <summary>Returns one channel, [H, W].</summary>
    public Span<byte> Plane(int channel) => Pixels.Slice(channel * Height * Width, Height * Width);
}
