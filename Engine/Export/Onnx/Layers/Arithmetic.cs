using Cnn.Layers;
using Cnn.Layers.Common;
using Cnn.Proto;
using static Cnn.Proto.EltwiseParameter.Types;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>Sums, products and choices over bottoms and axes.</summary>
internal static class Arithmetic
{
    /// <summary>The sum, product, maximum, minimum or quotient of bottoms.</summary>
    [ExportsLayer("Eltwise")]
    public static void Eltwise(LayerExport layer)
    {
        EltwiseParameter options = layer.Definition.EltwiseParam ?? new EltwiseParameter();
        string[] inputs = [.. Enumerable.Range(0, layer.Layer.BottomList.Count).Select(i => Like(layer, options, i))];
        for (int i = 0; i < options.Coeff.Count; i++)
        {
            inputs[i] = layer.Times(inputs[i], options.Coeff[i]);
        }

        layer.Top(options.Operation switch
        {
            EltwiseOp.Prod => Fold(layer, "Mul", inputs),
            EltwiseOp.Div => Fold(layer, "Div", inputs),
            EltwiseOp.Max => layer.Op("Max", inputs),
            EltwiseOp.Min => layer.Op("Min", inputs),
            _ => inputs.Length == 2 ? layer.Op("Add", inputs) : layer.Op("Sum", inputs),
        });
    }

    /// <summary>a x + y, with a number a for each channel.</summary>
    [ExportsLayer("Axpy")]
    public static void Axpy(LayerExport layer)
    {
        Blob a = layer.Bottom(), x = layer.Bottom(1);
        string factors = a.AxisCount == x.AxisCount
            ? layer.In()
            : layer.Reshape(
                layer.In(),
                [a.Dim(0), a.Dim(1), .. Enumerable.Repeat(1, x.AxisCount - 2)],
                layer.IsBatch(a));
        layer.Top(layer.Op("Add", [layer.Op("Mul", [factors, layer.In(1)]), layer.In(2)]));
    }

    /// <summary>The sum of two bottoms, each repeated along the axes that it does not have.</summary>
    [ExportsLayer("Add")]
    public static void Add(LayerExport layer) => layer.Top(layer.Op("Add", [layer.In(), layer.In(1)]));

    /// <summary>The product of two bottoms, or of one and a parameter.</summary>
    [ExportsLayer("Mul")]
    public static void Mul(LayerExport layer)
    {
        string factor = layer.Layer.BottomList.Count > 1 ? layer.In(1) : layer.Weight(0);
        layer.Top(layer.Op("Mul", [layer.In(), factor]));
    }

    /// <summary>One of five operations on two bottoms.</summary>
    [ExportsLayer("eltwise.Eltwise")]
    public static void PythonEltwise(LayerExport layer)
    {
        PythonEltwiseOptions options = ((PythonEltwiseLayer)layer.Layer.Layer).Options;
        string a = layer.In(), b = layer.In(1);
        layer.Top(options.Operation switch
        {
            0 => layer.Op("Mul", [a, b]),
            1 => layer.Op(
                "Add", [layer.Times(a, (float)options.Coeff[0]), layer.Times(b, (float)options.Coeff[1])]),
            2 => layer.Op("Max", [a, b]),
            3 => layer.Op("Div", [a, b]),
            _ => layer.Op("Min", [a, b]),
        });
    }

    /// <summary>A factor for each position of all channels.</summary>
    [ExportsLayer("ChannelScale")]
    public static void ChannelScale(LayerExport layer)
    {
        if (layer.Definition.ChannelScaleParam is { DoForward: false })
        {
            layer.Top(layer.In());
            return;
        }

        Blob x = layer.Bottom();
        string factors = layer.Reshape(layer.In(1), [x.Dim(0), 1, .. x.Shape[2..]], layer.IsBatch(x));
        layer.Top(layer.Op("Mul", [layer.In(), factors]));
    }

    /// <summary>One number for all axes from one on.</summary>
    [ExportsLayer("Reduction")]
    public static void Reduction(LayerExport layer)
    {
        ReductionParameter options = layer.Definition.ReductionParam ?? new ReductionParameter();
        int count = layer.Bottom().AxisCount;
        int axis = layer.Axis(options.Axis);
        string type = options.Operation switch
        {
            ReductionParameter.Types.ReductionOp.Asum => "ReduceL1",
            ReductionParameter.Types.ReductionOp.Sumsq => "ReduceSumSquare",
            ReductionParameter.Types.ReductionOp.Mean => "ReduceMean",
            _ => "ReduceSum",
        };
        string y = layer.Reduce(type, layer.In(), [.. Enumerable.Range(axis, count - axis)], keeps: false);
        layer.Top(layer.Times(y, options.Coeff));
    }

    /// <summary>The places of the largest values, or these themselves. Of equal values ONNX takes the first.</summary>
    [ExportsLayer("ArgMax")]
    public static void ArgMax(LayerExport layer)
    {
        ArgMaxParameter options = layer.Definition.ArgmaxParam ?? new ArgMaxParameter();
        Blob bottom = layer.Bottom(), top = layer.TopBlob();
        bool isBatch = layer.IsBatch(bottom);
        int axis = options.HasAxis ? layer.Axis(options.Axis) : 1;
        string x = options.HasAxis || bottom.AxisCount == 2
            ? layer.In()
            : layer.Reshape(layer.In(), [bottom.Dim(0), bottom.CountOf(1)], isBatch);
        string[] found = layer.Ops("TopK", 2, [x, layer.Graph.Constant((long)options.TopK)], ("axis", axis));
        string places = layer.Cast(found[1], ElementType.Float);
        if (options.HasAxis)
        {
            layer.Top(options.OutMaxVal ? found[0] : places);
            return;
        }

        string y = options.OutMaxVal ? layer.Op("Concat", [places, found[0]], ("axis", 1)) : places;
        layer.Top(layer.Reshape(y, top.Shape, layer.IsBatch(top)));
    }

    /// <summary>The softmax over an axis.</summary>
    [ExportsLayer("Softmax")]
    public static void Softmax(LayerExport layer) => layer.Top(layer.Softmax());

    /// <summary>One step of an LSTM.</summary>
    [ExportsLayer("LSTMUnit", FixesBatch = true)]
    public static void LSTMUnit(LayerExport layer)
    {
        string markers = layer.Reshape(layer.In(2), [.. layer.Bottom(2).Shape, 1], isBatch: false);
        var (h, c) = Recurrent.LstmStep(layer, layer.In(1), layer.In(), markers, layer.Bottom().Dim(2));
        layer.Top(c, 0);
        layer.Top(h, 1);
    }

    // A bottom with fewer axes than the first is repeated over the others.
    private static string Like(LayerExport layer, EltwiseParameter options, int index)
    {
        Blob first = layer.Bottom(), bottom = layer.Bottom(index);
        if (bottom.AxisCount == first.AxisCount)
        {
            return layer.In(index);
        }

        int axis = layer.Axis(options.Axis);
        int[] dims = new int[first.AxisCount];
        Array.Fill(dims, 1);
        bottom.Shape.CopyTo(dims.AsSpan(axis));
        return layer.Reshape(layer.In(index), dims, axis == 0 && layer.IsBatch(bottom));
    }

    private static string Fold(LayerExport layer, string type, string[] inputs)
    {
        string y = inputs[0];
        foreach (string next in inputs[1..])
        {
            y = layer.Op(type, [y, next]);
        }

        return y;
    }
}
