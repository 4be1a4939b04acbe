namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Enumerates the pairs of input and output pixels that the taps of one channel connect, in runs along the last axis: a
/// run is, for one tap and one row of the result, the range of pixels that see the image and not its border.
/// </summary>
internal ref struct KernelRuns
{
    private readonly ConvolutionShapeNd shape;
    private readonly Span<int> tap;
    private readonly Span<int> row;
    private readonly int axes;
    private readonly int firstPixel;
    private readonly int endPixel;
    private readonly int firstRow;
    private readonly int endRow;
    private int rowIndex;
    private int first;
    private int length;

    /// <summary>Enumerates the runs of the whole result.</summary>
    /// <param name="shape">The sizes; one axis or more.</param>
    /// <param name="memory">A buffer of two numbers per axis.</param>
    public KernelRuns(ConvolutionShapeNd shape, Span<int> memory)
        : this(shape, memory, 0, shape.OutPixels)
    {
    }

    /// <summary>Enumerates the runs of some pixels of the result.</summary>
    /// <param name="shape">The sizes; one axis or more.</param>
    /// <param name="memory">A buffer of two numbers per axis.</param>
    /// <param name="firstPixel">The first pixel of the result, as an index into its channel.</param>
    /// <param name="pixels">Number of pixels.</param>
    public KernelRuns(ConvolutionShapeNd shape, Span<int> memory, int firstPixel, int pixels)
    {
        this.shape = shape;
        this.firstPixel = firstPixel;
        axes = shape.Size.Length;
        tap = memory[..axes];
        row = memory.Slice(axes, axes);
        memory.Clear();
        endPixel = firstPixel + pixels;
        int rowSize = Math.Max(1, shape.OutSize[^1]);
        firstRow = firstPixel / rowSize;
        endRow = pixels > 0 ? ((endPixel - 1) / rowSize) + 1 : firstRow;
        BeginRows();
        Measure();
    }

    /// <summary>The tap, as an index into the kernel.</summary>
    public int Tap { get; private set; }

    /// <summary>
    /// The run's first pixel in the channel of the image; its pixels there are <see cref="Step"/> apart.
    /// </summary>
    public int Pixel { get; private set; }

    /// <summary>The run's first pixel in the channel of the result.</summary>
    public int OutPixel { get; private set; }

    /// <summary>Number of pixels of the run.</summary>
    public int Count { get; private set; }

    /// <summary>The stride along the last axis.</summary>
    public readonly int Step => shape.Stride[axes - 1];

    /// <summary>Advances to the next run that is not empty.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Next()
    {
        while (true)
        {
            if (rowIndex >= firstRow)
            {
                Advance(row, shape.OutSize, axes - 1);
            }

            if (++rowIndex >= endRow)
            {
                if (++Tap >= shape.KernelTaps)
                {
                    return false;
                }

                BeginRows();
                Advance(tap, shape.Kernel, axes);
                Measure();
                continue;
            }

            int start = (rowIndex * shape.OutSize[axes - 1]) + first;
            int skipped = Math.Max(0, firstPixel - start);
            Count = Math.Min(length, endPixel - start) - skipped;
            int at = Count > 0 ? Place() : -1;
            if (at >= 0)
            {
                Pixel = (at * shape.Size[axes - 1]) + ((first + skipped) * Step) - shape.Pad[axes - 1]
                    + (tap[axes - 1] * shape.Dilation[axes - 1]);
                OutPixel = start + skipped;
                return true;
            }
        }
    }

    // Moves to before the first row.
    private void BeginRows()
    {
        rowIndex = firstRow - 1;
        int rest = firstRow;
        for (int i = axes - 2; i >= 0; i--)
        {
            row[i] = rest % shape.OutSize[i];
            rest /= shape.OutSize[i];
        }
    }

    // Computes the range of pixels of a row for which this tap is within the image.
    private void Measure()
    {
        int last = axes - 1, before = shape.Pad[last] - (tap[last] * shape.Dilation[last]);
        first = before > 0 ? (before + Step - 1) / Step : 0;
        int farthest = shape.Size[last] - 1 + before;
        int end = farthest < 0 ? 0 : Math.Min(shape.OutSize[last], (farthest / Step) + 1);
        length = Math.Max(0, end - first);
    }

    // Returns the row of the image that this tap sees in this row of the result, or -1 outside the image.
    private readonly int Place()
    {
        int place = 0;
        for (int i = 0; i < axes - 1; i++)
        {
            int x = (row[i] * shape.Stride[i]) - shape.Pad[i] + (tap[i] * shape.Dilation[i]);
            if (x < 0 || x >= shape.Size[i])
            {
                return -1;
            }

            place = (place * shape.Size[i]) + x;
        }

        return place;
    }

    // Counts up like an odometer, the last axis fastest.
    private static void Advance(Span<int> index, int[] limits, int axes)
    {
        for (int i = axes - 1; i >= 0; i--)
        {
            if (++index[i] < limits[i])
            {
                return;
            }

            index[i] = 0;
        }
    }
}
