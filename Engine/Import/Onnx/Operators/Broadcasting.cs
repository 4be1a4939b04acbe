using Cnn.Proto;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>Blobs that are repeated over axes of others.</summary>
internal static class Broadcasting
{
    /// <summary>Returns a value repeated, by Tile layers, so that it has a shape.</summary>
    public static ImportedValue Repeat(NodeImport node, ImportedValue x, int[] shape)
    {
        ImportedValue y = node.Reshape(x, Sizes.WithAxes(x.Shape, shape.Length));
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (y.Shape[axis] != shape[axis])
            {
                y = Tile(node, y, axis, shape[axis]);
            }
        }

        return y;
    }

    /// <summary>Returns a value repeated along an axis.</summary>
    public static ImportedValue Tile(NodeImport node, ImportedValue x, int axis, int times)
    {
        int[] shape = [.. x.Shape];
        shape[axis] = node.Small((long)shape[axis] * times, "size");
        return node.Add("Tile", [x], shape, layer =>
        {
            layer.TileParam = new TileParameter { Tiles = times };
            if (axis != 1)
            {
                layer.TileParam.Axis = axis;
            }
        });
    }

    /// <summary>
    /// Returns the product or sum of a value and a smaller one, which is repeated over the axes where it has size 1: a
    /// Scale or Bias layer with two bottoms, if the axes that it has are neighbours.
    /// </summary>
    /// <param name="node">The operation.</param>
    /// <param name="x">The value with the result's shape.</param>
    /// <param name="small">The other.</param>
    /// <param name="adds">Whether it is the sum.</param>
    public static ImportedValue Combine(NodeImport node, ImportedValue x, ImportedValue small, bool adds)
    {
        int[] dims = Sizes.WithAxes(small.Shape, x.Axes);
        int first = Array.FindIndex(dims, d => d != 1), last = Array.FindLastIndex(dims, d => d != 1);

        // The batch stays the batch, also where it is 1 for now.
        if (small.Axes == x.Axes && small.Shape[0] == x.Shape[0])
        {
            (first, last) = (0, Math.Max(last, 0));
        }

        if (first < 0 || !dims.AsSpan(first..(last + 1)).SequenceEqual(x.Shape.AsSpan(first..(last + 1))))
        {
            ImportedValue repeated = Repeat(node, small, x.Shape);
            return node.Add("Eltwise", [x, repeated], x.Shape, layer => layer.EltwiseParam = new EltwiseParameter
            {
                Operation = adds ? EltwiseParameter.Types.EltwiseOp.Sum : EltwiseParameter.Types.EltwiseOp.Prod,
            });
        }

        ImportedValue part = node.Reshape(small, dims[first..(last + 1)]);
        return node.Add(adds ? "Bias" : "Scale", [x, part], x.Shape, layer =>
        {
            if (first != 1)
            {
                (layer.BiasParam, layer.ScaleParam) = adds
                    ? (new BiasParameter { Axis = first }, (ScaleParameter?)null)
                    : (null, new ScaleParameter { Axis = first });
            }
        });
    }

    /// <summary>Copies of a value along its axes.</summary>
    [ImportsOperator("Tile")]
    public static void TileAll(NodeImport node)
    {
        ImportedValue x = node.In();
        int[] times = ShapeRules.Sizes(node, node.Known(1, "repeats").Whole);
        if (times.Length != x.Axes)
        {
            throw node.Refusal($"it has {times.Length} repeats for {x.Axes} axes");
        }

        for (int axis = 0; axis < times.Length; axis++)
        {
            x = times[axis] == 1 ? x : Tile(node, x, axis, times[axis]);
        }

        node.Out(x);
    }

    /// <summary>Copies of a value over the axes where it has size 1.</summary>
    [ImportsOperator("Expand")]
    public static void Expand(NodeImport node)
    {
        ImportedValue x = node.In();
        int[] wanted = ShapeRules.Sizes(node, node.Known(1, "shape").Whole);
        int[] shape = Sizes.Broadcast(x.Shape, wanted) ?? throw node.Refusal(
            $"a value of shape {Sizes.Text(x.Shape)} cannot become {Sizes.Text(wanted)}");
        node.Out(Repeat(node, x, shape));
    }
}
