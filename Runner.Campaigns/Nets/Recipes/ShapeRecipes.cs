namespace Cnn.Campaigns.Nets.Recipes;

/// <summary>Layers that cut, join, turn and rearrange blobs.</summary>
internal static class ShapeRecipes
{
    public static IReadOnlyDictionary<string, Action<LayerDraw>> All { get; } = new Dictionary<string,
        Action<LayerDraw>>
    {
        ["BatchReindex"] = BatchReindex,
        ["BatchToSpaceND"] = BatchToSpace,
        ["Concat"] = Concat,
        ["DepthToSpace"] = d => Blocks(d, "depth_to_space_param", isDepth: true),
        ["ExpandDimsND"] = d => d.Option($"expand_dims_nd_param {{ axis: {d.Axis(d.Any(1, 4))} }}"),
        ["Filter"] = Filter,
        ["Flatten"] = d => d.Option($"flatten_param {{ axis: {d.Axis(d.Any(2))} {d.Maybe("end_axis: -1")}}}"),
        ["Pad"] = Pad,
        ["Permute"] = d => d.Option($"permute_param {{ "
            + $"{string.Concat(Order(d, d.Any(2)).Select(a => $"order: {a} "))}}}"),
        ["Reorg"] = Reorg,
        ["Reshape"] = Reshape,
        ["Reverse"] = d => d.Option(d.Maybe($"reverse_param {{ axis: {d.Axis(d.Any())} }}")),
        ["ShuffleChannel"] = ShuffleChannel,
        ["Silence"] = Silence,
        ["Slice"] = Slice,
        ["SpaceToBatchND"] = SpaceToBatch,
        ["SpaceToDepth"] = d => Blocks(d, "space_to_depth_param", isDepth: false),
        ["Split"] = Split,
        ["Squeeze"] = Squeeze,
        ["Tile"] = d => d.Option($"tile_param {{ axis: {d.Axis(d.Any())} tiles: {d.Int(1, 3)} }}"),
        ["Transpose"] = d =>
            d.Option($"transpose_param {{ {string.Concat(Order(d, d.Any(2)).Select(a => $"dim: {a} "))}}}"),
    };

    private static int[] Order(LayerDraw d, int[] shape)
    {
        int[] order = [.. Enumerable.Range(0, shape.Length)];
        for (int i = order.Length - 1; i > 0; i--)
        {
            int other = d.Int(0, i);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }

    private static void BatchReindex(LayerDraw d)
    {
        int items = d.Any()[0];
        d.New([d.Int(1, 5)], BottomFill.Below(items));
    }

    private static void Blocks(LayerDraw d, string field, bool isDepth)
    {
        int size = d.Int(1, 3);
        bool isNchw = d.Chance(0.5);
        d.Take(
            s => s.Length == 4 && Fits(s),
            () => isDepth
                ? isNchw ? [d.Int(1, 2), size * size * d.Int(1, 3), d.Int(1, 4), d.Int(1, 4)]
                    : [d.Int(1, 2), d.Int(1, 4), d.Int(1, 4), size * size * d.Int(1, 3)]
                : isNchw ? [d.Int(1, 2), d.Int(1, 3), size * d.Int(1, 3), size * d.Int(1, 3)]
                    : [d.Int(1, 2), size * d.Int(1, 3), size * d.Int(1, 3), d.Int(1, 3)],
            null);
        d.Option($"{field} {{ block_size: {size} {(isNchw ? "data_format: 'NCHW' " : "")}}}");

        bool Fits(int[] s) => isDepth
            ? s[isNchw ? 1 : 3] % (size * size) == 0
            : s[isNchw ? 2 : 1] % size == 0 && s[isNchw ? 3 : 2] % size == 0;
    }

    // Blocks for the axes after the batch.
    private static void SpaceToBatch(LayerDraw d)
    {
        int[] blocks = [1, d.Int(1, 2), d.Int(1, 2)];
        int[] shape = d.Take(s => s.Length == 4 && s[0] > 0, () =>
            [d.Int(1, 2), d.Int(1, 3), d.Int(2, 5), d.Int(2, 5)], null);
        int[] after = [.. blocks.Select((b, i) => (b - (shape[i + 1] % b)) % b)];
        d.Option($"space_to_batch_nd_param {{ {string.Concat(blocks.Select(b => $"block_shape: {b} "))}"
            + $"{string.Concat(after.Select(a => $"paddings: 0 paddings: {a} "))}}}");
    }

    private static void BatchToSpace(LayerDraw d)
    {
        int[] blocks = [1, d.Int(1, 2), d.Int(1, 2)];
        int product = blocks[1] * blocks[2];
        d.Take(
            s => s.Length == 4 && s[0] > 0 && s[0] % product == 0 && s[2] > 1 && s[3] > 1,
            () => [product * d.Int(1, 2), d.Int(1, 3), d.Int(2, 4), d.Int(2, 4)],
            null);
        d.Option($"batch_to_space_nd_param {{ {string.Concat(blocks.Select(b => $"block_shape: {b} "))}"
            + $"{string.Concat(blocks.Select(_ => $"crops: 0 crops: {d.Of(0, 0, 1)} "))}}}");
    }

    private static void Concat(LayerDraw d)
    {
        int[] shape = d.Any();
        int axis = d.Int(0, shape.Length - 1), others = d.Int(0, 2);
        for (int i = 0; i < others; i++)
        {
            int[] other = [.. shape];
            other[axis] = d.Chance(0.5) ? shape[axis] : d.Int(1, 5);
            d.Take(
                s => s.Length == shape.Length && !s.Where((size, a) => a != axis && size != shape[a]).Any(),
                () => other,
                null);
        }

        d.Option($"concat_param {{ axis: {d.Of(axis, axis - shape.Length)} }}");
    }

    private static void Filter(LayerDraw d)
    {
        int items = d.Any()[0];
        d.New([items], BottomFill.Bits);
    }

    private static void Pad(LayerDraw d)
    {
        int[] shape = d.Any();
        d.Option($"pad_param {{ {string.Concat(shape.Select(_ => $"paddings: {d.Int(0, 2)} paddings: {d.Int(0, 2)} "))}"
            + $"{d.Maybe($"constant_values: {d.Number(-1, 1)}")}}}");
    }

    private static void Reorg(LayerDraw d)
    {
        int stride = d.Int(1, 2);
        bool isReverse = d.Chance(0.3);
        d.Take(
            s => s.Length == 4 && s[1] > 0 && s[1] % (stride * stride) == 0 && s[2] % stride == 0 && s[3] % stride == 0,
            () => [d.Int(1, 2), stride * stride * d.Int(1, 2), stride * d.Int(1, 3), stride * d.Int(1, 3)],
            null);
        d.Option($"reorg_param {{ stride: {stride} {(isReverse ? "reverse: true " : "")}}}");
    }

    private static void Reshape(LayerDraw d)
    {
        int[] shape = d.Any();
        int cut = d.Int(0, shape.Length - 1);
        string dims = string.Concat(shape[..cut].Select(size => $"dim: {(d.Chance(0.5) ? 0 : size)} "));
        string rest = d.Of("dim: -1 ", $"dim: {BottomFill.Count(shape[cut..])} ", "dim: 1 dim: -1 ", "dim: -1 dim: 2 ");
        d.Option($"reshape_param {{ shape {{ {dims}{rest}}} }}");
    }

    private static void ShuffleChannel(LayerDraw d)
    {
        int group = d.Int(1, 3);
        d.Image(1, group);
        d.Option($"shuffle_channel_param {{ group: {group} }}");
    }

    private static void Silence(LayerDraw d)
    {
        d.Any();
        d.Tops = 0;
    }

    private static void Slice(LayerDraw d)
    {
        int[] shape = d.Take(s => s.Any(size => size > 1), () => [d.Int(1, 3), d.Int(2, 6), d.Int(1, 4)], null);
        int axis = Array.FindLastIndex(shape, size => size > 1);
        if (d.Chance(0.5) && shape.Length > 1 && shape[1] > 1)
        {
            axis = 1;
        }

        if (shape[axis] % 2 == 0 && d.Chance(0.5))
        {
            d.Tops = 2;
            d.Option($"slice_param {{ axis: {axis} }}");
            return;
        }

        d.Tops = 2;
        d.Option($"slice_param {{ axis: {axis} slice_point: {d.Int(1, shape[axis] - 1)} }}");
    }

    private static void Split(LayerDraw d)
    {
        d.Any();
        d.Tops = d.Int(1, 3);
    }

    private static void Squeeze(LayerDraw d)
    {
        int[] shape = d.Take(s => s.Contains(1), () => [d.Int(1, 3), 1, d.Int(1, 4), 1], null);
        d.Option(d.Maybe($"squeeze_param {{ axis: {Array.IndexOf(shape, 1)} }}"));
    }
}
