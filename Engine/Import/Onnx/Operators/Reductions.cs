using Cnn.Proto;
using static Cnn.Proto.ReductionParameter.Types;
using Method = Cnn.Proto.PoolingParameter.Types.PoolMethod;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>One number for some axes.</summary>
internal static class Reductions
{
    private const int MostPieces = 64;

    /// <summary>
    /// Sums and means: of planes by Pooling, of the last axes by Reduction, of channels by a convolution, of others by
    /// Reduction once they are the last.
    /// </summary>
    [ImportsOperator("ReduceMean")]
    [ImportsOperator("ReduceSum")]
    [ImportsOperator("ReduceL1")]
    [ImportsOperator("ReduceSumSquare")]
    public static void Sum(NodeImport node)
    {
        ImportedValue x = node.In();
        int[] axes = Axes(node, x);
        ReductionOp operation = node.Node.OpType switch
        {
            "ReduceMean" => ReductionOp.Mean,
            "ReduceL1" => ReductionOp.Asum,
            "ReduceSumSquare" => ReductionOp.Sumsq,
            _ => ReductionOp.Sum,
        };
        if (axes.Length == 0)
        {
            node.Out(x);
            return;
        }

        int[] kept = [.. x.Shape.Select((d, axis) => axes.Contains(axis) ? 1 : d)];
        ImportedValue y;
        if (operation == ReductionOp.Mean && x.Axes == 4 && axes is [2, 3])
        {
            y = Poolings.OfPlanes(node, x, Method.Ave);
        }
        else if (kept.AsSpan(axes[0]).IndexOfAnyExcept(1) < 0)
        {
            y = Tail(node, x, axes[0], operation);
        }
        else if (axes is [1] && x.Axes >= 3)
        {
            y = OfChannels(node, x, operation);
        }
        else
        {
            int[] rest = [.. Enumerable.Range(0, x.Axes).Except(axes)];
            y = Tail(node, Shapes.Permute(node, x, [.. rest, .. axes]), rest.Length, operation);
        }

        node.Out(node.Reshape(y, node.Int("keepdims", 1) != 0 ? kept : Without(x.Shape, axes)));
    }

    /// <summary>The largest along an axis, of pieces side by side; or of planes.</summary>
    [ImportsOperator("ReduceMax")]
    public static void Max(NodeImport node)
    {
        ImportedValue x = node.In();
        int[] axes = Axes(node, x), kept = [.. x.Shape.Select((d, axis) => axes.Contains(axis) ? 1 : d)];
        ImportedValue y;
        if (x.Axes == 4 && axes is [2, 3])
        {
            y = Poolings.OfPlanes(node, x, Method.Max);
        }
        else if (axes is [int one] && x.Shape[one] is > 1 and <= MostPieces)
        {
            ImportedValue[] pieces = node.Slice(x, one, [.. Enumerable.Range(1, x.Shape[one] - 1)]);
            y = node.Add("Eltwise", pieces, pieces[0].Shape, layer => layer.EltwiseParam = new EltwiseParameter
            {
                Operation = EltwiseParameter.Types.EltwiseOp.Max,
            });
        }
        else
        {
            throw node.Refusal($"it reduces axes {string.Join(", ", axes)} of {Sizes.Text(x.Shape)}");
        }

        node.Out(node.Reshape(y, node.Int("keepdims", 1) != 0 ? kept : Without(x.Shape, axes)));
    }

    /// <summary>The places of the largest values along an axis.</summary>
    [ImportsOperator("ArgMax")]
    public static void ArgMax(NodeImport node)
    {
        ImportedValue x = node.In();
        int axis = node.Axis(node.Int("axis", 0), x.Axes);
        if (node.Int("select_last_index", 0) != 0)
        {
            throw node.Refusal("of equal values it takes the last");
        }

        int[] kept = [.. x.Shape];
        kept[axis] = 1;
        node.Out(Places(node, x, kept, node.Int("keepdims", 1) != 0 ? kept : Without(x.Shape, [axis]), axis, 1));
    }

    /// <summary>The largest values along an axis and their places.</summary>
    [ImportsOperator("TopK")]
    public static void TopK(NodeImport node)
    {
        ImportedValue x = node.In();
        long[] counts = node.Numbers(1, "k") ?? [node.Int("k", 0)];
        int axis = node.Axis(node.Int("axis", -1), x.Axes);
        if (counts is not [> 0 and <= int.MaxValue] || counts[0] > x.Shape[axis] || node.Int("largest", 1) == 0)
        {
            throw node.Refusal($"it takes {string.Join(", ", counts)} of {x.Shape[axis]}, the smallest or too many");
        }

        int count = (int)counts[0];
        int[] shape = [.. x.Shape];
        shape[axis] = count;
        if (node.IsRead(0))
        {
            node.Out(Largest(node, x, shape, axis, count, givesValues: true));
        }

        if (node.IsRead(1))
        {
            node.Out(Places(node, x, shape, shape, axis, count), 1);
        }
    }

    /// <summary>Returns one number for all axes from one on; they are gone then.</summary>
    public static ImportedValue Tail(NodeImport node, ImportedValue x, int axis, ReductionOp operation) =>
        node.Add("Reduction", [x], x.Shape[..axis], layer =>
        {
            layer.ReductionParam = new ReductionParameter { Operation = operation };
            if (axis != 0)
            {
                layer.ReductionParam.Axis = axis;
            }
        });

    private static ImportedValue Places(
        NodeImport node, ImportedValue x, int[] kept, int[] shape, int axis, int count)
    {
        // As floating point numbers, if at all.
        ImportedValue places = NodeImport.Later(
            kept,
            new Derivation.Unary(x, "ArgMax"),
            () => Largest(node, x, kept, axis, count, givesValues: false));
        places = node.Reshape(places, shape);
        return NodeImport.Later(shape, new Derivation.WholeNumbers(places, IsExact: true), () => places);
    }

    private static ImportedValue Largest(
        NodeImport node, ImportedValue x, int[] shape, int axis, int count, bool givesValues) =>
        node.Add("ArgMax", [x], shape, layer =>
        {
            layer.ArgmaxParam = new ArgMaxParameter { Axis = axis };
            if (count != 1)
            {
                layer.ArgmaxParam.TopK = (uint)count;
            }

            if (givesValues)
            {
                layer.ArgmaxParam.OutMaxVal = true;
            }
        });

    // A 1x1 convolution with ones, or with parts of one.
    private static ImportedValue OfChannels(NodeImport node, ImportedValue x, ReductionOp operation)
    {
        ImportedValue each = operation switch
        {
            ReductionOp.Sumsq => Affine.Power(node, x, 2),
            ReductionOp.Asum => node.Add("AbsVal", [x], x.Shape),
            _ => x,
        };
        int channels = x.Shape[1], spatial = x.Axes - 2;
        node.RequireExplained(channels);
        float[] weights = [.. Enumerable.Repeat(operation == ReductionOp.Mean ? 1f / channels : 1, channels)];
        return node.Add(
            "Convolution",
            [each],
            [x.Shape[0], 1, .. x.Shape[2..]],
            layer =>
            {
                layer.ConvolutionParam = new ConvolutionParameter
                {
                    NumOutput = 1, BiasTerm = false, KernelSize = { 1 },
                };
                layer.Param.Add(new ParamSpec { LrMult = 0, DecayMult = 0 });
            },
            [new DraftArray([1, channels, .. Enumerable.Repeat(1, spatial)], weights)]);
    }

    private static int[] Axes(NodeImport node, ImportedValue x)
    {
        long[] axes = node.Numbers(1, "axes") ?? [];
        return axes.Length > 0
            ? [.. axes.Select(a => node.Axis(a, x.Axes)).Distinct().Order()]
            : node.Int("noop_with_empty_axes", 0) != 0 ? [] : [.. Enumerable.Range(0, x.Axes)];
    }

    private static int[] Without(int[] shape, int[] axes) => [.. shape.Where((_, axis) => !axes.Contains(axis))];
}
