using Cnn.Proto;
using Google.Protobuf.Collections;

namespace Cnn.Campaigns.References.Vision;

/// <summary>The windows of a convolution along each spatial axis of an image.</summary>
internal sealed record ConvolutionWindow
{
    /// <summary>The taps along each axis.</summary>
    public required int[] Kernel { get; init; }

    /// <summary>The steps from window to window.</summary>
    public required int[] Stride { get; init; }

    /// <summary>The steps from tap to tap.</summary>
    public required int[] Dilation { get; init; }

    /// <summary>Zeros before the image.</summary>
    public required int[] Before { get; init; }

    /// <summary>Zeros after it.</summary>
    public required int[] After { get; init; }

    /// <summary>Reads the options, for an image of given sizes.</summary>
    public static ConvolutionWindow Of(ConvolutionParameter options, int[] sizes)
    {
        int axes = sizes.Length;
        int[] kernel = Each(options.KernelSize, axes, options.HasKernelH, [(int)options.KernelH, (int)options.KernelW], 0);
        int[] stride = Each(options.Stride, axes, options.HasStrideH, [(int)options.StrideH, (int)options.StrideW], 1);
        int[] dilation = Each(options.Dilation, axes, false, [], 1);
        int[] pad = Each(options.Pad, axes, options.HasPadH || options.HasPadW, [(int)options.PadH, (int)options.PadW], 0);
        var window = new ConvolutionWindow
        {
            Kernel = kernel,
            Stride = stride,
            Dilation = dilation,
            Before = pad,
            After = pad,
        };
        if (options.HasPadL || options.HasPadR || options.HasPadT || options.HasPadB)
        {
            return window with
            {
                Before = [(int)options.PadT, (int)options.PadL],
                After = [(int)options.PadB, (int)options.PadR],
            };
        }

        return options.PadType == 1 ? window.Same(sizes) : window;
    }

    /// <summary>Returns the pixels that a window spans along an axis.</summary>
    public int Extent(int axis) => (Dilation[axis] * (Kernel[axis] - 1)) + 1;

    /// <summary>Returns the number of windows along each axis of an image; the division truncates.</summary>
    public int[] Windows(int[] sizes) =>
    [
        .. sizes.Select((size, a) => ((size + Before[a] + After[a] - Extent(a)) / Stride[a]) + 1),
    ];

    /// <summary>Returns the sizes of an image that has so many windows, of a transposed convolution.</summary>
    public int[] Spread(int[] windows) =>
    [
        .. windows.Select((count, a) => (Stride[a] * (count - 1)) + Extent(a) - Before[a] - After[a]),
    ];

    /// <summary>
    /// Returns, for each window and each tap, both in row-major order, the place in the image that the tap lies on; -1 outside.
    /// </summary>
    public int[][] Taps(int[] sizes, int[] windows) =>
    [
        .. Positions.Of(windows).Select(w => Positions.Of(Kernel).Select(tap => Place(sizes, w, tap)).ToArray()),
    ];

    private static int[] Each(RepeatedField<uint> given, int axes, bool isPair, int[] pair, int absent) =>
        isPair ? pair
        : [.. Enumerable.Range(0, axes).Select(a => given.Count == 0 ? absent : (int)given[given.Count == 1 ? 0 : a])];

    // As many zeros as ceil(size / stride) windows need, the smaller half before the image.
    private ConvolutionWindow Same(int[] sizes)
    {
        int[] total =
        [
            .. sizes.Select((size, a) => Math.Max(((((size + Stride[a] - 1) / Stride[a]) - 1) * Stride[a]) + Extent(a) - size, 0)),
        ];
        return this with { Before = [.. total.Select(t => t / 2)], After = [.. total.Select(t => t - (t / 2))] };
    }

    private int Place(int[] sizes, int[] window, int[] tap)
    {
        int place = 0;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            int at = (window[axis] * Stride[axis]) - Before[axis] + (tap[axis] * Dilation[axis]);
            if (at < 0 || at >= sizes[axis])
            {
                return -1;
            }

            place = (place * sizes[axis]) + at;
        }

        return place;
    }
}
