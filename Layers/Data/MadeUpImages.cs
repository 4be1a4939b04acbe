using Cnn.Fillers;
using Cnn.Layers.Data.Transform;

namespace Cnn.Layers.Data;

/// <summary>Images of noise, in place of those of a source that is not here.</summary>
internal sealed class MadeUpImages
{
    private const int BytesPerBlock = 16;

    /// <summary>Key of the layer's random stream.</summary>
    public required ulong Key { get; init; }

    /// <summary>The shape of the images in the top.</summary>
    public required ImageShape Shape { get; init; }

    /// <summary>The mean of each channel; null for none.</summary>
    public required AlignedBuffer? ChannelMean { get; init; }

    /// <summary>Factor of the pixels.</summary>
    public required float Scale { get; init; }

    /// <summary>Draws an image: bytes that are equally likely, less the mean, times the scale.</summary>
    /// <param name="index">The image's index among all images drawn.</param>
    /// <param name="values">Receives the image, [C, H, W].</param>
    public void Draw(long index, Span<float> values)
    {
        int plane = Shape.Height * Shape.Width;
        for (int c = 0; c < Shape.Channels; c++)
        {
            float mean = ChannelMean is null ? 0 : ChannelMean.Span[c];
            DrawPlane((ulong)c << 32, (ulong)index, values.Slice(c * plane, plane), mean);
        }
    }

    private void DrawPlane(ulong block, ulong index, Span<float> values, float mean)
    {
        Span<uint> words = stackalloc uint[BytesPerBlock / sizeof(uint)];
        for (int start = 0; start < values.Length; start += BytesPerBlock)
        {
            (words[0], words[1], words[2], words[3]) = PhiloxRandom.Block(Key, block++, index);
            int count = Math.Min(BytesPerBlock, values.Length - start);
            for (int i = 0; i < count; i++)
            {
                values[start + i] = ((byte)(words[i >> 2] >> (8 * (i & 3))) - mean) * Scale;
            }
        }
    }
}
