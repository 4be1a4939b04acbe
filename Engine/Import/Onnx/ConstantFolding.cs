using System.Collections.Frozen;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Engine.Import.Onnx;

/// <summary>
/// Computes what is known before the net runs: shapes, what is made of them, and initializers in another order.
/// </summary>
internal static class ConstantFolding
{
    private static readonly FrozenSet<string> Types = new[]
    {
        "Constant", "Shape", "Size", "ConstantOfShape", "Range", "Identity", "Cast", "Gather", "Slice", "Concat",
        "Split", "Squeeze", "Unsqueeze", "Reshape", "Flatten", "Transpose", "Expand", "Tile", "Add", "Sub", "Mul",
        "Div", "Mod", "Min", "Max", "Pow", "Equal", "Greater", "Less", "And", "Or", "Not", "Neg", "Abs", "Sqrt",
        "Exp", "Log", "Reciprocal", "Floor", "Ceil", "Where", "ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether an operator can be computed at all.</summary>
    public static bool Knows(string type) => Types.Contains(type);

    /// <summary>Returns the outputs of an operation; null where they depend on what the net computes.</summary>
    /// <param name="node">The operation.</param>
    /// <param name="limit">The most values of a result.</param>
    /// <exception cref="CnnException">The operation's inputs do not fit.</exception>
    public static ImportedValue[]? Fold(NodeImport node, long limit)
    {
        if (!Knows(node.Node.OpType))
        {
            return null;
        }

        ConstantArray[]? results = OfShapes(node);
        if (results is null && node.InputCount > 0
            && Enumerable.Range(0, node.InputCount).All(i => !node.Has(i) || node.In(i).Constant is not null))
        {
            var inputs = new ConstantArray[node.InputCount];
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i] = node.Has(i) ? node.Known(i, "values") : new ConstantArray([0], Array.Empty<long>());
            }

            results = Compute(node, inputs, limit);
        }

        return results is null
            ? null
            : Array.ConvertAll(results, r => new ImportedValue(r.Shape) { Constant = r });
    }

    private static ConstantArray[]? OfShapes(NodeImport node)
    {
        switch (node.Node.OpType)
        {
            case "Constant":
                return [OfAttribute(node)];
            case "Shape":
                int[] shape = node.In().Shape;
                int start = Clamp(node.Int("start", 0), shape.Length);
                int end = Math.Max(start, Clamp(node.Int("end", shape.Length), shape.Length));
                long[] dims = [.. shape[start..end].Select(d => (long)d)];
                return [new ConstantArray([dims.Length], dims)];
            case "Size":
                return [new ConstantArray([], [(long)Sizes.Count(node.In().Shape)])];
            default:
                return null;
        }

        static int Clamp(int axis, int axes) => Math.Clamp(axis < 0 ? axis + axes : axis, 0, axes);
    }

    private static ConstantArray OfAttribute(NodeImport node)
    {
        AttributeProto? attribute = node.Node.Attribute.FirstOrDefault(
            a => a.Name is "value" or "value_float" or "value_floats" or "value_int" or "value_ints");
        return attribute?.Name switch
        {
            "value" when attribute.T is not null => new ConstantArray(node.Tensor(attribute.T)),
            "value_float" => new ConstantArray([], [attribute.F]),
            "value_floats" => new ConstantArray([attribute.Floats.Count], [.. attribute.Floats]),
            "value_int" => new ConstantArray([], [attribute.I]),
            "value_ints" => new ConstantArray([attribute.Ints.Count], [.. attribute.Ints]),
            _ => throw node.Refusal("it has no array of numbers"),
        };
    }

    private static ConstantArray[] Compute(NodeImport node, ConstantArray[] inputs, long limit)
    {
        ConstantArray x = inputs[0];
        switch (node.Node.OpType)
        {
            case "Identity":
                return [x];
            case "Cast":
                return [Cast(x, node.Int("to", 0))];
            case "ConstantOfShape":
                return [Filled(node, x, limit)];
            case "Range":
                return [Range(node, inputs, limit)];
            case "Gather":
                return [Gather(node, x, Second(node, inputs), limit)];
            case "Slice":
                return [Cut(node, x)];
            case "Concat":
                return [Concat(node, inputs, limit)];
            case "Split":
                return Split(node, x);
            case "Squeeze":
            case "Unsqueeze":
            case "Reshape":
            case "Flatten":
                return [x.Reshaped(ShapeRules.Of(node, x.Shape))];
            case "Transpose":
                int[] order = ShapeRules.Order(node, x.Shape.Length);
                long[] strides = Sizes.Strides(x.Shape);
                return
                [
                    x.Strided(Array.ConvertAll(order, a => x.Shape[a]), Array.ConvertAll(order, a => strides[a])),
                ];
            case "Expand":
                int[] wanted = ShapeRules.Sizes(node, Second(node, inputs).Whole);
                return [x.Expanded(Limited(node, Sizes.Broadcast(x.Shape, wanted), limit))];
            case "Tile":
                return [Tile(node, x, Second(node, inputs), limit)];
            case "Where":
                return [Where(node, inputs, limit)];
            case "ReduceProd" or "ReduceSum" or "ReduceMax" or "ReduceMin":
                return [Reduce(node, x)];
            default:
                return [inputs.Length == 1 ? Unary(node, x) : Binary(node, inputs, limit)];
        }
    }

    private static ConstantArray Second(NodeImport node, ConstantArray[] inputs) =>
        inputs.Length > 1 ? inputs[1] : throw node.Refusal("it has no input 2");

    private static ConstantArray Cast(ConstantArray x, int type) => (ElementType)type switch
    {
        ElementType.Float or ElementType.Double or ElementType.Float16 or ElementType.Bfloat16 =>
            x.IsWhole ? new ConstantArray(x.Shape, x.Floats) : x,
        ElementType.Bool => x.IsWhole
            ? new ConstantArray(x.Shape, Array.ConvertAll(x.Whole, v => v != 0 ? 1L : 0))
            : new ConstantArray(x.Shape, Array.ConvertAll(x.Floats, v => v != 0 ? 1L : 0)),
        _ => x.IsWhole ? x : new ConstantArray(x.Shape, x.Whole),
    };

    private static ConstantArray Filled(NodeImport node, ConstantArray shape, long limit)
    {
        int[] dims = Limited(node, ShapeRules.Sizes(node, shape.Whole), limit);
        TensorProto? value = node.Attribute("value")?.T;
        ConstantArray one = value is null ? new ConstantArray([1], [0f]) : new ConstantArray(node.Tensor(value));
        if (one.Count != 1)
        {
            throw node.Refusal($"its value has {one.Count} numbers, not 1");
        }

        return one.Strided(dims, new long[dims.Length]);
    }

    private static ConstantArray Range(NodeImport node, ConstantArray[] inputs, long limit)
    {
        if (inputs.Length < 3 || Array.Exists(inputs, i => i.Count != 1))
        {
            throw node.Refusal("it needs a start, an end and a step");
        }

        double start = inputs[0].Floats[0], end = inputs[1].Floats[0], step = inputs[2].Floats[0];
        double count = Math.Max(0, Math.Ceiling((end - start) / step));
        if (!(count <= limit))
        {
            throw node.Refusal($"it has {count} values, more than the file explains");
        }

        return inputs[0].IsWhole
            ? new ConstantArray(
                [(int)count],
                [.. Enumerable.Range(0, (int)count).Select(i => inputs[0].Whole[0] + (i * inputs[2].Whole[0]))])
            : new ConstantArray(
                [(int)count], [.. Enumerable.Range(0, (int)count).Select(i => (float)(start + (i * step)))]);
    }

    private static ConstantArray Gather(NodeImport node, ConstantArray x, ConstantArray indices, long limit)
    {
        int axis = node.Axis(node.Int("axis", 0), x.Shape.Length);
        int size = x.Shape[axis], inner = Sizes.Count(x.Shape.AsSpan(axis + 1));
        int outer = Sizes.Count(x.Shape.AsSpan(0, axis));
        int[] places = [.. indices.Whole.Select(i => node.Index(i, size))];
        int[] shape = Limited(node, [.. x.Shape[..axis], .. indices.Shape, .. x.Shape[(axis + 1)..]], limit);
        return x.IsWhole ? new ConstantArray(shape, Take(x.Whole)) : new ConstantArray(shape, Take(x.Floats));

        T[] Take<T>(T[] from)
        {
            var to = new T[Sizes.Count(shape)];
            for (int block = 0; to.Length > 0 && block < outer * places.Length; block++)
            {
                int row = ((block / places.Length) * size) + places[block % places.Length];
                Array.Copy(from, row * inner, to, block * inner, inner);
            }

            return to;
        }
    }

    private static ConstantArray Cut(NodeImport node, ConstantArray x)
    {
        long[] strides = Sizes.Strides(x.Shape);
        int[] shape = [.. x.Shape];
        long start = 0;
        foreach (var (axis, first, step, count) in ShapeRules.Cuts(node, x.Shape))
        {
            start += first * strides[axis];
            strides[axis] *= step;
            shape[axis] = count;
        }

        return x.Strided(shape, strides, start);
    }

    private static ConstantArray Concat(NodeImport node, ConstantArray[] inputs, long limit)
    {
        int axis = node.Axis(node.Int("axis", 0), inputs[0].Shape.Length);
        int[] shape = Limited(node, ShapeRules.Concat(node, [.. inputs.Select(i => i.Shape)], axis), limit);
        return Array.TrueForAll(inputs, i => i.IsWhole)
            ? new ConstantArray(shape, Join(Array.ConvertAll(inputs, i => i.Whole)))
            : new ConstantArray(shape, Join(Array.ConvertAll(inputs, i => i.Floats)));

        T[] Join<T>(T[][] parts)
        {
            var to = new T[Sizes.Count(shape)];
            int outer = Sizes.Count(shape.AsSpan(0, axis)), at = 0;
            for (int row = 0; row < outer; row++)
            {
                foreach (T[] part in parts)
                {
                    int length = part.Length / outer;
                    Array.Copy(part, row * length, to, at, length);
                    at += length;
                }
            }

            return to;
        }
    }

    private static ConstantArray[] Split(NodeImport node, ConstantArray x)
    {
        int axis = node.Axis(node.Int("axis", 0), x.Shape.Length);
        int[] sizes = ShapeRules.Parts(node, x.Shape[axis]);
        long[] strides = Sizes.Strides(x.Shape);
        var parts = new ConstantArray[sizes.Length];
        long start = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            int[] shape = [.. x.Shape];
            shape[axis] = sizes[i];
            parts[i] = x.Strided(shape, strides, start);
            start += sizes[i] * strides[axis];
        }

        return parts;
    }

    private static ConstantArray Tile(NodeImport node, ConstantArray x, ConstantArray repeats, long limit)
    {
        int[] times = ShapeRules.Sizes(node, repeats.Whole);
        if (times.Length != x.Shape.Length)
        {
            throw node.Refusal($"it has {times.Length} repeats for {x.Shape.Length} axes");
        }

        long[] strides = Sizes.Strides(x.Shape);
        var shape = new int[2 * times.Length];
        var steps = new long[2 * times.Length];
        var result = new int[times.Length];
        for (int axis = 0; axis < times.Length; axis++)
        {
            (shape[2 * axis], shape[(2 * axis) + 1], steps[(2 * axis) + 1]) =
                (times[axis], x.Shape[axis], strides[axis]);
            long size = (long)times[axis] * x.Shape[axis];
            result[axis] = node.Small(size, "size");
        }

        Limited(node, result, limit);
        return x.Strided(shape, steps).Reshaped(result);
    }

    private static ConstantArray Where(NodeImport node, ConstantArray[] inputs, long limit)
    {
        if (inputs.Length < 3)
        {
            throw node.Refusal("it needs three inputs");
        }

        int[] shape = Limited(
            node,
            Sizes.Broadcast(inputs[0].Shape, Sizes.Broadcast(inputs[1].Shape, inputs[2].Shape) ?? [0, 0]),
            limit);
        long[] choice = inputs[0].Expanded(shape).Whole;
        ConstantArray x = inputs[1].Expanded(shape), y = inputs[2].Expanded(shape);
        return x.IsWhole && y.IsWhole
            ? new ConstantArray(shape, [.. choice.Select((c, i) => c != 0 ? x.Whole[i] : y.Whole[i])])
            : new ConstantArray(shape, [.. choice.Select((c, i) => c != 0 ? x.Floats[i] : y.Floats[i])]);
    }

    // Over all values, which is what the sizes of a shape are multiplied by.
    private static ConstantArray Reduce(NodeImport node, ConstantArray x)
    {
        long[]? axes = node.Numbers(1, "axes");
        if (x.Count == 0 || (axes is { Length: > 0 } && axes.Length != x.Shape.Length))
        {
            throw node.Refusal("it reduces some axes of a known array");
        }

        int[] shape = node.Int("keepdims", 1) != 0 ? [.. x.Shape.Select(_ => 1)] : [];
        Func<double, double, double> two = node.Node.OpType switch
        {
            "ReduceProd" => (a, b) => a * b,
            "ReduceSum" => (a, b) => a + b,
            "ReduceMax" => Math.Max,
            _ => Math.Min,
        };
        return x.IsWhole
            ? new ConstantArray(shape, [(long)x.Whole.Select(v => (double)v).Aggregate(two)])
            : new ConstantArray(shape, [(float)x.Floats.Select(v => (double)v).Aggregate(two)]);
    }

    private static ConstantArray Unary(NodeImport node, ConstantArray x)
    {
        string type = node.Node.OpType;
        if (x.IsWhole && type is "Neg" or "Abs" or "Not" or "Min" or "Max")
        {
            return new ConstantArray(x.Shape, Array.ConvertAll(x.Whole, v => type switch
            {
                "Neg" => unchecked(-v),
                "Abs" => v < 0 ? unchecked(-v) : v,
                "Not" => v == 0 ? 1L : 0,
                _ => v,
            }));
        }

        return new ConstantArray(x.Shape, Array.ConvertAll(x.Floats, v => type switch
        {
            "Neg" => -v,
            "Abs" => MathF.Abs(v),
            "Sqrt" => MathF.Sqrt(v),
            "Exp" => MathF.Exp(v),
            "Log" => MathF.Log(v),
            "Reciprocal" => 1 / v,
            "Floor" => MathF.Floor(v),
            "Ceil" => MathF.Ceiling(v),
            "Min" or "Max" => v,
            _ => throw node.Refusal("it lacks an input"),
        }));
    }

    private static ConstantArray Binary(NodeImport node, ConstantArray[] inputs, long limit)
    {
        ConstantArray result = inputs[0];
        foreach (ConstantArray next in inputs.Skip(1))
        {
            int[] shape = Limited(node, Sizes.Broadcast(result.Shape, next.Shape), limit);
            ConstantArray a = result.Expanded(shape), b = next.Expanded(shape);
            string type = node.Node.OpType;
            if (a.IsWhole && b.IsWhole && type != "Pow")
            {
                long[] x = a.Whole, y = b.Whole;
                result = new ConstantArray(shape, [.. x.Select((v, i) => Of(node, type, v, y[i]))]);
            }
            else
            {
                float[] x = a.Floats, y = b.Floats;
                result = type is "Equal" or "Greater" or "Less"
                    ? new ConstantArray(shape, [.. x.Select((v, i) => Compare(type, v, y[i]))])
                    : new ConstantArray(shape, [.. x.Select((v, i) => Of(node, type, v, y[i]))]);
            }
        }

        return result;
    }

    private static long Compare(string type, float a, float b) =>
        (type == "Equal" ? a == b : type == "Greater" ? a > b : a < b) ? 1 : 0;

    private static long Of(NodeImport node, string type, long a, long b) => type switch
    {
        "Add" => unchecked(a + b),
        "Sub" => unchecked(a - b),
        "Mul" => unchecked(a * b),
        "Div" or "Mod" when b == 0 => throw node.Refusal("it divides by 0"),
        "Div" => b == -1 ? unchecked(-a) : a / b,
        "Mod" => b == -1 ? 0 : node.Int("fmod", 0) != 0 || a % b == 0 || (a < 0) == (b < 0) ? a % b : (a % b) + b,
        "Min" => Math.Min(a, b),
        "Max" => Math.Max(a, b),
        "Equal" => a == b ? 1 : 0,
        "Greater" => a > b ? 1 : 0,
        "Less" => a < b ? 1 : 0,
        "And" => a != 0 && b != 0 ? 1 : 0,
        "Or" => a != 0 || b != 0 ? 1 : 0,
        _ => throw node.Refusal("it has too many inputs"),
    };

    private static float Of(NodeImport node, string type, float a, float b) => type switch
    {
        "Add" => a + b,
        "Sub" => a - b,
        "Mul" => a * b,
        "Div" => a / b,
        "Min" => MathF.Min(a, b),
        "Max" => MathF.Max(a, b),
        "Pow" => MathF.Pow(a, b),
        _ => throw node.Refusal("it takes no floating point numbers"),
    };

    private static int[] Limited(NodeImport node, int[]? shape, long limit)
    {
        if (shape is null)
        {
            throw node.Refusal("its inputs' shapes do not fit each other");
        }

        return Sizes.IsPossible(shape) && Sizes.Count(shape) <= limit
            ? shape
            : throw node.Refusal($"its result of shape {Sizes.Text(shape)} is larger than the file explains");
    }
}
