using Cnn.Proto;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>Operations that move values and compute none.</summary>
internal static class Shapes
{
    private const int MostPieces = 1024;

    /// <summary>Another shape of as many values.</summary>
    [ImportsOperator("Reshape")]
    [ImportsOperator("Flatten")]
    [ImportsOperator("Squeeze")]
    [ImportsOperator("Unsqueeze")]
    public static void Reshape(NodeImport node)
    {
        ImportedValue x = node.In();
        node.Out(node.Reshape(x, ShapeRules.Of(node, x.Shape)));
    }

    /// <summary>The axes in another order.</summary>
    [ImportsOperator("Transpose")]
    public static void Transpose(NodeImport node)
    {
        ImportedValue x = node.In();
        node.Out(Permute(node, x, ShapeRules.Order(node, x.Axes)));
    }

    /// <summary>Side by side on an axis.</summary>
    [ImportsOperator("Concat")]
    public static void Concat(NodeImport node)
    {
        ImportedValue[] inputs = [.. Enumerable.Range(0, node.InputCount).Select(node.In)];
        int axis = node.Axis(node.Int("axis", 1), inputs.Length == 0 ? 0 : inputs[0].Axes);
        inputs = [.. inputs.Where(i => i.Constant is not { Count: 0 })];
        node.Out(Join(node, inputs, axis));
    }

    /// <summary>Parts along an axis.</summary>
    [ImportsOperator("Split")]
    public static void Split(NodeImport node)
    {
        ImportedValue x = node.In();
        int axis = node.Axis(node.Int("axis", 0), x.Axes);
        int[] sizes = ShapeRules.Parts(node, x.Shape[axis]);
        if (sizes.Length == 1)
        {
            node.Out(x);
            return;
        }

        int[] points = new int[sizes.Length - 1];
        for (int i = 0, at = 0; i < points.Length; i++)
        {
            points[i] = at += sizes[i];
        }

        ImportedValue[] parts = node.Slice(x, axis, points);
        for (int i = 0; i < parts.Length; i++)
        {
            node.Out(parts[i], i);
        }
    }

    /// <summary>A part of each of some axes, perhaps turned around.</summary>
    [ImportsOperator("Slice")]
    public static void Slice(NodeImport node)
    {
        ImportedValue x = node.In();
        var turned = new List<int>();
        foreach (var (axis, start, step, count) in ShapeRules.Cuts(node, x.Shape))
        {
            if (step is not (1 or -1) && count > 1)
            {
                throw node.Refusal($"it takes every {step}th of axis {axis}, which no layer does");
            }

            if (count == 0)
            {
                throw node.Refusal($"it takes nothing of axis {axis}");
            }

            bool isTurned = step == -1 && count > 1;
            int first = isTurned ? start - count + 1 : start;
            x = node.Cut(x, axis, first, first + count);
            turned.AddRange(isTurned ? [axis] : []);
        }

        node.Out(turned.Count == 0 ? x : node.Add(
            "Reverse", [x], x.Shape, layer => layer.ReverseParam = new ReverseParameter { Axis = { turned } }));
    }

    /// <summary>Parts by known indices; items, or rows of a known array, by computed ones.</summary>
    [ImportsOperator("Gather")]
    public static void Gather(NodeImport node)
    {
        ImportedValue x = node.In(), indices = node.In(1);
        int axis = node.Axis(node.Int("axis", 0), x.Axes);
        if (indices.Constant is { } known)
        {
            node.Out(Pick(node, x, axis, known));
            return;
        }

        if (indices is not { Blob: null, Derivation: Derivation.WholeNumbers { Source: var places } } || axis != 0)
        {
            throw node.Refusal($"it takes parts of axis {axis} by indices that the net computes");
        }

        if (x.Constant is { Shape.Length: 2 } rows)
        {
            node.Out(node.Add(
                "Embed",
                [places],
                [.. places.Shape, rows.Shape[1]],
                layer => layer.EmbedParam = new EmbedParameter
                {
                    InputDim = (uint)rows.Shape[0], NumOutput = (uint)rows.Shape[1], BiasTerm = false,
                },
                [NodeImport.Weight(rows)]));
        }
        else if (places.Axes == 1)
        {
            node.Out(node.Add("BatchReindex", [x, places], [places.Shape[0], .. x.Shape[1..]]));
        }
        else
        {
            throw node.Refusal($"it takes items by indices of shape {Sizes.Text(places.Shape)}");
        }
    }

    /// <summary>
    /// Zeros around the image, which a convolution or pooling after it can take in; another border is a Pad layer.
    /// </summary>
    [ImportsOperator("Pad")]
    public static void Pad(NodeImport node)
    {
        ImportedValue x = node.In();
        long[] pads = node.Numbers(1, "pads") ?? throw node.Refusal("it has no pads");
        int[] axes = node.Has(3)
            ? [.. node.Known(3, "axes").Whole.Select(a => node.Axis(a, x.Axes))]
            : [.. Enumerable.Range(0, x.Axes)];
        if (pads.Length != 2 * axes.Length || axes.Distinct().Count() != axes.Length)
        {
            throw node.Refusal($"it has {pads.Length} pads for {axes.Length} axes");
        }

        int[] before = new int[x.Axes], after = new int[x.Axes], shape = [.. x.Shape];
        for (int i = 0; i < axes.Length; i++)
        {
            before[axes[i]] = node.Small(pads[i], "pads");
            after[axes[i]] = node.Small(pads[axes.Length + i], "pads");
            shape[axes[i]] = node.Small(shape[axes[i]] + pads[i] + pads[axes.Length + i], "size");
        }

        if (Array.TrueForAll(before, p => p == 0) && Array.TrueForAll(after, p => p == 0))
        {
            node.Out(x);
            return;
        }

        bool isImage = x.Axes >= 3 && (before[0] | before[1] | after[0] | after[1]) == 0;
        bool isNegative = Array.Exists(before, p => p < 0) || Array.Exists(after, p => p < 0);
        string mode = node.Text("mode", "constant");
        if (isNegative || mode != "constant")
        {
            throw node.Refusal(
                isNegative ? "its pads are below 0" : $"its mode is {mode}; a constant is what a layer puts around");
        }

        float value = node.Number(2, "value") ?? 0;
        if (!isImage || value != 0)
        {
            node.Out(node.Add("Pad", [x], shape, layer =>
            {
                layer.PadParam = new PadParameter();
                for (int axis = 0; axis < before.Length; axis++)
                {
                    layer.PadParam.Paddings.AddRange([(uint)before[axis], (uint)after[axis]]);
                }

                if (value != 0)
                {
                    layer.PadParam.ConstantValues = value;
                }
            }));
            return;
        }

        int[] first = before[2..], last = after[2..];
        node.Out(NodeImport.Later(
            shape, new Derivation.Padded(x, first, last), () => AddPadding(node, x, shape, first, last)));
    }

    /// <summary>The items that a value chooses.</summary>
    [ImportsOperator("Compress")]
    public static void Compress(NodeImport node)
    {
        ImportedValue x = node.In(), chosen = node.In(1);
        if (chosen is not { Blob: null, Derivation: Derivation.WholeNumbers { Source: var selector } }
            || node.Attribute("axis") is null || node.Axis(node.Int("axis", 0), x.Axes) != 0
            || selector.Shape is not [var items] || items != x.Shape[0])
        {
            throw node.Refusal("it chooses otherwise than a Filter layer: items by a number for each");
        }

        node.Out(node.Add("Filter", [x, selector], x.Shape));
    }

    /// <summary>Channels to blocks of pixels.</summary>
    [ImportsOperator("DepthToSpace")]
    public static void DepthToSpace(NodeImport node)
    {
        ImportedValue x = node.In();
        int block = node.Int("blocksize", 0);
        bool isRows = node.Text("mode", "DCR") == "CRD";
        if (x.Axes != 4 || block is < 1 or > 4096 || x.Shape[1] % (block * block) != 0)
        {
            throw node.Refusal($"its blocksize is {block} for an input of shape {Sizes.Text(x.Shape)}");
        }

        var (n, c, h, w) = (x.Shape[0], x.Shape[1] / (block * block), x.Shape[2], x.Shape[3]);
        int[] shape = [n, c, node.Small((long)h * block, "size"), node.Small((long)w * block, "size")];
        if (block == 1)
        {
            node.Out(x);
        }
        else if (isRows)
        {
            node.Out(node.Add("Reshape", [x], shape, layer => layer.ReshapeParam = new ReshapeParameter
            {
                Pixelshuffler = block,
            }));
        }
        else
        {
            node.Out(node.Add("DepthToSpace", [x], shape, layer => layer.DepthToSpaceParam = new DepthToSpaceParameter
            {
                BlockSize = block, DataFormat = "NCHW",
            }));
        }
    }

    /// <summary>Blocks of pixels to channels.</summary>
    [ImportsOperator("SpaceToDepth")]
    public static void SpaceToDepth(NodeImport node)
    {
        ImportedValue x = node.In();
        int block = node.Int("blocksize", 0);
        if (x.Axes != 4 || block is < 1 or > 4096 || x.Shape[2] % block != 0 || x.Shape[3] % block != 0)
        {
            throw node.Refusal($"its blocksize is {block} for an input of shape {Sizes.Text(x.Shape)}");
        }

        var (n, c, h, w) = (x.Shape[0], x.Shape[1], x.Shape[2] / block, x.Shape[3] / block);
        int[] shape = [n, node.Small((long)c * block * block, "size"), h, w];
        node.Out(block == 1 ? x : node.Add(
            "SpaceToDepth",
            [x],
            shape,
            layer => layer.SpaceToDepthParam = new SpaceToDepthParameter
            {
                BlockSize = block, DataFormat = "NCHW",
            }));
    }

    /// <summary>Returns a value with its axes in another order.</summary>
    public static ImportedValue Permute(NodeImport node, ImportedValue x, int[] order)
    {
        bool isNatural = Enumerable.Range(0, order.Length).All(a => order[a] == a);
        return isNatural ? x : node.Add(
            "Permute",
            [x],
            Array.ConvertAll(order, a => x.Shape[a]),
            layer => layer.PermuteParam = new PermuteParameter { Order = { order.Select(a => (uint)a) } });
    }

    private static ImportedValue Join(NodeImport node, ImportedValue[] inputs, int axis)
    {
        if (inputs.Length == 1)
        {
            return inputs[0];
        }

        if (inputs.Length == 0)
        {
            throw node.Refusal("it has no inputs");
        }

        int[] shape = ShapeRules.Concat(node, [.. inputs.Select(i => i.Shape)], axis);
        return node.Add("Concat", inputs, shape, layer =>
        {
            if (axis != 1)
            {
                layer.ConcatParam = new ConcatParameter { Axis = axis };
            }
        });
    }

    // Indices that follow each other are one part.
    private static ImportedValue Pick(NodeImport node, ImportedValue x, int axis, ConstantArray indices)
    {
        int[] places = [.. indices.Whole.Select(i => node.Index(i, x.Shape[axis]))];
        if (places.Length is 0 or > MostPieces || x.Shape[axis] > MostPieces * MostPieces)
        {
            throw node.Refusal($"it takes {places.Length} parts of axis {axis}");
        }

        bool isRun = places.Select((p, i) => p - i).Distinct().Count() == 1;
        ImportedValue y;
        if (isRun)
        {
            y = node.Cut(x, axis, places[0], places[^1] + 1);
        }
        else
        {
            int[] starts = [.. places.Concat(places.Select(p => p + 1)).Where(p => p > 0 && p < x.Shape[axis])
                .Distinct().Order()];
            ImportedValue[] parts = node.Slice(x, axis, starts);
            y = Join(node, [.. places.Select(p => parts[p == 0 ? 0 : Array.IndexOf(starts, p) + 1])], axis);
        }

        return node.Reshape(y, [.. x.Shape[..axis], .. indices.Shape, .. x.Shape[(axis + 1)..]]);
    }

    // A convolution of each channel by itself, with a single 1.
    private static ImportedValue AddPadding(NodeImport node, ImportedValue x, int[] shape, int[] before, int[] after)
    {
        int channels = x.Shape[1], axes = x.Axes - 2;
        node.RequireExplained(channels);
        int[] ones = [.. Enumerable.Repeat(1, axes)];
        return node.Add(
            "Convolution",
            [x],
            shape,
            layer =>
            {
                var options = new ConvolutionParameter { NumOutput = (uint)channels, BiasTerm = false };
                new Windows(ones, ones, ones, before, after).Set(node, options);
                if (channels != 1)
                {
                    options.Group = (uint)channels;
                }

                layer.ConvolutionParam = options;
                layer.Param.Add(new ParamSpec { LrMult = 0, DecayMult = 0 });
            },
            [new DraftArray([channels, 1, .. ones], [.. Enumerable.Repeat(1f, channels)])]);
    }
}
