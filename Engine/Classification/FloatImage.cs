namespace Cnn.Engine.Classification;

/// <summary>An image of floats, [C, H, W]. Its buffer serves the next image and grows when that is larger.</summary>
internal sealed class FloatImage : IPixelRows
{
    private float[] values = [];

    /// <summary>Makes an image without pixels.</summary>
    public FloatImage()
    {
    }

    /// <summary>Makes an image of given values.</summary>
    public FloatImage(int channels, int height, int width, ReadOnlySpan<float> from)
    {
        SetSize(channels, height, width);
        from.CopyTo(Values);
    }

    /// <inheritdoc/>
    public int Channels { get; private set; }

    /// <inheritdoc/>
    public int Height { get; private set; }

    /// <inheritdoc/>
    public int Width { get; private set; }

    /// <summary>The values, [C, H, W].</summary>
    public Span<float> Values => values.AsSpan(0, Channels * Height * Width);

    /// <summary>Sets the shape. What the values are afterwards is not defined.</summary>
    public void SetSize(int channels, int height, int width)
    {
        int size = checked(channels * height * width);
        if (values.Length < size)
        {
            values = GC.AllocateUninitializedArray<float>(size);
        }

        (Channels, Height, Width) = (channels, height, width);
    }

    /// <summary>Returns one row of one channel.</summary>
    public Span<float> Row(int channel, int row) => Values.Slice(((channel * Height) + row) * Width, Width);

    /// <inheritdoc/>
    public void Read(int channel, int row, Span<float> to) => Row(channel, row).CopyTo(to);
}
