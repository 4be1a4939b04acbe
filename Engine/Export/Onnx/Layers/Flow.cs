using Cnn.Layers;
using Cnn.Proto;
using Kind = Cnn.Proto.CorrelationParameter.Types.CorrelationType;

namespace Cnn.Engine.Export.Onnx.Layers;

/// <summary>The layers of optical flow, by their arithmetic.</summary>
internal static class Flow
{
    private const int OpsetOfGridSample = 16;
    private const int OpsetOfItsNewNames = 20;

    /// <summary>The mean products, or differences, of two maps at each displacement.</summary>
    [ExportsLayer("Correlation")]
    public static void Correlation(LayerExport layer)
    {
        CorrelationParameter options = layer.Definition.CorrelationParam;
        int most = (int)options.MaxDisplacement, step = (int)options.Stride2, radius = most / step;
        int kernel = (int)options.KernelSize, stride = (int)options.Stride1;
        uint pad = options.Pad;
        string a = Blocks.Padded(layer, layer.In(), [pad, pad, pad, pad], 2);
        string b = Blocks.Padded(layer, layer.In(1), [pad, pad, pad, pad], 2);
        Blob top = layer.TopBlob();
        long rows = ((top.Dim(2) - 1) * stride) + kernel, columns = ((top.Dim(3) - 1) * stride) + kernel;
        a = Window(a, 0, 0);
        var means = new List<string>();
        for (int down = -radius; down <= radius; down++)
        {
            for (int right = -radius; right <= radius; right++)
            {
                string moved = Window(b, down * step, right * step);
                string term = options.CorrelationType == Kind.Subtract
                    ? layer.Op("Abs", [layer.Op("Sub", [a, moved])])
                    : layer.Op("Mul", [a, moved]);
                means.Add(layer.Reduce("ReduceMean", term, [1], keeps: true));
            }
        }

        string all = layer.Op("Concat", [.. means], ("axis", 1));
        layer.Top(kernel == 1 && stride == 1
            ? all
            : layer.Op(
                "AveragePool", [all], ("kernel_shape", (int[])[kernel, kernel]), ("strides", (int[])[stride, stride])));

        string Window(string map, int down, int right)
        {
            long first = most + down, left = most + right;
            return layer.Op(
                "Slice",
                [
                    map, layer.Graph.Constant(first, left), layer.Graph.Constant(first + rows, left + columns),
                    layer.Graph.Constant(2, 3),
                ]);
        }
    }

    /// <summary>An image moved along a flow: GridSample, and the fill value for what comes from outside.</summary>
    [ExportsLayer("FlowWarp")]
    public static void FlowWarp(LayerExport layer)
    {
        if (layer.Graph.Opset < OpsetOfGridSample)
        {
            throw layer.Refusal($"its operator GridSample came with opset {OpsetOfGridSample}");
        }

        FlowWarpParameter options = layer.Definition.FlowWarpParam ?? new FlowWarpParameter();
        float fill = options.FillValue == FlowWarpParameter.Types.FillParameter.NotANumber ? float.NaN : 0;
        Blob image = layer.Bottom();
        int height = image.Dim(2), width = image.Dim(3);
        string[] steps = layer.Ops("Split", 2, [layer.In(1), layer.Graph.Constant(1, 1)], ("axis", 1));
        string x = layer.Op("Add", [steps[0], Places(layer, "columns", [1, 1, 1, width])]);
        string y = layer.Op("Add", [steps[1], Places(layer, "rows", [1, 1, height, 1])]);
        string isInside = layer.Op("And", [IsWithin(layer, x, width), IsWithin(layer, y, height)]);
        string grid = layer.Op(
            "Concat",
            [Unit(layer, x, isInside, width), Unit(layer, y, isInside, height)],
            ("axis", 3));
        string moved = layer.Op(
            "GridSample",
            [layer.In(), grid],
            ("align_corners", 1),
            ("mode", layer.Graph.Opset < OpsetOfItsNewNames ? "bilinear" : "linear"),
            ("padding_mode", "border"));
        layer.Top(layer.Op("Where", [isInside, moved, layer.Graph.Constant(fill)]));
    }

    private static string Places(LayerExport layer, string role, int[] shape) =>
        layer.Weight(role, [.. Enumerable.Range(0, shape[2] * shape[3]).Select(i => (float)i)], shape);

    private static string IsWithin(LayerExport layer, string x, int size) => layer.Op(
        "And",
        [
            layer.Op("GreaterOrEqual", [x, layer.Graph.Constant(0f)]),
            layer.Op("Less", [x, layer.Graph.Constant((float)size)]),
        ]);

    // Places from -1 to 1, as the last axis.
    private static string Unit(LayerExport layer, string x, string isInside, int size)
    {
        Blob image = layer.Bottom();
        string inside = layer.Op("Where", [isInside, x, layer.Graph.Constant(0f)]);
        string unit = layer.Plus(layer.Times(inside, size > 1 ? 2f / (size - 1) : 0), -1);
        return layer.Reshape(unit, [image.Dim(0), image.Dim(2), image.Dim(3), 1], layer.IsBatch(image));
    }
}
