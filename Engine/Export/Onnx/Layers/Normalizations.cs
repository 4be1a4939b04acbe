using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Common;
using Cnn.Proto;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>Normalizations, and the factors and shifts of channels that go with them.</summary>
internal static class Normalizations
{
    /// <summary>
    /// BatchNormalization with the averages, together with the Scale after it; with a batch's own statistics, its
    /// arithmetic.
    /// </summary>
    [ExportsLayer("BatchNorm")]
    public static void BatchNorm(LayerExport layer)
    {
        BatchNormParameter options = layer.Definition.BatchNormParam ?? new BatchNormParameter();
        bool hasScale = layer.Layer.Parameters.Count > 3;
        if (!((IChannelAffine)layer.Layer.Layer).IsChannelAffine(layer.Layer.BottomList))
        {
            layer.Top(OfBatch(layer, options.Eps));
            return;
        }

        if (options.HasAddEpsBeforeSqrt && !options.AddEpsBeforeSqrt)
        {
            layer.Top(Affine(layer, [layer.Layer]));
            return;
        }

        double stored = layer.Layer.Parameters[2].Data[0];
        double factor = hasScale ? 1 : stored == 0 ? 0 : 1 / stored;
        float[] mean = Times(layer.Layer.Parameters[0], factor), variance = Times(layer.Layer.Parameters[1], factor);
        int channels = mean.Length;
        float eps = hasScale ? Math.Max(options.Eps, 1e-5f) : options.Eps;
        NetLayer? scale = !hasScale && layer.FollowerOf(layer.Layer) is { Layer: ScaleLayer } next
            && ((IChannelAffine)next.Layer).IsChannelAffine(next.BottomList) ? next : null;
        string y = layer.Op(
            "BatchNormalization",
            [
                layer.In(),
                Channels(layer, scale ?? layer.Layer, scale is null ? 3 : 0, "weight", otherwise: 1),
                Channels(layer, scale ?? layer.Layer, scale is null ? 4 : 1, "bias", otherwise: 0),
                layer.Computed(0, mean, channels),
                layer.Computed(1, variance, channels),
            ],
            ("epsilon", eps));
        if (scale is null)
        {
            layer.Top(y);
        }
        else
        {
            layer.TopOfFollowers(y, [scale]);
        }
    }

    /// <summary>PSPNet's and SegNet's kinds: factors and shifts of channels, or a batch's own statistics.</summary>
    [ExportsLayer("BN")]
    public static void BN(LayerExport layer)
    {
        if (((IChannelAffine)layer.Layer.Layer).IsChannelAffine(layer.Layer.BottomList))
        {
            layer.Top(Affine(layer, [layer.Layer]));
            return;
        }

        int channels = layer.Bottom().Dim(1);
        int[] dims = [1, channels, .. Enumerable.Repeat(1, layer.Bottom().AxisCount - 2)];
        string y = layer.Op("Mul", [OfBatch(layer, 1e-9f), layer.Weight(0, dims)]);
        layer.Top(layer.Op("Add", [y, layer.Weight(1, dims)]));
    }

    /// <summary>Mul and Add, with an array or the second bottom that is broadcast.</summary>
    [ExportsLayer("Scale")]
    public static void Scale(LayerExport layer)
    {
        ScaleParameter options = layer.Definition.ScaleParam ?? new ScaleParameter();
        bool isLearned = layer.Layer.BottomList.Count == 1;
        int start = layer.Axis(options.Axis);
        string factor = Broadcast(layer, start, isLearned ? 0 : -1, options.NumAxes);
        string y = layer.Op("Mul", [layer.In(), factor]);
        layer.Top(options.BiasTerm
            ? layer.Op("Add", [y, Broadcast(layer, start, isLearned ? 1 : 0, options.NumAxes)])
            : y);
    }

    /// <summary>Add, with an array or the second bottom that is broadcast.</summary>
    [ExportsLayer("Bias")]
    public static void Bias(LayerExport layer)
    {
        BiasParameter options = layer.Definition.BiasParam ?? new BiasParameter();
        bool isLearned = layer.Layer.BottomList.Count == 1;
        string bias = Broadcast(layer, layer.Axis(options.Axis), isLearned ? 0 : -1, options.NumAxes);
        layer.Top(layer.Op("Add", [layer.In(), bias]));
    }

    /// <summary>LRN over channels, or over neighbours in the plane by its arithmetic.</summary>
    [ExportsLayer("LRN")]
    public static void LRN(LayerExport layer)
    {
        LRNParameter options = layer.Definition.LrnParam ?? new LRNParameter();
        if (options.NormRegion == LRNParameter.Types.NormRegion.AcrossChannels)
        {
            layer.Top(layer.Op(
                "LRN",
                [layer.In()],
                ("size", (int)options.LocalSize),
                ("alpha", options.Alpha),
                ("beta", options.Beta),
                ("bias", options.K)));
            return;
        }

        int size = (int)options.LocalSize, pad = (size - 1) / 2;
        string squares = layer.Op(
            "AveragePool",
            [layer.Op("Mul", [layer.In(), layer.In()])],
            ("kernel_shape", (int[])[size, size]),
            ("strides", (int[])[1, 1]),
            ("pads", (int[])[pad, pad, pad, pad]),
            ("count_include_pad", 1));
        string sums = layer.Plus(layer.Times(squares, options.Alpha), 1);
        layer.Top(layer.Op("Mul", [layer.In(), layer.Op("Pow", [sums, layer.Graph.Constant(-options.Beta)])]));
    }

    /// <summary>Less the mean, divided by the deviation; eps is outside the root.</summary>
    [ExportsLayer("MVN")]
    public static void MVN(LayerExport layer)
    {
        MVNParameter options = layer.Definition.MvnParam ?? new MVNParameter();
        Blob bottom = layer.Bottom(), top = layer.TopBlob();
        string x = bottom.AxisCount == top.AxisCount
            ? layer.In()
            : layer.Reshape(layer.In(), top.Shape, layer.IsBatch(top));
        int first = options.AcrossChannels ? 1 : 2;
        int[] axes = [.. Enumerable.Range(first, top.AxisCount - first)];
        string centred = layer.Op("Sub", [x, layer.Reduce("ReduceMean", x, axes, keeps: true)]);
        if (options.NormalizeVariance)
        {
            string variance = layer.Reduce("ReduceMean", layer.Op("Mul", [centred, centred]), axes, keeps: true);
            centred = layer.Op("Div", [centred, layer.Plus(layer.Op("Sqrt", [variance]), options.Eps)]);
        }

        layer.Top(centred);
    }

    /// <summary>SSD's division by the length, of an image or of each position, times a scale.</summary>
    [ExportsLayer("Normalize")]
    public static void Normalize(LayerExport layer)
    {
        NormalizeParameter options = layer.Definition.NormParam ?? new NormalizeParameter();
        if (layer.Layer.Parameters.Count == 0)
        {
            throw layer.Refusal("happynear's kind is not translated");
        }

        int axes = layer.Bottom().AxisCount;
        int[] over = options.AcrossSpatial ? [.. Enumerable.Range(1, axes - 1)] : [1];
        string sum = layer.Reduce("ReduceSumSquare", layer.In(), over, keeps: true);
        string length = layer.Op("Sqrt", [layer.Plus(sum, options.Eps)]);
        string y = layer.Op("Div", [layer.In(), length]);
        int count = layer.Layer.Parameters[0].Count;
        layer.Top(layer.Op(
            "Mul", [y, layer.Weight(0, [1, count, .. Enumerable.Repeat(1, axes - 2)])]));
    }

    private static string OfBatch(LayerExport layer, float eps)
    {
        int[] axes = [0, .. Enumerable.Range(2, layer.Bottom().AxisCount - 2)];
        string centred = layer.Op("Sub", [layer.In(), layer.Reduce("ReduceMean", layer.In(), axes, keeps: true)]);
        string variance = layer.Reduce("ReduceMean", layer.Op("Mul", [centred, centred]), axes, keeps: true);
        return layer.Op("Div", [centred, layer.Op("Sqrt", [layer.Plus(variance, eps)])]);
    }

    // What layers make of each channel, as one factor and one shift.
    private static string Affine(LayerExport layer, IReadOnlyList<NetLayer> layers)
    {
        int channels = layer.Bottom().Dim(1);
        double[] factor = new double[channels], shift = new double[channels];
        Array.Fill(factor, 1);
        foreach (NetLayer one in layers)
        {
            ((IChannelAffine)one.Layer).Follow(factor, shift);
        }

        int[] dims = [1, channels, .. Enumerable.Repeat(1, layer.Bottom().AxisCount - 2)];
        string y = layer.Op(
            "Mul", [layer.In(), layer.Weight("weight", Array.ConvertAll(factor, f => (float)f), dims)]);
        return layer.Op("Add", [y, layer.Weight("bias", Array.ConvertAll(shift, s => (float)s), dims)]);
    }

    private static float[] Times(Blob blob, double factor) =>
        [.. blob.Data.ToArray().Select(value => (float)(value * factor))];

    // A parameter, or where the layer does not have it the same number for all channels.
    private static string Channels(LayerExport layer, NetLayer owner, int index, string role, float otherwise)
    {
        int channels = layer.Bottom().Dim(1);
        return index < owner.Parameters.Count
            ? layer.WeightOf(owner, index, channels)
            : layer.Weight(role, [.. Enumerable.Repeat(otherwise, channels)], channels);
    }

    // A parameter, or with index -1 the second bottom, with the axes that ONNX's broadcasting needs.
    private static string Broadcast(LayerExport layer, int start, int index, int axes)
    {
        Blob bottom = layer.Bottom();
        bool isBottom = layer.Layer.BottomList.Count > 1;
        int[] shape = isBottom ? layer.Bottom(1).Shape.ToArray()
            : axes == 0 ? []
            : bottom.Shape.Slice(start, axes < 0 ? bottom.AxisCount - start : axes).ToArray();
        start = shape.Length == 0 ? 0 : start;
        int[] dims =
            [.. shape, .. Enumerable.Repeat(1, shape.Length == 0 ? 0 : bottom.AxisCount - start - shape.Length)];
        if (index >= 0)
        {
            return layer.Weight(index, dims.Length == 0 ? [1] : dims);
        }

        return dims.Length == shape.Length
            ? layer.In(1)
            : layer.Reshape(layer.In(1), dims, layer.IsBatch(layer.Bottom(1)));
    }
}
