using Cnn.Layers;
using Cnn.Layers.Kernels.Pooling;
using Cnn.Layers.Vision;
using Cnn.Proto;
using Method = Cnn.Proto.PoolingParameter.Types.PoolMethod;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>
/// Pooling. Sizes that Caffe rounds up become padding that is written out, since programs differ in what they make of
/// <c>ceil_mode</c>.
/// </summary>
internal static class Poolings
{
    private const float SmallestNormal = 1.17549435e-38f;

    /// <summary>MaxPool, AveragePool and the global ones; STOCHASTIC as it computes in testing.</summary>
    [ExportsLayer("Pooling")]
    public static void Pooling(LayerExport layer)
    {
        PoolingParameter options = layer.Definition.PoolingParam ?? new PoolingParameter();
        PoolingShape shape = ((PoolingLayer)layer.Layer.Layer).Shape;
        RefuseWindowsOutside(layer, options, shape);
        switch (options.Pool)
        {
            case Method.Max when layer.Layer.TopList.Count > 1:
                string[] outputs = layer.Ops("MaxPool", 2, [layer.In()], MaximumAttributes(shape));
                layer.Top(outputs[0]);
                string plane = layer.Graph.Constant([(long)shape.PlaneSize], []);
                layer.Top(layer.Cast(layer.Op("Mod", [outputs[1], plane]), ElementType.Float), 1);
                break;
            case Method.Max:
                layer.Top(Maximum(layer, layer.In(), shape));
                break;
            case Method.Stochastic:
                string x = layer.In();
                string squares = Average(layer, layer.Op("Mul", [x, x]), shape);

                // A window of zeros gives 0.
                string sum = layer.Plus(Average(layer, x, shape), SmallestNormal);
                layer.Top(layer.Op("Div", [squares, sum]));
                break;
            default:
                layer.Top(Average(layer, layer.In(), shape));
                break;
        }
    }

    /// <summary>LeNet-5's sums of windows with a factor and a bias a channel.</summary>
    [ExportsLayer("Subsampling")]
    public static void Subsampling(LayerExport layer)
    {
        UnpaddedWindows windows = UnpaddedWindows.Read(layer.Layer.Layer.Context, layer.Definition.SubsamplingParam);
        PoolingShape shape = windows.Over(layer.Layer.Layer.Context, layer.Bottom());
        int channels = layer.Bottom().Dim(1), area = shape.KernelHeight * shape.KernelWidth;
        float[] factors = [.. layer.Layer.Parameters[0].Data.ToArray().Select(f => f * area)];
        string y = layer.Op(
            "Mul", [Average(layer, layer.In(), shape), layer.Computed(0, factors, 1, channels, 1, 1)]);
        layer.Top(layer.Op("Add", [y, layer.Weight(1, 1, channels, 1, 1)]));
    }

    /// <summary>Poolings of one plane, of its quarters and so on, side by side.</summary>
    [ExportsLayer("SPP")]
    public static void SPP(LayerExport layer)
    {
        SPPParameter options = layer.Definition.SppParam;
        Blob bottom = layer.Bottom();
        int height = bottom.Dim(2), width = bottom.Dim(3);
        var levels = new List<string>();
        for (int level = 0; level < options.PyramidHeight; level++)
        {
            int bins = 1 << level;
            var (kernelHeight, padHeight) = Bins(height, bins);
            var (kernelWidth, padWidth) = Bins(width, bins);
            var shape = new PoolingShape(
                height, width, bins, bins, kernelHeight, kernelWidth, kernelHeight, kernelWidth, padHeight, padWidth);
            string pooled = options.Pool switch
            {
                SPPParameter.Types.PoolMethod.Max => Maximum(layer, layer.In(), shape),
                SPPParameter.Types.PoolMethod.Ave => Average(layer, layer.In(), shape),
                _ => throw layer.Refusal("it draws at random", options, SPPParameter.PoolFieldNumber),
            };

            // One level alone stays an image of one value.
            levels.Add(options.PyramidHeight == 1 ? pooled : layer.Op("Flatten", [pooled], ("axis", 1)));
        }

        layer.Top(levels.Count == 1 ? levels[0] : layer.Op("Concat", [.. levels], ("axis", 1)));

        static (int Kernel, int Pad) Bins(int size, int bins)
        {
            int kernel = (size + bins - 1) / bins;
            return (kernel, ((kernel * bins) - size + 1) / 2);
        }
    }

    /// <summary>C3D's pooling of frames, rows and columns.</summary>
    [ExportsLayer("Pooling3D")]
    public static void Pooling3D(LayerExport layer)
    {
        VolumeShape shape = ((Pooling3DLayer)layer.Layer.Layer).Shape;
        var sides = new Side[3];
        for (int axis = 0; axis < 3; axis++)
        {
            sides[axis] = Side.Of(
                shape.Size[axis], shape.Pooled[axis], shape.Kernel[axis], shape.Stride[axis], shape.Pad[axis], 0);
            if (((shape.Pooled[axis] - 1) * shape.Stride[axis]) - shape.Pad[axis] >= shape.Size[axis])
            {
                throw layer.Refusal("its last windows lie outside the volume, and ONNX has none there");
            }
        }

        layer.Top(((Pooling3DLayer)layer.Layer.Layer).IsMean
            ? Average(layer, layer.In(), shape.Kernel, shape.Stride, sides)
            : layer.Op(
                "MaxPool",
                [layer.In()],
                ("kernel_shape", shape.Kernel),
                ("strides", shape.Stride),
                ("pads", Pads(sides))));
    }

    /// <summary>The shares of bins in windows: triangles over the values, averaged.</summary>
    [ExportsLayer("HistogramPooling")]
    public static void HistogramPooling(LayerExport layer)
    {
        HistogramPoolingParameter options = layer.Definition.HistogramPoolingParam;
        UnpaddedWindows windows = UnpaddedWindows.Read(layer.Layer.Layer.Context, options);
        PoolingShape shape = windows.Over(layer.Layer.Layer.Context, layer.Bottom());
        int bins = (int)options.Bins;
        float step = (options.Max - options.Min) / (bins - 1);
        string x = layer.Op(
            "Clip", [layer.In(), layer.Graph.Constant(options.Min), layer.Graph.Constant(options.Max)]);
        string place = layer.Times(layer.Plus(x, -options.Min), 1 / step);
        string axis = layer.Graph.Constant(2L);
        var shares = new string[bins];
        for (int bin = 0; bin < bins; bin++)
        {
            string distance = layer.Op("Abs", [layer.Plus(place, -bin)]);
            string share = layer.Op("Relu", [layer.Op("Sub", [layer.Graph.Constant(1f), distance])]);
            shares[bin] = layer.Op("Unsqueeze", [Average(layer, share, shape), axis]);
        }

        Blob top = layer.TopBlob();
        layer.Top(layer.Reshape(layer.Op("Concat", shares, ("axis", 2)), top.Shape, layer.IsBatch(top)));
    }

    /// <summary>MaxRoiPool, which is Fast R-CNN's.</summary>
    [ExportsLayer("ROIPooling")]
    public static void RoiPooling(LayerExport layer)
    {
        ROIPoolingParameter options = layer.Definition.RoiPoolingParam;
        if (layer.Graph.Opset > 21)
        {
            throw layer.Refusal($"ONNX Runtime has no MaxRoiPool of opset {layer.Graph.Opset}; 13 to 21 have one");
        }

        string regions = layer.Bottom(1).AxisCount == 2
            ? layer.In(1)
            : layer.Reshape(layer.In(1), [layer.Bottom(1).Dim(0), 5], layer.IsBatch(layer.Bottom(1)));
        layer.Top(layer.Op(
            "MaxRoiPool",
            [layer.In(), regions],
            ("pooled_shape", (int[])[(int)options.PooledH, (int)options.PooledW]),
            ("spatial_scale", options.SpatialScale)));
    }

    /// <summary>Returns the maxima of windows.</summary>
    public static string Maximum(LayerExport layer, string x, PoolingShape shape) =>
        IsGlobal(shape)
            ? layer.Op("GlobalMaxPool", [x])
            : layer.Op("MaxPool", [x], MaximumAttributes(shape));

    /// <summary>Returns the means of windows, with Caffe's divisors.</summary>
    public static string Average(LayerExport layer, string x, PoolingShape shape)
    {
        if (IsGlobal(shape))
        {
            return layer.Op("GlobalAveragePool", [x]);
        }

        int[] kernel = [shape.KernelHeight, shape.KernelWidth], stride = [shape.StrideHeight, shape.StrideWidth];
        Side[] sides = [Rows(shape), Columns(shape)];
        return shape.LeavesOutPadding
            ? layer.Op(
                "AveragePool",
                [x],
                ("kernel_shape", kernel),
                ("strides", stride),
                ("pads", Pads(sides)),
                ("count_include_pad", 0))
            : Average(layer, x, kernel, stride, sides);
    }

    // The divisor counts the padding, but not what is past it: then the padding becomes part of the image.
    private static string Average(LayerExport layer, string x, int[] kernel, int[] stride, Side[] sides)
    {
        (string, object)[] windows = [("kernel_shape", kernel), ("strides", stride)];
        if (sides.All(s => s.Surplus == 0))
        {
            return layer.Op("AveragePool", [x], [.. windows, ("pads", Pads(sides)), ("count_include_pad", 1)]);
        }

        if (sides.Any(s => s.HasPadding))
        {
            long[] pads =
                [0, 0, .. sides.Select(s => (long)s.Before), 0, 0, .. sides.Select(s => (long)s.Counted)];
            x = layer.Op("Pad", [x, layer.Graph.Constant(pads), layer.Graph.Constant(0f)]);
        }

        int[] rest = [.. sides.Select(_ => 0), .. sides.Select(s => s.Surplus)];
        return layer.Op("AveragePool", [x], [.. windows, ("pads", rest), ("count_include_pad", 0)]);
    }

    private static (string, object)[] MaximumAttributes(PoolingShape shape) =>
    [
        ("kernel_shape", (int[])[shape.KernelHeight, shape.KernelWidth]),
        ("strides", (int[])[shape.StrideHeight, shape.StrideWidth]),
        ("pads", Pads([Rows(shape), Columns(shape)])),
    ];

    private static bool IsGlobal(PoolingShape shape) =>
        shape is { PooledHeight: 1, PooledWidth: 1, PadHeight: 0, PadWidth: 0, MoreBelow: 0, MoreRight: 0 }
        && shape.KernelHeight == shape.Height
        && shape.KernelWidth == shape.Width;

    private static Side Rows(PoolingShape shape) => Side.Of(
        shape.Height, shape.PooledHeight, shape.KernelHeight, shape.StrideHeight, shape.PadHeight, shape.MoreBelow);

    private static Side Columns(PoolingShape shape) => Side.Of(
        shape.Width, shape.PooledWidth, shape.KernelWidth, shape.StrideWidth, shape.PadWidth, shape.MoreRight);

    private static int[] Pads(Side[] sides) => [.. sides.Select(s => s.Before), .. sides.Select(s => s.Needed)];

    private static void RefuseWindowsOutside(LayerExport layer, PoolingParameter options, PoolingShape shape)
    {
        bool isOutside =
            ((shape.PooledHeight - 1) * shape.StrideHeight) - shape.PadHeight >= shape.Height
            || ((shape.PooledWidth - 1) * shape.StrideWidth) - shape.PadWidth >= shape.Width;
        if (isOutside)
        {
            throw layer.Refusal(
                "its last windows lie outside the image, and ONNX has none there",
                options,
                PoolingParameter.StrideFieldNumber);
        }
    }

    /// <summary>The padding of one axis.</summary>
    /// <param name="Before">In front.</param>
    /// <param name="Needed">Behind, so that the windows fit.</param>
    /// <param name="Counted">The part of it that is padding to Caffe.</param>
    private readonly record struct Side(int Before, int Needed, int Counted)
    {
        /// <summary>The part that is past Caffe's padding.</summary>
        public int Surplus => Needed - Counted;

        /// <summary>Whether Caffe pads.</summary>
        public bool HasPadding => Before > 0 || Counted > 0;

        public static Side Of(int size, int pooled, int kernel, int stride, int before, int more)
        {
            int needed = Math.Max(0, ((pooled - 1) * stride) + kernel - size - before);
            return new Side(before, needed, Math.Min(needed, Math.Max(0, before + more)));
        }
    }
}
