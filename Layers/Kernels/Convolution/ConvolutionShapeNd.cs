namespace Cnn.Layers.Kernels.Convolution;

/// <summary>The sizes of a convolution over any number of axes; each array has one entry per axis.</summary>
/// <param name="Channels">Channels of the image.</param>
/// <param name="Outputs">Channels of the result.</param>
/// <param name="Groups">Groups of channels that are convolved separately.</param>
/// <param name="Size">The image's sizes.</param>
/// <param name="Kernel">Taps.</param>
/// <param name="Pad">Zeros before the image, and after it too unless <paramref name="After"/> says otherwise.</param>
/// <param name="Stride">Steps from one output to the next.</param>
/// <param name="Dilation">Steps from one tap to the next.</param>
/// <param name="After">Zeros after the image; null for those before it.</param>
internal sealed record ConvolutionShapeNd(
    int Channels, int Outputs, int Groups, int[] Size, int[] Kernel, int[] Pad, int[] Stride, int[] Dilation,
    int[]? After = null)
{
    /// <summary>The result's sizes.</summary>
    public int[] OutSize { get; } = Enumerable.Range(0, Size.Length).Select(
        i => ConvolutionShape.OutSize(Size[i], Kernel[i], (long)Pad[i] + (After ?? Pad)[i], Stride[i], Dilation[i]))
        .ToArray();

    /// <summary>Values of one channel of the image.</summary>
    public int Pixels { get; } = Size.Aggregate(1, (a, b) => checked(a * b));

    /// <summary>Values of one channel of the result.</summary>
    public int OutPixels { get; } = Enumerable.Range(0, Size.Length).Aggregate(
        1,
        (a, i) => checked(a * ConvolutionShape.OutSize(
            Size[i], Kernel[i], (long)Pad[i] + (After ?? Pad)[i], Stride[i], Dilation[i])));

    /// <summary>Taps of one channel.</summary>
    public int KernelTaps { get; } = Kernel.Aggregate(1, (a, b) => checked(a * b));

    /// <summary>Weights of one output.</summary>
    public int Taps => checked(Channels / Groups * KernelTaps);
}
