namespace Cnn.Engine.Import.Onnx;

/// <summary>The shapes that operators give their results, for known arrays and for blobs alike.</summary>
internal static class ShapeRules
{
    /// <summary>Returns the shape that Reshape, Flatten, Squeeze or Unsqueeze gives.</summary>
    /// <param name="node">The operation.</param>
    /// <param name="shape">The input's shape.</param>
    public static int[] Of(NodeImport node, int[] shape) => node.Node.OpType switch
    {
        "Flatten" => Flattened(node, shape),
        "Squeeze" => Squeezed(node, shape),
        "Unsqueeze" => Unsqueezed(node, shape),
        _ => Reshaped(node, shape),
    };

    /// <summary>Returns numbers of the file as the sizes of axes.</summary>
    public static int[] Sizes(NodeImport node, long[] values)
    {
        int[] sizes = Array.ConvertAll(values, v => node.Small(v, "size"));
        return Onnx.Sizes.IsPossible(sizes)
            ? sizes
            : throw node.Refusal($"a shape of {Onnx.Sizes.Text(sizes)} is impossible");
    }

    /// <summary>Returns the order of axes that Transpose gives.</summary>
    public static int[] Order(NodeImport node, int axes)
    {
        long[] order = node.Ints("perm");
        int[] found = order.Length == 0
            ? [.. Enumerable.Range(0, axes).Reverse()]
            : [.. order.Select(a => node.Axis(a, axes))];
        return found.Length == axes && found.Distinct().Count() == axes
            ? found
            : throw node.Refusal($"its perm {string.Join(", ", order)} is no order of {axes} axes");
    }

    /// <summary>Returns the parts that Split makes of an axis.</summary>
    public static int[] Parts(NodeImport node, int size)
    {
        int count = node.Node.Output.Count;
        if (node.Numbers(1, "split") is { } given)
        {
            int[] sizes = Sizes(node, given);
            return sizes.Length == count && sizes.Sum(s => (long)s) == size
                ? sizes
                : throw node.Refusal($"its parts {string.Join(", ", given)} are not those of {size}");
        }

        // Where it does not come out even, the last part is smaller.
        int part = (size + count - 1) / count, last = size - (part * (count - 1));
        return last > 0
            ? [.. Enumerable.Repeat(part, count - 1), last]
            : throw node.Refusal($"it cuts {size} into {count} parts");
    }

    /// <summary>Returns the shape of arrays side by side on an axis.</summary>
    public static int[] Concat(NodeImport node, int[][] shapes, int axis)
    {
        int[] result = [.. shapes[0]];
        long size = 0;
        foreach (int[] shape in shapes)
        {
            bool fits = shape.Length == result.Length
                && shape.AsSpan(0, axis).SequenceEqual(result.AsSpan(0, axis))
                && shape.AsSpan(axis + 1).SequenceEqual(result.AsSpan(axis + 1));
            if (!fits)
            {
                throw node.Refusal(
                    $"its inputs of shapes {Onnx.Sizes.Text(shapes[0])} and {Onnx.Sizes.Text(shape)} do not fit");
            }

            size += shape[axis];
        }

        result[axis] = node.Small(size, "size");
        return result;
    }

    /// <summary>Returns what Slice takes of each axis that it cuts.</summary>
    /// <param name="node">The operation.</param>
    /// <param name="shape">The input's shape.</param>
    public static List<(int Axis, int Start, int Step, int Count)> Cuts(NodeImport node, int[] shape)
    {
        long[] starts = node.Numbers(1, "starts") ?? throw node.Refusal("it has no starts");
        long[] ends = node.Numbers(2, "ends") ?? throw node.Refusal("it has no ends");
        long[] axes = node.Numbers(3, "axes") ?? [.. Enumerable.Range(0, starts.Length).Select(a => (long)a)];
        long[] steps = node.Numbers(4, "steps") ?? [.. starts.Select(_ => 1L)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
        {
            throw node.Refusal("its starts, ends, axes and steps differ in number");
        }

        var cuts = new List<(int, int, int, int)>();
        for (int i = 0; i < starts.Length; i++)
        {
            int axis = node.Axis(axes[i], shape.Length), size = shape[axis];
            if (steps[i] == 0 || cuts.Exists(c => c.Item1 == axis))
            {
                throw node.Refusal($"it cuts axis {axis} twice, or in steps of 0");
            }

            int step = (int)Math.Clamp(steps[i], -(long)size - 1, (long)size + 1);
            long lowest = step > 0 ? 0 : -1, highest = step > 0 ? size : size - 1;
            long start = Math.Clamp(FromEnd(starts[i]), Math.Max(lowest, 0), highest);
            long end = Math.Clamp(FromEnd(ends[i]), lowest, highest);
            long count = Math.Max(0, (end - start + step - Math.Sign(step)) / step);
            cuts.Add((axis, (int)start, step, (int)count));

            long FromEnd(long place) => place < 0 && place > long.MinValue + size ? Math.Max(place + size, -1) : place;
        }

        return cuts;
    }

    private static int[] Flattened(NodeImport node, int[] shape)
    {
        int stored = node.Int("axis", 1);
        int axis = stored == shape.Length ? stored : node.Axis(stored, shape.Length);
        return [Onnx.Sizes.Count(shape.AsSpan(0, axis)), Onnx.Sizes.Count(shape.AsSpan(axis))];
    }

    private static int[] Squeezed(NodeImport node, int[] shape)
    {
        if (node.Numbers(1, "axes") is not { } axes)
        {
            return [.. shape.Where(d => d != 1)];
        }

        HashSet<int> gone = [.. axes.Select(a => node.Axis(a, shape.Length))];
        return gone.All(a => shape[a] == 1)
            ? [.. shape.Where((_, axis) => !gone.Contains(axis))]
            : throw node.Refusal($"it takes axes of {Onnx.Sizes.Text(shape)} away that are not 1");
    }

    private static int[] Unsqueezed(NodeImport node, int[] shape)
    {
        long[] axes = node.Numbers(1, "axes") ?? throw node.Refusal("it has no axes");
        HashSet<int> added = [.. axes.Select(a => node.Axis(a, shape.Length + axes.Length))];
        if (added.Count != axes.Length)
        {
            throw node.Refusal($"it adds an axis twice: {string.Join(", ", axes)}");
        }

        var result = new int[shape.Length + axes.Length];
        int from = 0;
        for (int axis = 0; axis < result.Length; axis++)
        {
            result[axis] = added.Contains(axis) ? 1 : shape[from++];
        }

        return result;
    }

    private static int[] Reshaped(NodeImport node, int[] shape)
    {
        long[] wanted = node.Numbers(1, "shape") ?? throw node.Refusal("it has no shape");
        bool allowsZero = node.Int("allowzero", 0) != 0;
        var result = new int[wanted.Length];
        int open = -1, count = Onnx.Sizes.Count(shape);
        long rest = 1;
        for (int axis = 0; axis < wanted.Length; axis++)
        {
            if (wanted[axis] == -1 && open < 0)
            {
                open = axis;
                continue;
            }

            bool isCopied = wanted[axis] == 0 && !allowsZero;
            if (wanted[axis] is < 0 or > int.MaxValue || (isCopied && axis >= shape.Length))
            {
                throw Misfit();
            }

            result[axis] = isCopied ? shape[axis] : (int)wanted[axis];
            rest *= result[axis];
            if (rest > int.MaxValue)
            {
                throw Misfit();
            }
        }

        if (open >= 0)
        {
            if (rest == 0 || count % rest != 0)
            {
                throw Misfit();
            }

            result[open] = (int)(count / rest);
        }
        else if (rest != count)
        {
            throw Misfit();
        }

        return result;

        Cnn.Proto.CnnException Misfit() =>
            node.Refusal($"a value of shape {Onnx.Sizes.Text(shape)} cannot become {string.Join(" x ", wanted)}");
    }
}
