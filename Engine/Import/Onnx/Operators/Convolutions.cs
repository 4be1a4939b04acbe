using Cnn.Proto;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>Convolutions and products with weights.</summary>
internal static class Convolutions
{
    /// <summary>Convolution; zeros that a Pad before puts around the image are its own.</summary>
    [ImportsOperator("Conv")]
    public static void Conv(NodeImport node)
    {
        ImportedValue x = node.In();
        ConstantArray weights = Weights(node, x);
        Windows windows = Windows.Read(node, x.Shape[2..], weights.Shape[2..]);
        if (x.Derivation is Derivation.Padded padded)
        {
            (x, windows) = (padded.Source, windows.Wider(padded.Before, padded.After));
        }

        int group = node.Int("group", 1), outputs = weights.Shape[0];
        if (group < 1 || outputs % group != 0 || (long)weights.Shape[1] * group != x.Shape[1])
        {
            throw node.Refusal(
                $"its weights of shape {Sizes.Text(weights.Shape)} in {group} groups do not fit an input of shape "
                + Sizes.Text(x.Shape));
        }

        int[] shape = [x.Shape[0], outputs, .. x.Shape[2..]];
        for (int axis = 0; axis < windows.Axes; axis++)
        {
            long room = (long)x.Shape[axis + 2] + windows.Before[axis] + windows.After[axis] - windows.Extent(axis);
            shape[axis + 2] = room >= 0
                ? node.Small((room / windows.Stride[axis]) + 1, "size")
                : throw node.Refusal($"its kernel is larger than its input of shape {Sizes.Text(x.Shape)}");
        }

        node.Out(Layer(node, "Convolution", x, weights, shape, outputs, group, windows));
    }

    /// <summary>Deconvolution; what it computes too much at the ends is cut off.</summary>
    [ImportsOperator("ConvTranspose")]
    public static void ConvTranspose(NodeImport node)
    {
        ImportedValue x = node.In();
        ConstantArray weights = Weights(node, x);
        int group = node.Int("group", 1), axes = x.Axes - 2;
        long outputs = weights.Shape[1] * (long)group;
        if (group < 1 || weights.Shape[0] != x.Shape[1] || x.Shape[1] % group != 0 || outputs > int.MaxValue)
        {
            throw node.Refusal(
                $"its weights of shape {Sizes.Text(weights.Shape)} in {group} groups do not fit an input of shape "
                + Sizes.Text(x.Shape));
        }

        if (node.Ints("output_shape").Length > 0 || node.Text("auto_pad", "NOTSET") is not ("NOTSET" or "VALID"))
        {
            throw node.Refusal("its padding is that of an output_shape or auto_pad");
        }

        Windows windows = Windows.Read(node, x.Shape[2..], weights.Shape[2..]);
        int[] more = node.SizesOf("output_padding", axes, 0, least: 0);
        int[] pad = new int[axes], cut = new int[axes], full = [x.Shape[0], (int)outputs, .. x.Shape[2..]];
        for (int axis = 0; axis < axes; axis++)
        {
            // More output is less that is cut off behind.
            int after = windows.After[axis] - more[axis];
            if (after < 0)
            {
                throw node.Refusal("its output_padding is more than its padding, which a layer cannot add");
            }

            pad[axis] = Math.Min(windows.Before[axis], after);
            cut[axis] = windows.Before[axis] - pad[axis];
            full[axis + 2] = node.Small(
                ((x.Shape[axis + 2] - 1L) * windows.Stride[axis]) + windows.Extent(axis) - (2L * pad[axis]), "size");
            more[axis] = after - pad[axis];
        }

        ImportedValue y = Layer(
            node, "Deconvolution", x, weights, full, (int)outputs, group, windows with { Before = pad, After = pad });
        for (int axis = 0; axis < axes; axis++)
        {
            int end = full[axis + 2] - more[axis];
            if (cut[axis] >= end)
            {
                throw node.Refusal("its padding is larger than what it computes");
            }

            y = node.Cut(y, axis + 2, cut[axis], end);
        }

        node.Out(y);
    }

    /// <summary>InnerProduct; a Flatten before it is what the layer does anyway.</summary>
    [ImportsOperator("Gemm")]
    public static void Gemm(NodeImport node)
    {
        ImportedValue x = node.In();
        ConstantArray weights = node.Known(1, "weights");
        bool isTransposed = node.Int("transB", 0) != 0;
        if (x.Axes != 2 || weights.Shape.Length != 2 || node.Int("transA", 0) != 0)
        {
            throw node.Refusal(
                $"it multiplies {Sizes.Text(x.Shape)} by {Sizes.Text(weights.Shape)}, in an order that no layer has");
        }

        var (inputs, outputs) = isTransposed
            ? (weights.Shape[1], weights.Shape[0])
            : (weights.Shape[0], weights.Shape[1]);
        if (inputs != x.Shape[1])
        {
            throw node.Refusal(
                $"its weights of shape {Sizes.Text(weights.Shape)} do not fit an input of {Sizes.Text(x.Shape)}");
        }

        ImportedValue y = Product(
            node,
            x is { Blob: null, Derivation: Derivation.Reshaped { Source.Axes: > 1 } flat }
                && flat.Source.Shape[0] == x.Shape[0] ? flat.Source : x,
            1,
            Scaled(weights, node.Float("alpha", 1)),
            [x.Shape[0], outputs],
            !isTransposed);
        node.Out(node.Has(2)
            ? Constants.Apply(node, y, Scaled(node.Known(2, "bias"), node.Float("beta", 1)), adds: true)
            : y);
    }

    /// <summary>InnerProduct over the last axis.</summary>
    [ImportsOperator("MatMul")]
    public static void MatMul(NodeImport node)
    {
        ImportedValue x = node.In();
        ConstantArray weights = node.Known(1, "weights");
        if (x.Axes < 2 || weights.Shape.Length != 2 || weights.Shape[0] != x.Shape[^1])
        {
            throw node.Refusal(
                $"it multiplies {Sizes.Text(x.Shape)} by {Sizes.Text(weights.Shape)}, in an order that no layer has");
        }

        node.Out(Product(
            node, x, x.Axes - 1, weights, [.. x.Shape[..^1], weights.Shape[1]], isTransposed: true));
    }

    private static ImportedValue Product(
        NodeImport node, ImportedValue x, int axis, ConstantArray weights, int[] shape, bool isTransposed) =>
        node.Add(
            "InnerProduct",
            [x],
            shape,
            layer =>
            {
                layer.InnerProductParam = new InnerProductParameter
                {
                    NumOutput = (uint)shape[^1], BiasTerm = false,
                };
                if (axis != 1)
                {
                    layer.InnerProductParam.Axis = axis;
                }

                if (isTransposed)
                {
                    layer.InnerProductParam.Transpose = true;
                }
            },
            [NodeImport.Weight(weights)]);

    private static ConstantArray Weights(NodeImport node, ImportedValue x)
    {
        ConstantArray weights = node.Known(1, "weights");
        return x.Axes >= 3 && weights.Shape.Length == x.Axes && weights.Count > 0
            ? weights
            : throw node.Refusal(
                $"its weights of shape {Sizes.Text(weights.Shape)} do not fit an input of shape {Sizes.Text(x.Shape)}");
    }

    private static ImportedValue Layer(
        NodeImport node,
        string type,
        ImportedValue x,
        ConstantArray weights,
        int[] shape,
        int outputs,
        int group,
        Windows windows)
    {
        ConstantArray? bias = node.Has(2) ? node.Known(2, "bias") : null;
        if (bias is not null && bias.Count != outputs)
        {
            throw node.Refusal($"its bias has {bias.Count} numbers for {outputs} outputs");
        }

        return node.Add(
            type,
            [x],
            shape,
            layer =>
            {
                var options = new ConvolutionParameter { NumOutput = (uint)outputs };
                if (bias is null)
                {
                    options.BiasTerm = false;
                }

                windows.Set(node, options);
                if (group != 1)
                {
                    options.Group = (uint)group;
                }

                layer.ConvolutionParam = options;
            },
            bias is null
                ? [NodeImport.Weight(weights)]
                : [NodeImport.Weight(weights), NodeImport.Weight(bias, outputs)]);
    }

    private static ConstantArray Scaled(ConstantArray array, float factor) => factor == 1
        ? array
        : new ConstantArray(array.Shape, Array.ConvertAll(array.Floats, v => v * factor));
}
