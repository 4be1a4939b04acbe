using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Inspection;

/// <summary>The channels of an item of a blob as tiles, all in one scale of colours.</summary>
internal static class ChannelTiles
{
    // Channels of a single value are cells rather than images, and many fit.
    private const int MostCells = 4096;

    /// <summary>Makes the tiles: [N, C, H, W] has C of H x W, [N, C] has C of one value.</summary>
    /// <param name="shape">The blob with the shape.</param>
    /// <param name="values">Its values or its gradient.</param>
    /// <param name="item">The item, from 0.</param>
    /// <param name="most">How many tiles there are at most.</param>
    /// <param name="colors">The colours.</param>
    /// <param name="isSigned">Whether zero is in the middle of the scale.</param>
    /// <exception cref="CnnException">The blob is empty or has no such item.</exception>
    public static TileSheet Of(
        Blob shape, ReadOnlySpan<float> values, int item, int most, ColorMap colors, bool isSigned)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        int items = shape.AxisCount > 0 ? shape.Dim(0) : 1;
        if (item < 0 || item >= items || shape.Count == 0)
        {
            throw new CnnException(
                $"a blob of shape {shape.ShapeText} has no values of item {item}",
                items > 0 && shape.Count > 0 ? $"from 0 to {items - 1}" : null);
        }

        int channels = shape.AxisCount > 1 ? shape.Dim(1) : 1, width = shape.AxisCount > 2 ? shape.Dim(-1) : 1;
        int size = shape.Count / items / channels;
        int count = Math.Min(channels, size == 1 ? MostCells : most);
        ReadOnlySpan<float> shown = values.Slice(item * channels * size, count * size);
        (float least, float greatest) = isSigned
            ? (-FilterSheet.Largest(shown), FilterSheet.Largest(shown))
            : Range(shown);
        var sheet = new TileSheet(count, size / width, width)
        {
            Total = channels, Least = least, Greatest = greatest, Colors = colors,
        };
        for (int channel = 0; channel < count; channel++)
        {
            sheet.Paint(channel, shown.Slice(channel * size, size));
        }

        return sheet;
    }

    /// <summary>Returns the least and the greatest finite value; 0 where there is none.</summary>
    public static (float Least, float Greatest) Range(ReadOnlySpan<float> values)
    {
        (float least, float greatest) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float value in values)
        {
            if (float.IsFinite(value))
            {
                (least, greatest) = (Math.Min(least, value), Math.Max(greatest, value));
            }
        }

        return least <= greatest ? (least, greatest) : (0, 0);
    }
}
