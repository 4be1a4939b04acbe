using Cnn.Layers;
using Cnn.Layers.Vision;
using Cnn.Proto;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>Convolutions and products with weights.</summary>
internal static class Convolutions
{
    /// <summary>Conv; a connection table becomes weights of zero.</summary>
    [ExportsLayer("Convolution")]
    [ExportsLayer("DepthwiseConvolution")]
    [ExportsLayer("ConvolutionDepthwise")]
    [ExportsLayer("Convolution3D")]
    public static void Convolution(LayerExport layer)
    {
        var convolution = (ConvolutionBaseLayer)layer.Layer.Layer;
        ConvolutionParameter options = layer.Definition.ConvolutionParam ?? new ConvolutionParameter();
        int axis = AxisOf(layer, convolution.Window);
        ConvolutionWeights? folded = layer.Options.Folds ? ConvolutionWeights.Fold(layer, axis) : null;
        for (int i = 0; i < layer.Layer.BottomList.Count; i++)
        {
            Blob bottom = layer.Bottom(i), top = layer.TopBlob(i);
            string x = Images(layer, layer.In(i), bottom, axis, out bool isMoved);
            int channels = bottom.Dim(axis);
            var (weights, group) = Weights(layer, options, channels, top.Dim(axis), folded);
            var inputs = new List<string> { x, weights };
            if (folded is not null)
            {
                inputs.Add(folded.Bias);
            }
            else if (layer.Layer.Parameters.Count > 1)
            {
                inputs.Add(layer.Weight(1, top.Dim(axis)));
            }

            string y = layer.Op(
                "Conv", [.. inputs], [.. Attributes(convolution.Window, bottom, axis), ("group", group)]);
            y = isMoved ? layer.Reshape(y, top.Shape, layer.IsBatch(top)) : y;
            if (options.Relu)
            {
                y = Activations.Rectified(layer, y, options.NegativeSlope);
            }

            if (folded is not null)
            {
                layer.TopOfFollowers(y, folded.Followers);
            }
            else
            {
                layer.Top(y, i);
            }
        }
    }

    /// <summary>ConvTranspose, whose weights are Caffe's.</summary>
    [ExportsLayer("Deconvolution")]
    public static void Deconvolution(LayerExport layer)
    {
        var convolution = (ConvolutionBaseLayer)layer.Layer.Layer;
        int axis = AxisOf(layer, convolution.Window);
        for (int i = 0; i < layer.Layer.BottomList.Count; i++)
        {
            Blob bottom = layer.Bottom(i), top = layer.TopBlob(i);
            string x = Images(layer, layer.In(i), bottom, axis, out bool isMoved);
            int group = top.Dim(axis) / layer.Layer.Parameters[0].Dim(1);
            string weights = Filters(layer);
            string[] inputs = layer.Layer.Parameters.Count > 1
                ? [x, weights, layer.Weight(1, top.Dim(axis))]
                : [x, weights];
            WindowParameters window = convolution.Window;
            int[] pads = Enumerable.Range(0, Math.Max(1, window.Kernel.Length))
                .Select(a => window.Kernel.Length == 0 ? 0 : window.Pad[a]).ToArray();
            string y = layer.Op(
                "ConvTranspose",
                inputs,
                ("kernel_shape", OrOne(window.Kernel)),
                ("strides", OrOne(window.Stride)),
                ("dilations", OrOne(window.Dilation)),
                ("pads", (int[])[.. pads, .. pads]),
                ("group", group));
            layer.Top(isMoved ? layer.Reshape(y, top.Shape, layer.IsBatch(top)) : y, i);
        }
    }

    /// <summary>Gemm over the values from an axis on.</summary>
    [ExportsLayer("InnerProduct")]
    public static void InnerProduct(LayerExport layer)
    {
        InnerProductParameter options = layer.Definition.InnerProductParam;
        Blob bottom = layer.Bottom(), weights = layer.Layer.Parameters[0];
        int axis = layer.Axis(options.Axis);
        int inputs = bottom.CountOf(axis), outputs = (int)options.NumOutput;
        bool isFlat = axis == 1 && bottom.AxisCount == 2;
        string x = isFlat ? layer.In()
            : axis == 1 ? layer.Op("Flatten", [layer.In()], ("axis", 1))
            : layer.Reshape(layer.In(), [bottom.CountOf(0, axis), inputs], axis > 0 && layer.IsBatch(bottom));
        string w = layer.Weight(0, options.Transpose ? [inputs, outputs] : [outputs, inputs]);
        string[] all = layer.Layer.Parameters.Count > 1 ? [x, w, layer.Weight(1, outputs)] : [x, w];
        string y = layer.Op("Gemm", all, ("transB", options.Transpose ? 0 : 1));
        if (axis != 1)
        {
            y = layer.Reshape(y, layer.TopBlob().Shape, axis > 0 && layer.IsBatch(layer.TopBlob()));
        }

        layer.Top(options.Relu ? Activations.Rectified(layer, y, options.NegativeSlope) : y);
    }

    /// <summary>The squared distances to prototypes: |x|^2 - 2 x w' + |w|^2 would round; so the differences.</summary>
    [ExportsLayer("EuclideanRBF")]
    public static void EuclideanRBF(LayerExport layer)
    {
        Blob bottom = layer.Bottom(), prototypes = layer.Layer.Parameters[0];
        int inputs = prototypes.Dim(1), outputs = prototypes.Dim(0);
        string x = layer.Reshape(layer.In(), [bottom.Count / inputs, 1, inputs], layer.IsBatch(bottom));
        string difference = layer.Op("Sub", [x, layer.Weight(0, 1, outputs, inputs)]);
        string y = layer.Reduce("ReduceSumSquare", difference, [2], keeps: false);
        layer.Top(layer.TopBlob().AxisCount == 2
            ? y
            : layer.Reshape(y, layer.TopBlob().Shape, layer.IsBatch(layer.TopBlob())));
    }

    /// <summary>The squared distances to points that are learned, or a bottom.</summary>
    [ExportsLayer("InnerDistance")]
    public static void InnerDistance(LayerExport layer)
    {
        Blob bottom = layer.Bottom(), top = layer.TopBlob();
        int axis = layer.Axis(layer.Definition.InnerDistanceParam?.Axis ?? 1);
        int size = bottom.CountOf(axis), points = top.Dim(axis);
        string table = layer.Layer.BottomList.Count > 1
            ? layer.Op("Reshape", [layer.In(1), layer.Graph.Constant(1, -1, size)])
            : layer.Weight(0, 1, points, size);
        string x = layer.Op("Reshape", [layer.In(), layer.Graph.Constant(-1, 1, size)]);
        string y = layer.Reduce("ReduceSumSquare", layer.Op("Sub", [x, table]), [2], keeps: false);
        layer.Top(axis == 1 ? y : layer.Reshape(y, top.Shape, axis > 0 && layer.IsBatch(top)));
    }

    /// <summary>Gemm with directions of length 1; a margin needs the labels.</summary>
    [ExportsLayer("MarginInnerProduct")]
    public static void MarginInnerProduct(LayerExport layer)
    {
        MarginInnerProductParameter options = layer.Definition.MarginInnerProductParam;
        if (options.Type != MarginInnerProductParameter.Types.MarginType.Single)
        {
            throw layer.Refusal(
                "its scores depend on the labels; export the net without it, or with type SINGLE",
                options,
                MarginInnerProductParameter.TypeFieldNumber);
        }

        Blob bottom = layer.Bottom(), weights = layer.Layer.Parameters[0];
        int axis = layer.Axis(options.Axis), inputs = weights.Dim(1), classes = weights.Dim(0);
        float[] directions = weights.Data.ToArray();
        for (int j = 0; j < classes; j++)
        {
            Span<float> row = directions.AsSpan(j * inputs, inputs);
            float length = MathF.Sqrt((float)row.ToArray().Sum(w => (double)w * w));
            foreach (ref float weight in row)
            {
                weight /= length == 0 ? 1 : length;
            }
        }

        string x = axis == 1 && bottom.AxisCount == 2
            ? layer.In()
            : layer.Op("Reshape", [layer.In(), layer.Graph.Constant(-1, inputs)]);
        string y = layer.Op("Gemm", [x, layer.Computed(0, directions, classes, inputs)], ("transB", 1));
        layer.Top(axis == 1 ? y : layer.Reshape(y, layer.TopBlob().Shape, axis > 0 && layer.IsBatch(layer.TopBlob())));
    }

    /// <summary>Windows as channels: a Conv whose filters have a single 1.</summary>
    [ExportsLayer("Im2col")]
    public static void Im2col(LayerExport layer)
    {
        ConvolutionParameter options = layer.Definition.ConvolutionParam;
        for (int i = 0; i < layer.Layer.BottomList.Count; i++)
        {
            Blob bottom = layer.Bottom(i);
            int axis = layer.Axis(options.Axis, i);
            if (axis != 1)
            {
                throw layer.Refusal($"its channels are on axis {axis}", options, ConvolutionParameter.AxisFieldNumber);
            }

            int spatial = bottom.AxisCount - 2;
            WindowParameters window = WindowParameters.Read(layer.Layer.Layer.Context, options, spatial);
            int channels = bottom.Dim(1), taps = (int)window.Taps;
            var filters = new float[channels * taps * taps];
            for (int filter = 0; filter < channels * taps; filter++)
            {
                filters[(filter * taps) + (filter % taps)] = 1;
            }

            string weights = layer.Weight("filters", filters, [channels * taps, 1, .. window.Kernel]);
            layer.Top(
                layer.Op(
                    "Conv",
                    [layer.In(i), weights],
                    [.. Attributes(window, bottom, 1), ("group", channels)]),
                i);
        }
    }

    private static int AxisOf(LayerExport layer, WindowParameters window) =>
        layer.Bottom().AxisCount - 1 - window.Kernel.Length;

    // ONNX has the batch on axis 0 and the channels on axis 1, and one spatial axis at least.
    private static string Images(LayerExport layer, string x, Blob bottom, int axis, out bool isMoved)
    {
        isMoved = axis != 1 || bottom.AxisCount == 2;
        if (!isMoved)
        {
            return x;
        }

        int[] shape = [bottom.CountOf(0, axis), .. bottom.Shape[axis..]];
        return layer.Reshape(
            x, bottom.AxisCount == axis + 1 ? [.. shape, 1] : shape, axis > 0 && layer.IsBatch(bottom));
    }

    private static (string Name, int Group) Weights(
        LayerExport layer, ConvolutionParameter options, int channels, int outputs, ConvolutionWeights? folded)
    {
        Blob blob = layer.Layer.Parameters[0];
        if (options.Connections.Count > 0)
        {
            float[] dense = Dense(blob, options, channels, outputs);
            return (layer.Computed(0, dense, [outputs, channels, .. blob.Shape[1..]]), 1);
        }

        return (folded?.Name ?? Filters(layer), channels / blob.Dim(1));
    }

    // With one spatial axis at least.
    private static string Filters(LayerExport layer)
    {
        int[] dims = layer.Layer.Parameters[0].Shape.ToArray();
        return layer.Weight(0, dims.Length == 2 ? [.. dims, 1] : dims);
    }

    private static float[] Dense(Blob blob, ConvolutionParameter options, int channels, int outputs)
    {
        int taps = blob.CountOf(1), connection = 0;
        var dense = new float[outputs * channels * taps];
        for (int output = 0; output < outputs; output++)
        {
            foreach (uint input in options.Connections[output].Input)
            {
                blob.Data.Slice(connection++ * taps, taps)
                    .CopyTo(dense.AsSpan(((output * channels) + (int)input) * taps));
            }
        }

        return dense;
    }

    private static (string, object)[] Attributes(WindowParameters window, Blob bottom, int axis)
    {
        int axes = window.Kernel.Length;
        var sides = Enumerable.Range(0, axes).Select(a => window.PaddingOf(bottom.Dim(axis + 1 + a), a)).ToArray();
        return
        [
            ("kernel_shape", OrOne(window.Kernel)),
            ("strides", OrOne(window.Stride)),
            ("dilations", OrOne(window.Dilation)),
            ("pads", axes == 0 ? (int[])[0, 0] : [.. sides.Select(s => s.Before), .. sides.Select(s => s.After)]),
        ];
    }

    private static int[] OrOne(int[] values) => values.Length == 0 ? [1] : values;
}
