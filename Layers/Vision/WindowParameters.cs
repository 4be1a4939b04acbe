using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Kernel, pad, stride and dilation of a <see cref="ConvolutionParameter"/>, one entry per spatial axis.
/// </summary>
/// <param name="Kernel">Taps.</param>
/// <param name="Pad">Zeros on either side, unless <see cref="Padding"/> says otherwise.</param>
/// <param name="Stride">Steps from window to window.</param>
/// <param name="Dilation">Steps from tap to tap.</param>
internal sealed record WindowParameters(int[] Kernel, int[] Pad, int[] Stride, int[] Dilation)
{
    /// <summary>The number of taps of one channel, at most <see cref="long.MaxValue"/>.</summary>
    public long Taps { get; } = BlobSize.Of(Array.ConvertAll(Kernel, size => (long)size));

    /// <summary>The zeros on each side.</summary>
    public WindowPadding Padding { get; init; } = new(Pad, Pad);

    /// <summary>Reads and checks the fields.</summary>
    /// <exception cref="CnnException">A field is missing, given twice, or out of range.</exception>
    public static WindowParameters Read(LayerContext context, ConvolutionParameter parameter, int axes)
    {
        var reader = new WindowReader(context, parameter, axes);
        int[] pad = reader.Pad();
        return new WindowParameters(reader.Kernel(), pad, reader.Stride(), reader.Dilation())
        {
            Padding = reader.Padding(pad),
        };
    }

    /// <summary>Returns the zeros before and after an axis.</summary>
    public (int Before, int After) PaddingOf(long size, int axis) =>
        Padding.Of(axis, size, Extent(axis), Stride[axis]);

    /// <summary>Returns the size of an axis with its padding on both sides.</summary>
    public long PaddedSize(long size, int axis)
    {
        var (before, after) = PaddingOf(size, axis);
        return size + before + after;
    }

    /// <summary>
    /// Returns the size of a convolution's result along an axis. The division truncates towards zero as Caffe's does.
    /// </summary>
    public long OutSize(int size, int axis) => ((PaddedSize(size, axis) - Extent(axis)) / Stride[axis]) + 1;

    private long Extent(int axis) => ((long)Dilation[axis] * (Kernel[axis] - 1)) + 1;
}
