using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// Kernel, pad, stride and dilation of a <see cref="ConvolutionParameter"/>, one entry per spatial axis.
/// </summary>
/// <param name="Kernel">Taps.</param>
/// <param name="Pad">Zeros on either side.</param>
/// <param name="Stride">Steps from window to window.</param>
/// <param name="Dilation">Steps from tap to tap.</param>
internal sealed record WindowParameters(int[] Kernel, int[] Pad, int[] Stride, int[] Dilation)
{
    /// <summary>The number of taps of one channel, at most <see cref="long.MaxValue"/>.</summary>
    public long Taps { get; } = BlobSize.Of(Array.ConvertAll(Kernel, size => (long)size));

    /// <summary>Reads and checks the fields.</summary>
    /// <exception cref="CnnException">A field is missing, given twice, or out of range.</exception>
    public static WindowParameters Read(LayerContext context, ConvolutionParameter parameter, int axes)
    {
        var reader = new WindowReader(context, parameter, axes);
        return new WindowParameters(reader.Kernel(), reader.Pad(), reader.Stride(), reader.Dilation());
    }

    /// <summary>Returns the size of an axis with its padding on both sides.</summary>
    public long PaddedSize(long size, int axis) => size + (2L * Pad[axis]);

    /// <summary>
    /// Returns the size of a convolution's result along an axis. The division truncates towards zero as Caffe's does.
    /// </summary>
    public long OutSize(int size, int axis) =>
        ((PaddedSize(size, axis) - (((long)Dilation[axis] * (Kernel[axis] - 1)) + 1)) / Stride[axis]) + 1;
}
