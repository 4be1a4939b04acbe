namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// The sizes of a two-dimensional convolution of one image: [C, H, W] to [Outputs, OutHeight, OutWidth].
/// </summary>
/// <param name="Channels">Channels of the image, C.</param>
/// <param name="Height">Its height.</param>
/// <param name="Width">Its width.</param>
/// <param name="Outputs">Channels of the result.</param>
/// <param name="Groups">Groups of channels that are convolved separately; divides both numbers of channels.</param>
/// <param name="KernelHeight">Taps down.</param>
/// <param name="KernelWidth">Taps across.</param>
/// <param name="PadHeight">Zero rows above; below too, with <paramref name="MoreBelow"/>.</param>
/// <param name="PadWidth">Zero columns on the left; on the right too, with <paramref name="MoreRight"/>.</param>
/// <param name="StrideHeight">Rows from one output to the next.</param>
/// <param name="StrideWidth">Columns from one output to the next.</param>
/// <param name="DilationHeight">Rows from one tap to the next.</param>
/// <param name="DilationWidth">Columns from one tap to the next.</param>
/// <param name="MoreBelow">Zero rows below more than above; negative for fewer.</param>
/// <param name="MoreRight">Zero columns on the right more than on the left; negative for fewer.</param>
internal readonly record struct ConvolutionShape(
    int Channels,
    int Height,
    int Width,
    int Outputs,
    int Groups,
    int KernelHeight,
    int KernelWidth,
    int PadHeight = 0,
    int PadWidth = 0,
    int StrideHeight = 1,
    int StrideWidth = 1,
    int DilationHeight = 1,
    int DilationWidth = 1,
    int MoreBelow = 0,
    int MoreRight = 0)
{
    /// <summary>The height of the result.</summary>
    public int OutHeight =>
        OutSize(Height, KernelHeight, (2L * PadHeight) + MoreBelow, StrideHeight, DilationHeight);

    /// <summary>The width of the result.</summary>
    public int OutWidth =>
        OutSize(Width, KernelWidth, (2L * PadWidth) + MoreRight, StrideWidth, DilationWidth);

    /// <summary>Pixels of one channel of the result.</summary>
    public int OutPixels => OutHeight * OutWidth;

    /// <summary>Channels of the image in a group.</summary>
    public int GroupChannels => Channels / Groups;

    /// <summary>Channels of the result in a group.</summary>
    public int GroupOutputs => Outputs / Groups;

    /// <summary>Weights of one output: the length of its sums.</summary>
    public int Taps => GroupChannels * KernelHeight * KernelWidth;

    /// <summary>Whether the windows skip pixels.</summary>
    public bool HasStride => StrideHeight != 1 || StrideWidth != 1;

    /// <summary>Values of one image.</summary>
    public int ImageSize => Channels * Height * Width;

    /// <summary>Values of one result.</summary>
    public int OutSizeOfImage => Outputs * OutPixels;

    /// <summary>Multiplications and additions of a forward pass over one image.</summary>
    public double Operations => 2.0 * OutSizeOfImage * Taps;

    /// <summary>Values of one group of an image with its border, up to the last that a window reaches.</summary>
    public double LaidOutSize => (double)GroupChannels
        * (((double)StrideHeight * OutHeight) + ((double)DilationHeight * KernelHeight))
        * (((double)StrideWidth * (OutWidth + 1)) + ((double)DilationWidth * KernelWidth));

    /// <summary>
    /// Returns the size of the result along one axis. The division truncates towards zero, as in Caffe, so an input
    /// that is smaller than the window by less than a stride yields one output.
    /// </summary>
    /// <param name="size">The size of the image.</param>
    /// <param name="kernel">Taps.</param>
    /// <param name="padding">Zeros on both sides together.</param>
    /// <param name="stride">Steps from one output to the next.</param>
    /// <param name="dilation">Steps from one tap to the next.</param>
    public static int OutSize(int size, int kernel, long padding, int stride, int dilation) =>
        checked((int)(((size + padding - (((long)dilation * (kernel - 1)) + 1)) / stride) + 1));
}
