using Cnn.Proto;

namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>The windows of a convolution or pooling over spatial axes, of which there is one entry each.</summary>
/// <param name="Kernel">Taps.</param>
/// <param name="Stride">Steps from window to window.</param>
/// <param name="Dilation">Steps from tap to tap.</param>
/// <param name="Before">Border before.</param>
/// <param name="After">Border after.</param>
internal sealed record Windows(int[] Kernel, int[] Stride, int[] Dilation, int[] Before, int[] After)
{
    /// <summary>The number of spatial axes.</summary>
    public int Axes => Kernel.Length;

    /// <summary>Whether each axis has the same border on both sides.</summary>
    public bool IsEven => Before.AsSpan().SequenceEqual(After);

    /// <summary>Reads an operation's windows.</summary>
    /// <param name="node">The operation.</param>
    /// <param name="sizes">The image's sizes.</param>
    /// <param name="kernel">The kernel's sizes; null where the attribute has them.</param>
    public static Windows Read(NodeImport node, int[] sizes, int[]? kernel)
    {
        int axes = sizes.Length;
        int[] given = node.Ints("kernel_shape").Length == 0 && kernel is not null
            ? kernel
            : node.SizesOf("kernel_shape", axes, 0, least: 1);
        if (Array.Exists(given, k => k < 1) || (kernel is not null && !given.AsSpan().SequenceEqual(kernel)))
        {
            throw node.Refusal($"its kernel_shape {Sizes.Text(given)} is not that of its weights");
        }

        int[] stride = node.SizesOf("strides", axes, 1, least: 1);
        int[] dilation = node.SizesOf("dilations", axes, 1, least: 1);
        var (before, after) = Border(node, sizes, given, stride, dilation);
        return new Windows(given, stride, dilation, before, after);
    }

    /// <summary>Returns the size from the first tap of a window to its last.</summary>
    public long Extent(int axis) => ((Kernel[axis] - 1L) * Dilation[axis]) + 1;

    /// <summary>Returns the windows with a wider border.</summary>
    public Windows Wider(int[] before, int[] after) => this with
    {
        Before = [.. Before.Zip(before, (a, b) => a + b)], After = [.. After.Zip(after, (a, b) => a + b)],
    };

    /// <summary>Sets the options of a convolution.</summary>
    /// <param name="node">The operation.</param>
    /// <param name="options">The options.</param>
    public void Set(NodeImport node, ConvolutionParameter options)
    {
        options.KernelSize.Add(Short(Kernel));
        if (Array.Exists(Stride, s => s != 1))
        {
            options.Stride.Add(Short(Stride));
        }

        if (Array.Exists(Dilation, d => d != 1))
        {
            options.Dilation.Add(Short(Dilation));
        }

        if (IsEven)
        {
            if (Array.Exists(Before, p => p != 0))
            {
                options.Pad.Add(Short(Before));
            }

            return;
        }

        if (Axes != 2)
        {
            throw node.Refusal($"its pads differ on the sides of {Axes} axes, which a layer has for two axes alone");
        }

        options.PadT = (uint)Before[0];
        options.PadL = (uint)Before[1];
        options.PadB = (uint)After[0];
        options.PadR = (uint)After[1];
    }

    // One number where all are the same.
    private static IEnumerable<uint> Short(int[] values) =>
        (Array.TrueForAll(values, v => v == values[0]) ? values[..1] : values).Select(v => (uint)v);

    private static (int[] Before, int[] After) Border(
        NodeImport node, int[] sizes, int[] kernel, int[] stride, int[] dilation)
    {
        int axes = sizes.Length;
        string auto = node.Text("auto_pad", "NOTSET");
        switch (auto)
        {
            case "NOTSET" or "":
                int[] pads = node.SizesOf("pads", 2 * axes, 0, least: 0);
                return (pads[..axes], pads[axes..]);
            case "VALID":
                return (new int[axes], new int[axes]);
            case "SAME_UPPER" or "SAME_LOWER":
                var before = new int[axes];
                var after = new int[axes];
                for (int axis = 0; axis < axes; axis++)
                {
                    long windows = (sizes[axis] + stride[axis] - 1L) / stride[axis];
                    long extent = ((kernel[axis] - 1L) * dilation[axis]) + 1;
                    int all = node.Small(Math.Max(0, ((windows - 1) * stride[axis]) + extent - sizes[axis]), "pads");
                    (before[axis], after[axis]) = auto == "SAME_UPPER"
                        ? (all / 2, all - (all / 2))
                        : (all - (all / 2), all / 2);
                }

                return (before, after);
            default:
                throw node.Refusal($"its auto_pad is '{auto}'");
        }
    }
}
