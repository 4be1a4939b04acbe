using Cnn.Proto;
using Method = Cnn.Proto.PoolingParameter.Types.PoolMethod;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>
/// Pooling. Of the ways in which Caffe sets windows the first is taken that has exactly ONNX's: the same places, and
/// for means the same divisors.
/// </summary>
internal static class Poolings
{
    private const int MostWindows = 1 << 20;

    /// <summary>Maxima.</summary>
    [ImportsOperator("MaxPool")]
    public static void MaxPool(NodeImport node)
    {
        ImportedValue x = Image(node);
        if (node.Int("storage_order", 0) != 0)
        {
            throw node.Refusal("its storage_order is column-major");
        }

        // Zeros change no maximum of values that are 0 or more.
        int[] before = new int[x.Axes - 2], after = new int[x.Axes - 2];
        if (x is { Blob: null, Derivation: Derivation.Padded padded }
            && padded.Source.Layer is { Type: "ReLU" or "ReLU6", Definition.ReluParam: null })
        {
            (x, before, after) = (padded.Source, padded.Before, padded.After);
        }

        PoolingAxis[] axes = Read(node, x, before, after, out _);
        if (!TryAdd(node, x, axes, null))
        {
            throw Misfit(node);
        }
    }

    /// <summary>Means.</summary>
    [ImportsOperator("AveragePool")]
    public static void AveragePool(NodeImport node)
    {
        ImportedValue x = Image(node);
        if (x is { Blob: null, Derivation: Derivation.Padded padded })
        {
            PoolingAxis[] together = Read(node, padded.Source, padded.Before, padded.After, out _);
            if (TryAdd(node, padded.Source, together, PoolingMean.WithBorder)
                || TryAdd(node, padded.Source, together, PoolingMean.WithoutBorder))
            {
                return;
            }
        }

        int[] none = new int[x.Axes - 2];
        PoolingAxis[] axes = Read(node, x, none, none, out bool countsBorder);
        PoolingMean first = countsBorder ? PoolingMean.WithBorder : PoolingMean.WithoutBorder;
        bool hasBorder = Array.Exists(axes, a => a.Before + a.Needed > 0);
        if (!TryAdd(node, x, axes, hasBorder ? first : PoolingMean.WithBorder)
            && !TryAdd(node, x, axes, PoolingMean.WithBorder)
            && !TryAdd(node, x, axes, PoolingMean.WithoutBorder))
        {
            throw Misfit(node);
        }
    }

    /// <summary>One maximum or mean for each plane.</summary>
    [ImportsOperator("GlobalAveragePool")]
    [ImportsOperator("GlobalMaxPool")]
    public static void Global(NodeImport node)
    {
        ImportedValue x = node.In();
        bool isMax = node.Node.OpType == "GlobalMaxPool";
        if (x.Axes != 4 && (isMax || x.Axes < 3))
        {
            throw node.Refusal($"its input has shape {Sizes.Text(x.Shape)}, a Pooling layer takes four axes");
        }

        node.Out(x.Axes == 4
            ? OfPlanes(node, x, isMax ? Method.Max : Method.Ave)
            : node.Reshape(
                Reductions.Tail(node, x, 2, ReductionParameter.Types.ReductionOp.Mean),
                [.. x.Shape[..2], .. Enumerable.Repeat(1, x.Axes - 2)]));
    }

    /// <summary>Fast R-CNN's maxima of regions.</summary>
    [ImportsOperator("MaxRoiPool")]
    public static void MaxRoiPool(NodeImport node)
    {
        ImportedValue x = node.In(), regions = node.In(1);
        int[] pooled = node.SizesOf("pooled_shape", 2, 0, least: 1);
        if (x.Axes != 4 || regions.Axes != 2 || regions.Shape[1] != 5 || pooled[0] < 1)
        {
            throw node.Refusal(
                $"its inputs have shapes {Sizes.Text(x.Shape)} and {Sizes.Text(regions.Shape)}, expected images and "
                + "five numbers for each region");
        }

        float scale = node.Float("spatial_scale", 1);
        node.Out(node.Add(
            "ROIPooling",
            [x, regions],
            [regions.Shape[0], x.Shape[1], .. pooled],
            layer => layer.RoiPoolingParam = new ROIPoolingParameter
            {
                PooledH = (uint)pooled[0], PooledW = (uint)pooled[1], SpatialScale = scale,
            }));
    }

    /// <summary>Returns one number for each plane of [N, C, H, W], as [N, C, 1, 1].</summary>
    public static ImportedValue OfPlanes(NodeImport node, ImportedValue x, Method method) => node.Add(
        "Pooling",
        [x],
        [.. x.Shape[..2], 1, 1],
        layer => layer.PoolingParam = new PoolingParameter { Pool = method, GlobalPooling = true });

    private static ImportedValue Image(NodeImport node)
    {
        ImportedValue x = node.In();
        return x.Axes is 4 or 5
            ? x
            : throw node.Refusal(
                $"its input has shape {Sizes.Text(x.Shape)}, a Pooling layer takes four axes, Pooling3D five");
    }

    private static PoolingAxis[] Read(
        NodeImport node, ImportedValue x, int[] zerosBefore, int[] zerosAfter, out bool countsBorder)
    {
        int[] image = x.Shape[2..];
        int[] sizes = [.. image.Select((size, axis) => size + zerosBefore[axis] + zerosAfter[axis])];
        Windows windows = Windows.Read(node, sizes, null);
        if (Array.Exists(windows.Dilation, d => d != 1))
        {
            throw node.Refusal("its windows have gaps (dilations), a Pooling layer's have none");
        }

        countsBorder = node.Int("count_include_pad", 0) != 0;
        bool roundsUp = node.Int("ceil_mode", 0) != 0;
        var axes = new PoolingAxis[image.Length];
        for (int axis = 0; axis < axes.Length; axis++)
        {
            int before = windows.Before[axis], after = windows.After[axis], stride = windows.Stride[axis];
            long room = (long)sizes[axis] + before + after - windows.Kernel[axis];
            if (room < 0 && !(roundsUp && room > -stride))
            {
                throw node.Refusal($"its kernel is larger than its input of shape {Sizes.Text(x.Shape)}");
            }

            long count = room < 0 ? 1 : (room / stride) + 1 + (roundsUp && room % stride != 0 ? 1 : 0);

            // A window that starts behind the image has nothing in it.
            count -= roundsUp && (count - 1) * stride >= (long)sizes[axis] + before ? 1 : 0;
            if (count is < 1 or > MostWindows || image[axis] > MostWindows || windows.Kernel[axis] > 2 * MostWindows)
            {
                throw node.Refusal($"it has {count} windows on axis {axis + 2}");
            }

            axes[axis] = new PoolingAxis(
                image[axis],
                windows.Kernel[axis],
                stride,
                before + zerosBefore[axis],
                (int)count,
                zerosBefore[axis] + (countsBorder ? before : 0),
                zerosAfter[axis] + (countsBorder ? after : 0));
        }

        return axes;
    }

    private static bool TryAdd(NodeImport node, ImportedValue x, PoolingAxis[] axes, PoolingMean? mean)
    {
        if (axes.Length == 3)
        {
            return TryAddVolume(node, x, axes, mean);
        }

        bool isGlobal = Array.TrueForAll(
            axes, a => a is { Count: 1, Before: 0, Needed: 0 } && a.Kernel == a.Size);
        if (isGlobal && !node.IsRead(1))
        {
            node.Out(OfPlanes(node, x, mean is null ? Method.Max : Method.Ave));
            return true;
        }

        // The same border on both sides, what ONNX counts, and what the windows need.
        int[][] afters =
        [
            [axes[0].Before, axes[1].Before], [axes[0].CountedAfter, axes[1].CountedAfter],
            [axes[0].Needed, axes[1].Needed],
        ];
        foreach (int[] after in afters)
        {
            foreach (bool roundsDown in (ReadOnlySpan<bool>)[false, true])
            {
                bool pads = (axes[0].Before | axes[1].Before | after[0] | after[1]) != 0;
                if (axes[0].IsCaffes(after[0], pads, roundsDown, mean)
                    && axes[1].IsCaffes(after[1], pads, roundsDown, mean))
                {
                    Add(node, x, axes, after, roundsDown, mean);
                    return true;
                }
            }
        }

        return false;
    }

    private static void Add(
        NodeImport node, ImportedValue x, PoolingAxis[] axes, int[] after, bool roundsDown, PoolingMean? mean)
    {
        var options = new PoolingParameter
        {
            Pool = mean switch
            {
                null => Method.Max,
                PoolingMean.WithBorder => Method.Ave,
                _ => Method.AveExcPad,
            },
        };
        SetKernel(options, axes);
        bool isEven = axes[0].Before == after[0] && axes[1].Before == after[1];
        if (!isEven)
        {
            (options.PadT, options.PadL) = ((uint)axes[0].Before, (uint)axes[1].Before);
            (options.PadB, options.PadR) = ((uint)after[0], (uint)after[1]);
        }
        else if (after[0] != after[1])
        {
            (options.PadH, options.PadW) = ((uint)after[0], (uint)after[1]);
        }
        else if (after[0] != 0)
        {
            options.Pad = (uint)after[0];
        }

        // Where both give the same, Caffe's own rule stays unsaid.
        if (roundsDown)
        {
            options.RoundMode = PoolingParameter.Types.RoundMode.Floor;
        }

        int[] shape = [.. x.Shape[..2], axes[0].Count, axes[1].Count];
        ImportedValue[] tops = node.Add(
            "Pooling", [x], node.IsRead(1) ? [shape, shape] : [shape], layer => layer.PoolingParam = options);
        node.Out(tops[0]);
        if (tops.Length > 1)
        {
            node.Out(NodeImport.Later(shape, new Derivation.ArrayPlaces(tops[1], x.Shape), () => throw node.Refusal(
                "its indices are those in the whole array, a Pooling layer's those in a plane")), 1);
        }
    }

    // C3D's, whose windows are square and have the border in rows and columns alone.
    private static bool TryAddVolume(NodeImport node, ImportedValue x, PoolingAxis[] axes, PoolingMean? mean)
    {
        PoolingAxis depth = axes[0], rows = axes[1], columns = axes[2];
        bool isSquare = (rows.Kernel, rows.Stride, rows.Before) == (columns.Kernel, columns.Stride, columns.Before);
        bool pads = rows.Before > 0;
        if (mean is PoolingMean.WithoutBorder || node.IsRead(1) || !isSquare || depth.Before != 0
            || !axes.All(a => a.IsCaffes(a.Before, pads, roundsDown: false, mean)))
        {
            return false;
        }

        var options = new Pooling3DParameter
        {
            KernelSize = (uint)rows.Kernel, KernelDepth = (uint)depth.Kernel, Stride = (uint)rows.Stride,
            TemporalStride = (uint)depth.Stride,
        };
        if (mean is not null)
        {
            options.Pool = Pooling3DParameter.Types.PoolMethod.Ave;
        }

        if (pads)
        {
            options.Pad = (uint)rows.Before;
        }

        node.Out(node.Add(
            "Pooling3D",
            [x],
            [.. x.Shape[..2], .. axes.Select(a => a.Count)],
            layer => layer.Pooling3DParam = options));
        return true;
    }

    private static void SetKernel(PoolingParameter options, PoolingAxis[] axes)
    {
        if (axes[0].Kernel == axes[1].Kernel)
        {
            options.KernelSize = (uint)axes[0].Kernel;
        }
        else
        {
            (options.KernelH, options.KernelW) = ((uint)axes[0].Kernel, (uint)axes[1].Kernel);
        }

        if (axes[0].Stride != axes[1].Stride)
        {
            (options.StrideH, options.StrideW) = ((uint)axes[0].Stride, (uint)axes[1].Stride);
        }
        else if (axes[0].Stride != 1)
        {
            options.Stride = (uint)axes[0].Stride;
        }
    }

    private static CnnException Misfit(NodeImport node) =>
        node.Refusal("no Pooling layer has its windows: their places or divisors differ from Caffe's");
}
