using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Engine.Inspection;

/// <summary>
/// The weights of a convolution as tiles. A filter over three channels is one coloured tile, as blue, green, red, the
/// order of Caffe; one over a single channel a grey tile; of more channels, each has a grey tile, and a filter is a row.
/// </summary>
/// <remarks>
/// A filter is scaled by the largest magnitude of its weights: zero is the middle grey, the largest weight of a filter
/// is white or black. Weights that are not finite count as zero.
/// </remarks>
public static class FilterSheet
{
    /// <summary>The number of tiles that a sheet has at most if nothing else is said.</summary>
    public const int UsualMost = 256;

    private const float Middle = 127.5f;

    /// <summary>Returns whether weights are filters: an array [outputs, channels, height, width], not of 1 x 1.</summary>
    public static bool Fits(Blob weights) =>
        weights.AxisCount == 4 && weights.Count > 0 && weights.Dim(2) * weights.Dim(3) > 1;

    /// <summary>Returns weights as an image that is large enough to be looked at; see <see cref="Tiles"/>.</summary>
    /// <exception cref="CnnException">They are no filters.</exception>
    public static PlanarImage Of(Blob weights) => Tiles(weights).ToImage();

    /// <summary>Returns weights as tiles.</summary>
    /// <param name="weights">The weights, [outputs, channels, height, width].</param>
    /// <param name="most">How many tiles there are at most; the first filters and channels are shown.</param>
    /// <exception cref="CnnException">They are no filters.</exception>
    public static TileSheet Tiles(Blob weights, int most = UsualMost)
    {
        Require(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        int outputs = weights.Dim(0), channels = weights.Dim(1), height = weights.Dim(2), width = weights.Dim(3);
        bool isWhole = channels is 1 or 3;
        int shown = isWhole ? 1 : Math.Min(channels, Math.Max(1, (int)Math.Sqrt(most)));
        int filters = Math.Min(outputs, Math.Max(1, most / shown));
        ReadOnlySpan<float> values = weights.Data;
        float greatest = Largest(values);
        var sheet = new TileSheet(filters * shown, height, width, isWhole ? 0 : shown)
        {
            Total = isWhole ? outputs : outputs * channels, Least = -greatest, Greatest = greatest,
        };
        int size = height * width;
        for (int filter = 0; filter < filters; filter++)
        {
            ReadOnlySpan<float> all = values.Slice(filter * channels * size, channels * size);
            float largest = Largest(all);
            for (int i = 0; i < shown; i++)
            {
                ReadOnlySpan<float> from = isWhole ? all : all.Slice(i * size, size);
                Paint(from, largest, sheet.Tile((filter * shown) + i));
            }
        }

        return sheet;
    }

    /// <summary>Requires weights that are filters.</summary>
    /// <exception cref="CnnException">They are not.</exception>
    internal static void Require(Blob weights)
    {
        if (!Fits(weights))
        {
            throw new CnnException(
                $"weights of shape {weights.ShapeText} are no filters",
                "those of a convolution are: outputs x channels x height x width, larger than 1 x 1");
        }
    }

    /// <summary>Returns the largest finite magnitude; 0 where there is none.</summary>
    internal static float Largest(ReadOnlySpan<float> values)
    {
        float largest = 0;
        foreach (float value in values)
        {
            largest = float.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
        }

        return largest;
    }

    // One channel is repeated, so that it is grey.
    private static void Paint(ReadOnlySpan<float> values, float largest, Span<byte> tile)
    {
        for (int i = 0; i < tile.Length; i++)
        {
            float value = values[i % values.Length];
            float share = largest > 0 && float.IsFinite(value) ? value / largest : 0;
            tile[i] = (byte)MathF.Round(Middle + (Middle * share));
        }
    }
}
