using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// Convolution with 3 x 3 or 5 x 5 taps and stride 1 by Winograd's minimal filtering: a tile of 4 x 4 results takes 36
/// multiplications per channel instead of 144, or 64 instead of 400. Weights and tiles are transformed, multiplied in
/// 36 or 64 GEMMs, and transformed back, block by block of tiles, so that the transformed values stay in the caches: in
/// a thread's own second-level cache if there are few channels, else in the third-level cache, where the threads share
/// each step. The rounding error is a few times that of the direct sum; the transforms state it.
/// </summary>
internal static unsafe class WinogradConvolution
{
    /// <summary>
    /// The floats of a block's transformed values: within a third-level cache, unless there are more weights, which
    /// every block reads once.
    /// </summary>
    public const long BlockFloats = 1536 * 1024;

    // The floats of the transformed values of a block of one thread: within a second-level cache of 1 MiB.
    private const long OwnBlockFloats = 192 * 1024, MostOwnFloats = 256 * 1024;

    // Each block of one thread reads all weights, from the third-level cache.
    private const long MostOwnWeights = 1024 * 1024;
    private const int LeastOwnBlocks = 8;

    // The cost of an output's weights for a channel, in multiply-adds: to transform them, or to read packed ones.
    private const int WeightsCost = 600, ReusedWeightsCost = 300;

    // If a thread's GEMMs cost this many times as much as transforming the weights, each thread transforms them itself:
    // that is faster than to fetch from other caches what other threads have transformed.
    private const int WorkOfOwnWeights = 8;

    // With fewer channels, the transforms cost more than the GEMMs save. Five taps save so much that few input maps
    // suffice.
    private const int LeastChannels = 16, LeastReadByFiveTaps = 3;

    /// <summary>Returns whether this algorithm can run a convolution, and is faster.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="images">Number of images.</param>
    /// <param name="reusesWeights">Whether the transformed weights serve many passes.</param>
    public static bool Suits(in ConvolutionShape shape, int images, bool reusesWeights = false) =>
        HasMaps(shape, shape.GroupChannels, shape.GroupOutputs) && Gains(shape, images, reusesWeights);

    /// <summary>Returns whether this algorithm can compute the gradient of the input, and is faster.</summary>
    public static bool SuitsInputGradient(in ConvolutionShape shape, int images) =>
        HasMaps(shape, shape.GroupOutputs, shape.GroupChannels) && Gains(shape, images);

    /// <summary>
    /// Returns whether there are transforms for a convolution's taps, and enough tiles to pay for that of the weights.
    /// </summary>
    public static bool Gains(in ConvolutionShape shape, int images, bool reusesWeights = false)
    {
        if (!HasTransform(shape))
        {
            return false;
        }

        // Costs are in multiply-adds for each pair of channel and output.
        double tiles = (double)images * ((shape.OutHeight + 3) / 4) * ((shape.OutWidth + 3) / 4);
        int taps = shape.KernelHeight * shape.KernelWidth, size = SizeOf(shape);
        double weightsCost = reusesWeights ? ReusedWeightsCost : WeightsCost;
        return (double)taps * images * shape.OutPixels > 1.5 * ((size * size * tiles) + weightsCost);
    }

    /// <summary>Runs <see cref="ConvolutionKernel.Forward"/>.</summary>
    public static void Forward(
        WorkerPool pool,
        in ConvolutionShape shape,
        int images,
        float* x,
        float* weights,
        float* bias,
        float* y,
        PackedWeights? packed = null,
        Rectifier? rectifier = null)
    {
        var problem = new WinogradProblem
        {
            Size = SizeOf(shape), X = x, Weights = weights, Bias = bias, Y = y, Rectifier = rectifier,
            Channels = shape.GroupChannels, Height = shape.Height, Width = shape.Width, Outputs = shape.GroupOutputs,
            OutHeight = shape.OutHeight, OutWidth = shape.OutWidth, PadHeight = shape.PadHeight,
            PadWidth = shape.PadWidth,
            ImageStep = shape.ImageSize, OutImageStep = shape.OutSizeOfImage, OutputStep = shape.Taps,
            ChannelStep = shape.KernelHeight * shape.KernelWidth,
        };
        Run(pool, problem, shape, images, packed);
    }

    /// <summary>Runs <see cref="ConvolutionKernel.InputGradient"/>.</summary>
    public static void InputGradient(
        WorkerPool pool, in ConvolutionShape shape, int images, float* dy, float* weights, float* dx)
    {
        WinogradProblem problem = Transposes(shape, images) ? Transposed(shape) : Rotated(shape);
        problem.X = dy;
        problem.Weights = weights;
        problem.Y = dx;
        Run(pool, problem, shape, images, null);
    }

    /// <summary>
    /// Returns whether the gradient of the input is computed by <see cref="WinogradTranspose{T}"/>: if that takes at
    /// most two thirds of the tiles, and blocks of whole images fit a thread's cache.
    /// </summary>
    public static bool Transposes(in ConvolutionShape shape, int images)
    {
        WinogradProblem transposed = Transposed(shape), rotated = Rotated(shape);
        return 3 * transposed.TilesDown * transposed.TilesAcross <= 2 * rotated.TilesDown * rotated.TilesAcross
            && TilesOfOwnBlock(transposed, images * transposed.TilesDown * transposed.TilesAcross) > 0;
    }

    // Returns the gradient of the input as a transposed problem; the caller sets the operands.
    private static WinogradProblem Transposed(in ConvolutionShape shape) => new()
    {
        Size = SizeOf(shape), Channels = shape.GroupOutputs, Height = shape.OutHeight, Width = shape.OutWidth,
        Outputs = shape.GroupChannels, OutHeight = shape.Height, OutWidth = shape.Width,
        ImageStep = shape.OutSizeOfImage,
        OutImageStep = shape.ImageSize, OutputStep = shape.KernelHeight * shape.KernelWidth, ChannelStep = shape.Taps,
        Overlaps = true, CropHeight = shape.PadHeight, CropWidth = shape.PadWidth,
    };

    // Returns the gradient of the input as a convolution with the taps in reverse order.
    private static WinogradProblem Rotated(in ConvolutionShape shape) => Transposed(shape) with
    {
        Overlaps = false, CropHeight = 0, CropWidth = 0, IsRotated = true,
        PadHeight = shape.KernelHeight - 1 - shape.PadHeight, PadWidth = shape.KernelWidth - 1 - shape.PadWidth,
    };

    private static bool HasMaps(in ConvolutionShape shape, int read, int made) =>
        read >= (shape.KernelHeight == 5 ? LeastReadByFiveTaps : LeastChannels) && made >= LeastChannels;

    private static int SizeOf(in ConvolutionShape shape) => shape.KernelHeight + WinogradProblem.Step - 1;

    /// <summary>Returns whether there are transforms for a convolution's taps.</summary>
    public static bool HasTransform(in ConvolutionShape shape) =>
        shape.KernelHeight == shape.KernelWidth && shape.KernelWidth is 3 or 5
        && !shape.HasStride
        && shape.DilationHeight == 1 && shape.DilationWidth == 1 && shape.PadHeight < shape.KernelHeight
        && shape.PadWidth < shape.KernelWidth;

    // Runs all groups; the problem's operands are those of the first.
    private static void Run(
        WorkerPool pool, in WinogradProblem problem, in ConvolutionShape shape, int images, PackedWeights? packed)
    {
        switch (VectorUnit.Path)
        {
            case VectorPath.Avx512:
                Run<Lanes512, Vector512<float>>(pool, problem, shape, images, packed);
                break;
            case VectorPath.Avx2:
                Run<Lanes256, Vector256<float>>(pool, problem, shape, images, packed);
                break;
            default:
                Run<Lanes128, Vector128<float>>(pool, problem, shape, images, packed);
                break;
        }
    }

    private static void Run<TLanes, TVector>(
        WorkerPool pool, in WinogradProblem problem, in ConvolutionShape shape, int images, PackedWeights? packed)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        switch (shape.KernelHeight, problem.Overlaps)
        {
            case (3, false):
                Run<ThreeTapTransform<TLanes, TVector>>(pool, problem, shape, images, packed);
                break;
            case (3, true):
                Run<WinogradTranspose<ThreeTapTransform<TLanes, TVector>>>(pool, problem, shape, images, packed);
                break;
            case (_, false):
                Run<FiveTapTransform<TLanes, TVector>>(pool, problem, shape, images, packed);
                break;
            default:
                Run<WinogradTranspose<FiveTapTransform<TLanes, TVector>>>(pool, problem, shape, images, packed);
                break;
        }
    }

    private static void Run<T>(
        WorkerPool pool, WinogradProblem problem, in ConvolutionShape shape, int images, PackedWeights? packed)
        where T : struct, IWinogradTransform
    {
        int all = images * problem.TilesDown * problem.TilesAcross, own = TilesOfOwnBlock(problem, all);
        problem.Tiles = own > 0 ? own : TilesOfSharedBlock(problem, all);
        bool areOwn = own > 0 && packed is null
            && (long)problem.Values * all >= (long)WorkOfOwnWeights * WeightsCost * pool.ThreadCount;
        bool* haveOwn = stackalloc bool[pool.ThreadCount];
        long weightsSize = problem.Values * problem.WeightsStep;
        bool areReady = areOwn;
        float* transformed = null;
        if (!areOwn)
        {
            transformed = packed is null
                ? pool.Scratch(0, ScratchSlot.SharedLeftPanels, weightsSize)
                : packed.Buffer(WeightForm.Winograd, shape.Groups * weightsSize, out areReady);
        }

        for (int group = 0; group < shape.Groups; group++)
        {
            problem.U = transformed + (packed is null ? 0 : group * weightsSize);
            if (!areReady)
            {
                var transform = new WinogradWeights<T> { Problem = problem };
                pool.Run(problem.Panels, ref transform);
            }

            if (own > 0)
            {
                new Span<bool>(haveOwn, pool.ThreadCount).Clear();
                var blocks = new WinogradThreadBlocks<T>
                {
                    Problem = problem, Pool = pool, AllTiles = all, HaveWeights = areOwn ? haveOwn : null,
                };
                pool.Run((all + own - 1) / own, ref blocks);
            }
            else
            {
                RunShared<T>(pool, problem, all);
            }

            problem.X += (nint)problem.Channels * problem.Height * problem.Width;
            problem.Y += (nint)problem.Outputs * problem.OutHeight * problem.OutWidth;
            problem.Bias += problem.Bias == null ? 0 : problem.Outputs;
            problem.Weights += (nint)shape.GroupOutputs * shape.Taps;
        }

        if (!areReady)
        {
            packed?.MarkPacked(WeightForm.Winograd, shape.Groups * weightsSize);
        }
    }

    private static void RunShared<T>(WorkerPool pool, WinogradProblem problem, int all)
        where T : struct, IWinogradTransform
    {
        problem.V = pool.Scratch(0, ScratchSlot.SharedRightPanels, problem.Values * problem.TilesStep);
        problem.M = pool.Scratch(0, ScratchSlot.Partials, problem.Values * problem.ProductsStep);
        int most = problem.Tiles;
        for (; problem.FirstTile < all; problem.FirstTile += most)
        {
            problem.Tiles = Math.Min(most, all - problem.FirstTile);
            var input = new WinogradInput<T> { Problem = problem, Pool = pool };
            pool.Run(problem.Channels, ref input);
            var products = new WinogradBatchedGemm { Problem = problem };
            pool.Run(problem.Values, ref products);
            var output = new WinogradOutput<T> { Problem = problem, Pool = pool };
            pool.Run(problem.Outputs, ref output);
        }
    }

    // Returns the tiles of a block of one thread, in whole vectors, whose values fit the thread's second-level cache; 0
    // if there would be too few blocks, or there are too many weights, which each block reads. Tiles of an image that
    // overlap stay together.
    private static int TilesOfOwnBlock(in WinogradProblem problem, int all)
    {
        long floatsOfTile = (long)problem.Values * (problem.Channels + problem.Outputs);
        long most = Math.Min(Math.Max(OwnBlockFloats / floatsOfTile, MicroKernels.Columns), all / LeastOwnBlocks);
        long unit = problem.Overlaps ? problem.TilesDown * problem.TilesAcross : MicroKernels.Width;
        long tiles = most / unit * unit;
        bool fits = tiles >= MicroKernels.Width && tiles * floatsOfTile <= MostOwnFloats
            && problem.Values * problem.WeightsStep <= MostOwnWeights;
        return fits ? (int)tiles : 0;
    }

    private static int TilesOfSharedBlock(in WinogradProblem problem, int all)
    {
        long floatsOfTile = (long)problem.Values * (problem.Channels + problem.Outputs);
        long floats = Math.Max(BlockFloats, problem.Values * problem.WeightsStep);
        int even = WinogradProblem.EvenBlock(all, (int)Math.Clamp(floats / floatsOfTile, 1, all)),
            nr = MicroKernels.Columns;
        return (even + nr - 1) / nr * nr;
    }
}
