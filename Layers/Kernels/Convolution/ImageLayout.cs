using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// The layout of a strip of an image in which every tap of every output pixel is at (offset of the tap) + (offset of
/// the pixel), without border checks, and neighbouring output pixels of a row are contiguous. The strip is padded with
/// zeros, and the columns of a row are sorted by their remainder modulo the stride. An image without padding or stride
/// along its rows already has this layout and is used in place.
/// </summary>
internal sealed unsafe class ImageLayout
{
    private readonly ConvolutionShape shape;
    private readonly PinnedInts taps;
    private readonly int phaseWidth;

    /// <summary>Computes the layout for strips of <paramref name="outRows"/> rows of the result.</summary>
    public ImageLayout(in ConvolutionShape shape, int outRows)
    {
        this.shape = shape;
        OutRows = outRows;
        int lastColumn = ((shape.OutWidth - 1) * shape.StrideWidth) + ((shape.KernelWidth - 1) * shape.DilationWidth);
        int lastRow = ((shape.OutHeight - 1) * shape.StrideHeight) + ((shape.KernelHeight - 1) * shape.DilationHeight);
        InPlace = shape is { PadHeight: 0, PadWidth: 0, StrideWidth: 1 }
            && lastColumn < shape.Width && lastRow < shape.Height;
        phaseWidth = (lastColumn / shape.StrideWidth) + 1;
        Rows = ((outRows - 1) * shape.StrideHeight) + ((shape.KernelHeight - 1) * shape.DilationHeight) + 1;
        RowSize = InPlace ? shape.Width : phaseWidth * shape.StrideWidth;
        ChannelSize = InPlace ? shape.Height * shape.Width : Rows * RowSize;
        taps = new PinnedInts(shape.Taps);
        for (int t = 0; t < shape.Taps; t++)
        {
            int column = t % shape.KernelWidth * shape.DilationWidth;
            int row = t / shape.KernelWidth % shape.KernelHeight * shape.DilationHeight;
            int channel = t / (shape.KernelWidth * shape.KernelHeight);
            taps.Pointer[t] = (channel * ChannelSize) + (row * RowSize)
                + (InPlace ? column : (column % shape.StrideWidth * phaseWidth) + (column / shape.StrideWidth));
        }
    }

    /// <summary>Rows of the result in a strip.</summary>
    public int OutRows { get; }

    /// <summary>Whether the image is used in place.</summary>
    public bool InPlace { get; }

    /// <summary>Rows of the image in a strip, including the border.</summary>
    public int Rows { get; }

    /// <summary>Floats from one row to the next.</summary>
    public int RowSize { get; }

    /// <summary>Floats from one channel to the next.</summary>
    public int ChannelSize { get; }

    /// <summary>Floats from one row of output pixels to the next.</summary>
    public int PixelRowSize => RowSize * shape.StrideHeight;

    /// <summary>Floats of one group's channels.</summary>
    public long Size => (long)shape.GroupChannels * ChannelSize;

    /// <summary>A group's taps.</summary>
    public int TapCount => taps.Length;

    /// <summary>The offset of each of a group's taps.</summary>
    public int* Taps => taps.Pointer;

    /// <summary>
    /// Lays out the strip that begins at a row of the result: in place, or copied to <paramref name="scratch"/>.
    /// </summary>
    /// <param name="image">The group's first channel.</param>
    /// <param name="firstOutRow">The first row of the result.</param>
    /// <param name="outRows">Number of rows of the result that are needed.</param>
    /// <param name="scratch">A buffer of <see cref="Size"/> floats, or null if the image is used in place.</param>
    /// <returns>The strip in this layout.</returns>
    public float* Lay(float* image, int firstOutRow, int outRows, float* scratch)
    {
        int firstRow = (firstOutRow * shape.StrideHeight) - shape.PadHeight;
        if (InPlace)
        {
            return image + ((nint)firstRow * RowSize);
        }

        int rows = Rows - ((OutRows - outRows) * shape.StrideHeight);
        for (int c = 0; c < shape.GroupChannels; c++)
        {
            for (int r = 0; r < rows; r++)
            {
                LayRow(
                    image + ((nint)c * shape.Height * shape.Width), firstRow + r,
                    scratch + ((nint)c * ChannelSize) + (r * RowSize));
            }
        }

        return scratch;
    }

    /// <summary>Reverses <see cref="Lay"/> for one channel of a whole image: drops the border.</summary>
    /// <param name="laid">The channel in this layout.</param>
    /// <param name="channel">The channel of the image; overwritten.</param>
    public void TakeUp(float* laid, float* channel)
    {
        int stride = shape.StrideWidth;
        for (int row = 0; row < shape.Height; row++, channel += shape.Width)
        {
            int laidRow = row + shape.PadHeight;
            float* from = laid + ((nint)laidRow * RowSize);
            int used = laidRow < Rows ? Math.Clamp((phaseWidth * stride) - shape.PadWidth, 0, shape.Width) : 0;
            if (stride == 1)
            {
                new ReadOnlySpan<float>(from + shape.PadWidth, used).CopyTo(new Span<float>(channel, used));
            }
            else if (stride == 2)
            {
                // With an odd border the first column is in the second phase.
                int skipped = shape.PadWidth / 2, isOdd = shape.PadWidth % 2;
                float* first = from + (isOdd * phaseWidth) + skipped;
                float* second = from + ((1 - isOdd) * phaseWidth) + skipped + isOdd;
                PhaseSplit.Interleave(first, second, channel, used);
            }
            else
            {
                for (int i = 0; i < used; i++)
                {
                    int column = i + shape.PadWidth;
                    channel[i] = from[(column % stride * phaseWidth) + (column / stride)];
                }
            }

            new Span<float>(channel + used, shape.Width - used).Clear();
        }
    }

    private void LayRow(float* channel, int row, float* target)
    {
        if (row < 0 || row >= shape.Height)
        {
            new Span<float>(target, RowSize).Clear();
            return;
        }

        float* source = channel + ((nint)row * shape.Width);
        int stride = shape.StrideWidth, pad = shape.PadWidth;
        for (int phase = 0; phase < stride; phase++, target += phaseWidth)
        {
            // From first to end, column q * stride + phase - pad is within the image.
            int first = Math.Min(Math.Max(0, (pad - phase + stride - 1) / stride), phaseWidth);
            int reach = shape.Width + pad - phase;
            int end = Math.Clamp(reach <= 0 ? 0 : (reach + stride - 1) / stride, first, phaseWidth);
            new Span<float>(target, first).Clear();
            new Span<float>(target + end, phaseWidth - end).Clear();
            if (stride == 1)
            {
                new ReadOnlySpan<float>(source + first - pad, end - first).CopyTo(
                    new Span<float>(target + first, end - first));
            }
            else
            {
                PhaseSplit.Gather(source + (first * stride) + phase - pad, stride, target + first, end - first);
            }
        }
    }
}
