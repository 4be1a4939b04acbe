using Cnn.Layers.Kernels.Convolution.Direct;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Pointwise;

/// <summary>
/// Convolution with one tap, without padding: a GEMM that reads the image in place, as the pixels of a channel are
/// neighbours. Large planes put pixels into the vectors (<see cref="PixelVectors"/>); of planes of a few pixels, whose
/// last vector would be mostly empty, the outputs go into the vectors (<see cref="OutputVectors"/>). With a stride, the
/// pixels that are seen are gathered first.
/// </summary>
internal static unsafe class PointwiseConvolution
{
    // The most empty columns of pixels, as a share, before the outputs go into the vectors.
    private const double MostWaste = 0.05;

    private const int GatheredFloats = 2 * 1024 * 1024;
    private const int PixelsPerPart = 8 * 1024;

    /// <summary>Returns whether this algorithm can run a convolution.</summary>
    public static bool Suits(in ConvolutionShape shape) =>
        shape is { KernelHeight: 1, KernelWidth: 1, PadHeight: 0, PadWidth: 0, MoreBelow: 0, MoreRight: 0 };

    /// <summary>Runs <see cref="ConvolutionKernel.Forward"/>.</summary>
    public static void Forward(
        WorkerPool pool, ConvolutionPlan plan, int images, float* x, float* weights, float* bias, float* y,
        PackedWeights? packed = null, Rectifier? rectifier = null, float* addend = null)
    {
        ConvolutionShape shape = plan.Shape;
        var problem = new PointwiseProblem
        {
            X = x, Weights = weights, Bias = bias, Y = y, Images = images, Groups = shape.Groups,
            M = shape.GroupOutputs, N = shape.OutPixels, K = shape.GroupChannels, RowStep = shape.GroupChannels,
            ColumnStep = 1, Rectifier = rectifier, Addend = addend,
        };
        if (!shape.HasStride)
        {
            Run(pool, plan, problem, packed);
            return;
        }

        problem.Images = ImagesAtOnce(shape, images);
        for (int image = 0; image < images; image += problem.Images)
        {
            problem.Images = Math.Min(problem.Images, images - image);
            problem.X = Gather(pool, shape, problem.Images, x + ((nint)image * shape.ImageSize));
            problem.Y = y + ((nint)image * shape.OutSizeOfImage);
            problem.Addend = addend == null ? null : addend + ((nint)image * shape.OutSizeOfImage);
            Run(pool, plan, problem, packed);
        }
    }

    /// <summary>Runs <see cref="ConvolutionKernel.InputGradient"/>.</summary>
    public static void InputGradient(
        WorkerPool pool, ConvolutionPlan plan, int images, float* dy, float* weights, float* dx)
    {
        ConvolutionShape shape = plan.Shape;
        var problem = new PointwiseProblem
        {
            X = dy, Weights = weights, Y = dx, Images = images, Groups = shape.Groups, M = shape.GroupChannels,
            N = shape.OutPixels, K = shape.GroupOutputs, RowStep = 1, ColumnStep = shape.GroupChannels,
        };
        if (!shape.HasStride)
        {
            Run(pool, plan, problem, null);
            return;
        }

        problem.Images = ImagesAtOnce(shape, images);
        for (int image = 0; image < images; image += problem.Images)
        {
            problem.Images = Math.Min(problem.Images, images - image);
            problem.X = dy + ((nint)image * shape.OutSizeOfImage);
            problem.Y = Seen(pool, shape, problem.Images);
            Run(pool, plan, problem, null);
            var spread = new SpreadJob
            {
                Shape = shape, Seen = problem.Y, Dx = dx + ((nint)image * shape.ImageSize),
                Channels = problem.Images * shape.Channels, ChannelsPerPart = ChannelsPerPart(shape),
            };
            pool.Run((spread.Channels + spread.ChannelsPerPart - 1) / spread.ChannelsPerPart, ref spread);
        }
    }

    /// <summary>Runs <see cref="ConvolutionKernel.WeightGradient"/> where there is a stride.</summary>
    public static void StridedWeightGradient(
        WorkerPool pool, ConvolutionPlan plan, int images, float* x, float* dy, float* dw, float* db)
    {
        ConvolutionShape shape = plan.Shape;
        int atOnce = ImagesAtOnce(shape, images);
        for (int image = 0; image < images; image += atOnce)
        {
            int count = Math.Min(atOnce, images - image);
            float* seen = Gather(pool, shape, count, x + ((nint)image * shape.ImageSize));
            ConvolutionKernel.WeightGradient(
                pool, plan.Unstrided, count, seen, dy + ((nint)image * shape.OutSizeOfImage), dw, db);
        }
    }

    /// <summary>Returns the form that a forward pass packs the weights into.</summary>
    public static WeightForm FormOf(in ConvolutionShape shape) => FormOf(shape.OutPixels);

    private static void Run(
        WorkerPool pool, ConvolutionPlan plan, in PointwiseProblem problem, PackedWeights? packed)
    {
        if (FormOf(problem.N) == WeightForm.Rows)
        {
            PixelVectors.Run(pool, problem, packed);
            return;
        }

        bool pixelsAreImages = problem is { N: 1, Images: > 1 };
        int width = MicroKernels.Width, step = (problem.Images + width - 1) / width * width;
        var outputs = new OutputProblem
        {
            X = problem.X, InputStep = (nint)problem.K * problem.N, Tiles = plan.PlaneTiles, Strips = 1,
            StripPixels = problem.N,
            Taps = plan.ChannelOffsets(pixelsAreImages ? step : problem.N, problem.K),
            Depth = plan.PlaneTiles.Depth(problem.K), Weights = problem.Weights, Bias = problem.Bias,
            Y = problem.Y, Images = problem.Images, Groups = problem.Groups, M = problem.M, N = problem.N,
            K = problem.K, RowStep = problem.RowStep, ColumnStep = problem.ColumnStep,
            Rectifier = problem.Rectifier, Addend = problem.Addend,
        };
        if (pixelsAreImages)
        {
            outputs.X = Transpose(pool, problem, step);
            outputs.Tiles = plan.TilesOfImages(problem.Images);
            outputs.PixelsAreImages = true;
            outputs.N = outputs.StripPixels = problem.Images;
            outputs.InputStep = (nint)problem.K * step;
            outputs.Images = 1;
        }

        OutputVectors.Run(pool, outputs, packed);
    }

    // The outputs go into the vectors where pixels would leave too much of a vector empty.
    private static WeightForm FormOf(int pixels)
    {
        int width = MicroKernels.Width, padded = (pixels + width - 1) / width * width;
        return padded - pixels > MostWaste * pixels ? WeightForm.Columns : WeightForm.Rows;
    }

    // Returns images of one pixel as [Groups, K, step], with as many values of each row as there are images.
    private static float* Transpose(WorkerPool pool, in PointwiseProblem problem, int step)
    {
        int values = problem.Groups * problem.K;
        float* transposed = pool.Scratch(0, ScratchSlot.Columns, ((long)values * step) + Packing.Slack);
        Packing.Transpose(problem.X, values, problem.Images, values, transposed, step);
        return transposed;
    }

    // Some images at a time, to limit the memory for the pixels that the convolution sees.
    private static int ImagesAtOnce(in ConvolutionShape shape, int images) =>
        Math.Clamp(GatheredFloats / (shape.Channels * shape.OutPixels), 1, Math.Max(1, images));

    // Returns memory for the pixels that the convolution sees, without those that the stride skips.
    private static float* Seen(WorkerPool pool, in ConvolutionShape shape, int images) =>
        pool.Scratch(0, ScratchSlot.SharedRightPanels, (long)images * shape.Channels * shape.OutPixels);

    private static int ChannelsPerPart(in ConvolutionShape shape) => Math.Max(1, PixelsPerPart / shape.OutPixels);

    // Returns the pixels that the convolution sees.
    private static float* Gather(WorkerPool pool, in ConvolutionShape shape, int images, float* x)
    {
        var job = new GatherJob
        {
            Shape = shape, X = x, Channels = images * shape.Channels, Seen = Seen(pool, shape, images),
            ChannelsPerPart = ChannelsPerPart(shape),
        };
        pool.Run((job.Channels + job.ChannelsPerPart - 1) / job.ChannelsPerPart, ref job);
        return job.Seen;
    }

    private struct GatherJob : IParallelJob
    {
        public ConvolutionShape Shape;
        public float* X, Seen;
        public int Channels, ChannelsPerPart;

        public readonly void Run(int part, int worker)
        {
            int end = Math.Min(Channels, (part + 1) * ChannelsPerPart), width = Shape.OutWidth;
            for (int c = part * ChannelsPerPart; c < end; c++)
            {
                float* channel = X + ((nint)c * Shape.Height * Shape.Width), to = Seen + ((nint)c * Shape.OutPixels);
                for (int row = 0; row < Shape.OutHeight; row++, to += width)
                {
                    PhaseSplit.Gather(
                        channel + ((nint)row * Shape.StrideHeight * Shape.Width), Shape.StrideWidth, to, width);
                }
            }
        }
    }

    // Writes the gradient of whole channels: 0 for the pixels that the stride skips.
    private struct SpreadJob : IParallelJob
    {
        public ConvolutionShape Shape;
        public float* Seen, Dx;
        public int Channels, ChannelsPerPart;

        public readonly void Run(int part, int worker)
        {
            int end = Math.Min(Channels, (part + 1) * ChannelsPerPart), width = Shape.Width;
            for (int c = part * ChannelsPerPart; c < end; c++)
            {
                float* channel = Dx + ((nint)c * Shape.Height * width), from = Seen + ((nint)c * Shape.OutPixels);
                for (int row = 0; row < Shape.Height; row++, channel += width)
                {
                    var (seen, beyond) = Math.DivRem(row, Shape.StrideHeight);
                    if (beyond > 0 || seen >= Shape.OutHeight)
                    {
                        new Span<float>(channel, width).Clear();
                        continue;
                    }

                    PhaseSplit.Spread(
                        from + ((nint)seen * Shape.OutWidth), Shape.StrideWidth, Shape.OutWidth, channel, width);
                }
            }
        }
    }
}
