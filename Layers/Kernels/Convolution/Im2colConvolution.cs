using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Convolution over any number of axes by im2col and GEMM: the columns [taps, pixels] of one image, one group and some
/// pixels of the result at a time are written to the pool's scratch memory. Formula and conventions are those of
/// <see cref="ConvolutionKernel"/>.
/// </summary>
internal static unsafe class Im2colConvolution
{
    /// <summary>
    /// The most floats of the columns, 64 MiB, unless a single pixel has more taps. Larger results are computed block
    /// by block; the gradient of the weights is then the sum over the blocks.
    /// </summary>
    public const long ColumnFloats = 16 * 1024 * 1024;

    // Blocks are a multiple of this number of pixels if possible, so that panels are whole.
    private const int PixelsAtOnce = 64;

    /// <summary>Computes y = x convolved with the weights, plus the bias (null for none).</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="images">Number of images, N.</param>
    /// <param name="x">[N, C, spatial...].</param>
    /// <param name="weights">[Outputs, C / Groups, kernel...].</param>
    /// <param name="bias">[Outputs], or null.</param>
    /// <param name="y">[N, Outputs, spatial...]; overwritten.</param>
    /// <param name="rectifier">The rectifier of the result; null for none.</param>
    /// <param name="columnFloats">See <see cref="ColumnFloats"/>.</param>
    public static void Forward(
        WorkerPool pool,
        ConvolutionShapeNd shape,
        int images,
        float* x,
        float* weights,
        float* bias,
        float* y,
        Rectifier? rectifier = null,
        long columnFloats = ColumnFloats)
    {
        int outputs = shape.Outputs / shape.Groups, taps = shape.Taps, pixels = shape.OutPixels;
        int block = BlockPixels(shape, columnFloats);
        float* columns = pool.Scratch(0, ScratchSlot.Columns, (long)taps * block);
        for (int slice = 0; slice < images * shape.Groups; slice++)
        {
            int group = slice % shape.Groups;
            float* image = x + ((nint)slice * (shape.Channels / shape.Groups) * shape.Pixels);
            for (int first = 0; first < pixels; first += Math.Min(block, pixels - first))
            {
                int count = Math.Min(block, pixels - first);
                float* to = y + ((nint)slice * outputs * pixels) + first;
                Move(pool, shape, image, columns, first, count, back: false);
                GemmKernel.Run(
                    pool, false, false, outputs, count, taps, weights + ((nint)group * outputs * taps), taps, columns,
                    count,
                    to, pixels, bias != null ? GemmAddend.RowBias : GemmAddend.Nothing, bias + (group * outputs));
                if (rectifier is { } rectifies)
                {
                    var rectify = new RectifyRows { X = to, Step = pixels, Count = count, Rectifier = rectifies };
                    pool.Run(outputs, ref rectify);
                }
            }
        }
    }

    /// <summary>Computes dx = the gradient of x; overwrites dx.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="images">Number of images, N.</param>
    /// <param name="dy">[N, Outputs, spatial...].</param>
    /// <param name="weights">[Outputs, C / Groups, kernel...].</param>
    /// <param name="dx">[N, C, spatial...].</param>
    /// <param name="columnFloats">See <see cref="ColumnFloats"/>.</param>
    public static void InputGradient(
        WorkerPool pool,
        ConvolutionShapeNd shape,
        int images,
        float* dy,
        float* weights,
        float* dx,
        long columnFloats = ColumnFloats)
    {
        int outputs = shape.Outputs / shape.Groups, taps = shape.Taps, pixels = shape.OutPixels;
        int block = BlockPixels(shape, columnFloats);
        float* columns = pool.Scratch(0, ScratchSlot.Columns, (long)taps * block);
        for (int slice = 0; slice < images * shape.Groups; slice++)
        {
            float* ofGroup = weights + ((nint)(slice % shape.Groups) * outputs * taps);
            float* image = dx + ((nint)slice * (shape.Channels / shape.Groups) * shape.Pixels);
            for (int first = 0; first < pixels; first += Math.Min(block, pixels - first))
            {
                int count = Math.Min(block, pixels - first);
                GemmKernel.Run(
                    pool, true, false, taps, count, outputs, ofGroup, taps,
                    dy + ((nint)slice * outputs * pixels) + first, pixels,
                    columns, count);
                Move(pool, shape, image, columns, first, count, back: true);
            }
        }
    }

    /// <summary>Adds the gradient of the weights to dW.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="images">Number of images, N.</param>
    /// <param name="x">[N, C, spatial...].</param>
    /// <param name="dy">[N, Outputs, spatial...].</param>
    /// <param name="dw">[Outputs, C / Groups, kernel...]; added to.</param>
    /// <param name="columnFloats">See <see cref="ColumnFloats"/>.</param>
    public static void WeightGradient(
        WorkerPool pool,
        ConvolutionShapeNd shape,
        int images,
        float* x,
        float* dy,
        float* dw,
        long columnFloats = ColumnFloats)
    {
        int outputs = shape.Outputs / shape.Groups, taps = shape.Taps, pixels = shape.OutPixels;
        int block = BlockPixels(shape, columnFloats);
        float* columns = pool.Scratch(0, ScratchSlot.Columns, (long)taps * block);
        for (int slice = 0; slice < images * shape.Groups; slice++)
        {
            float* ofGroup = dw + ((nint)(slice % shape.Groups) * outputs * taps);
            float* image = x + ((nint)slice * (shape.Channels / shape.Groups) * shape.Pixels);
            for (int first = 0; first < pixels; first += Math.Min(block, pixels - first))
            {
                int count = Math.Min(block, pixels - first);
                Move(pool, shape, image, columns, first, count, back: false);
                GemmKernel.Run(
                    pool, false, true, outputs, taps, count, dy + ((nint)slice * outputs * pixels) + first, pixels,
                    columns, count,
                    ofGroup, taps, GemmAddend.Existing);
            }
        }
    }

    /// <summary>
    /// Returns the pixels of a block: all pixels, or an equal share in as few blocks as possible.
    /// </summary>
    internal static int BlockPixels(ConvolutionShapeNd shape, long columnFloats)
    {
        int pixels = shape.OutPixels;
        long most = Math.Clamp(columnFloats / shape.Taps, 1, pixels), blocks = (pixels + most - 1) / most;
        long even = (pixels + blocks - 1) / blocks;
        return (int)(most < PixelsAtOnce || blocks == 1 ? even
            : Math.Min(pixels, (even + PixelsAtOnce - 1) / PixelsAtOnce * PixelsAtOnce));
    }

    private static void Move(
        WorkerPool pool, ConvolutionShapeNd shape, float* image, float* columns, int first, int count, bool back)
    {
        var move = new Im2colJob
        {
            Shape = shape, Image = image, Columns = columns, FirstPixel = first, BlockPixels = count, Back = back,
        };
        pool.Run(shape.Channels / shape.Groups, ref move);
    }

    // Rectifies rows of the result. A part is an output.
    private struct RectifyRows : IParallelJob
    {
        public float* X;
        public int Step, Count;
        public Rectifier Rectifier;

        public readonly void Run(int part, int worker) => Rectify.Run(X + ((nint)part * Step), Count, Rectifier);
    }
}
