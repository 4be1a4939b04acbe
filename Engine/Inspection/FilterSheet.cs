using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Engine.Inspection;

/// <summary>
/// The weights of a convolution as tiles. A filter over three channels is one coloured tile, as blue, green, red, which
/// is Caffe's order; one over a single channel is a grey tile; of more channels each has a grey tile, and a filter is a
/// row.
/// </summary>
/// <remarks>
/// A filter is scaled by the largest magnitude of its weights: zero is the middle grey, the largest weight of a filter
/// is white or black. Infinite weights are too; NaN counts as zero.
/// </remarks>
public static class FilterSheet
{
    /// <summary>Returns whether weights are filters: [outputs, channels, height, width], larger than 1 x 1.</summary>
    public static bool Fits(Blob weights) =>
        weights.AxisCount == 4 && weights.Count > 0 && weights.Dim(2) * weights.Dim(3) > 1;

    /// <summary>
    /// Returns the filters of a layer: the weights of a convolution, or those of an InnerProduct that reads images, in
    /// the shape of the images. They share the values and the gradient of the weights.
    /// </summary>
    /// <exception cref="CnnException">The layer has none.</exception>
    public static Blob FiltersOf(NetLayer layer) =>
        Find(layer) ?? throw new CnnException(
            $"layer '{layer.Name}' ({layer.Type}) has no filters to show: "
            + (layer.Parameters.Count == 0 ? "it has no weights" : $"its weights are {layer.Parameters[0].ShapeText}"),
            "a convolution larger than 1 x 1 has some, and an InnerProduct that reads images");

    /// <summary>Returns the filters of a layer, as <see cref="FiltersOf"/> does; null where it has none.</summary>
    public static Blob? Find(NetLayer layer)
    {
        if (layer.Parameters.Count == 0 || layer.Bottoms.Count == 0)
        {
            return null;
        }

        Blob weights = layer.Parameters[0], images = layer.Bottoms[0];
        if (weights.AxisCount != 2 || images.AxisCount != 4 || weights.Dim(1) != images.CountOf(1))
        {
            return Fits(weights) ? weights : null;
        }

        var filters = new Blob(weights.Dim(0), images.Dim(1), images.Dim(2), images.Dim(3));
        filters.ShareData(weights);
        filters.ShareDiff(weights);
        return Fits(filters) ? filters : null;
    }

    /// <summary>Returns weights as an image that is large enough to be looked at; see <see cref="Tiles"/>.</summary>
    /// <exception cref="CnnException">They are no filters.</exception>
    public static PlanarImage Of(Blob weights) => Tiles(weights).ToImage();

    /// <summary>Returns weights as tiles.</summary>
    /// <param name="weights">The weights, [outputs, channels, height, width].</param>
    /// <param name="most">How many tiles there are at most; the first filters and channels are shown.</param>
    /// <exception cref="CnnException">They are no filters.</exception>
    public static TileSheet Tiles(Blob weights, int most = TileSheet.UsualMost) =>
        Lay(weights, weights.Data, most, ColorMap.Grey, largest: null);

    /// <summary>Lays out values of the shape of filters.</summary>
    /// <param name="weights">The filters.</param>
    /// <param name="values">The values.</param>
    /// <param name="most">How many tiles there are at most.</param>
    /// <param name="colors">The colours of a tile for one channel.</param>
    /// <param name="largest">The magnitude at the ends of the scale; null for that of each filter.</param>
    /// <exception cref="CnnException">They are no filters.</exception>
    internal static TileSheet Lay(
        Blob weights, ReadOnlySpan<float> values, int most, ColorMap colors, float? largest)
    {
        Require(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        int outputs = weights.Dim(0), channels = weights.Dim(1), size = weights.Dim(2) * weights.Dim(3);
        bool isWhole = channels is 1 or 3;
        int perFilter = isWhole ? 1 : Math.Min(channels, Math.Max(1, (int)Math.Sqrt(most)));
        int filters = Math.Min(outputs, Math.Max(1, most / perFilter));
        float end = largest ?? Largest(values);
        var sheet = new TileSheet(filters * perFilter, weights.Dim(2), weights.Dim(3), isWhole ? 0 : perFilter)
        {
            Total = isWhole ? outputs : outputs * channels,
            Least = -end,
            Greatest = end,
            Colors = channels == 3 ? ColorMap.Grey : colors,
        };
        for (int filter = 0; filter < filters; filter++)
        {
            ReadOnlySpan<float> all = values.Slice(filter * channels * size, channels * size);
            float ownEnd = largest ?? Largest(all);
            for (int i = 0; i < perFilter; i++)
            {
                sheet.Paint((filter * perFilter) + i, isWhole ? all : all.Slice(i * size, size), -ownEnd, ownEnd);
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
}
