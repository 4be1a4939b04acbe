using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// Computes the gradient of 3 x 3 or 5 x 5 weights of stride 1 by Winograd's minimal filtering: the image is correlated
/// with tiles of 4 x 4 gradients of results, which yields all taps for as many multiplications as the forward pass. The
/// lanes of a vector are channels, so that narrow images cost no more than wide ones. If the products fit a
/// second-level cache, each thread has sums of its own; else the threads share the tiles of a block and split its
/// GEMMs.
/// </summary>
internal static unsafe class WinogradGradient
{
    // With about this many parts, the transforms keep several threads equally busy.
    private const int EnoughParts = 16;

    // The floats of a thread's own tiles and own products: together within a second-level cache of 1 MiB.
    private const long OwnBlockFloats = 128 * 1024, MostOwnFloats = 256 * 1024, MostOwnProducts = 128 * 1024;

    // Fewer tiles would not pay for reading and writing the products.
    private const int LeastOwnTiles = 32;

    // The most sums, and so the most threads that can take part; there are fewer sums if there are few rows. The number
    // of sums must not depend on the number of threads.
    private const int MostOwnSums = 8;

    // With fewer channels, the transforms cost more than the GEMMs save.
    private const int LeastChannels = 16;

    /// <summary>Returns whether this algorithm can compute the gradient, and is faster.</summary>
    public static bool Suits(in ConvolutionShape shape, int images)
    {
        bool hasPath = VectorUnit.Path is VectorPath.Avx512 or VectorPath.Avx2;
        return hasPath && shape.GroupChannels >= LeastChannels && shape.GroupOutputs >= LeastChannels
            && WinogradConvolution.Gains(shape, images);
    }

    /// <summary>Adds the gradient of the weights to dw; see <see cref="ConvolutionKernel.WeightGradient"/>.</summary>
    public static void Run(WorkerPool pool, in ConvolutionShape shape, int images, float* x, float* dy, float* dw)
    {
        if (VectorUnit.Path == VectorPath.Avx512)
        {
            Run<Lanes512, Vector512<float>>(pool, shape, images, x, dy, dw);
        }
        else
        {
            Run<Lanes256, Vector256<float>>(pool, shape, images, x, dy, dw);
        }
    }

    private static void Run<TLanes, TVector>(
        WorkerPool pool, in ConvolutionShape shape, int images, float* x, float* dy, float* dw)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        if (shape.KernelHeight == 3)
        {
            Run<ThreeTapTransform<TLanes, TVector>>(pool, shape, images, x, dy, dw);
        }
        else
        {
            Run<FiveTapTransform<TLanes, TVector>>(pool, shape, images, x, dy, dw);
        }
    }

    private static void Run<T>(WorkerPool pool, in ConvolutionShape shape, int images, float* x, float* dy, float* dw)
        where T : struct, IWinogradGradientTransform
    {
        var problem = new WinogradGradientProblem
        {
            Size = T.Size, Channels = shape.GroupChannels, Height = shape.Height, Width = shape.Width,
            Outputs = shape.GroupOutputs,
            OutHeight = shape.OutHeight, OutWidth = shape.OutWidth, PadHeight = shape.PadHeight,
            PadWidth = shape.PadWidth,
            ImageStep = shape.ImageSize, OutImageStep = shape.OutSizeOfImage,
        };
        int allRows = images * problem.TilesDown, sums = OwnSums(problem, allRows),
            rowsOfSum = (allRows + sums - 1) / sums;
        sums = (allRows + rowsOfSum - 1) / rowsOfSum;
        if (sums > 1)
        {
            problem.Rows = problem.RowsOfRun = RowsOfOwnBlock(problem);
        }
        else
        {
            problem.Rows = RowsOfBlock(problem, allRows);
            problem.RowsOfRun = RowsOfRun(problem, problem.Rows);
        }

        problem.M = pool.Scratch(0, ScratchSlot.Partials, sums * problem.Values * problem.ProductsStep);
        for (int group = 0; group < shape.Groups; group++)
        {
            problem.X = x + ((nint)group * problem.Channels * problem.Height * problem.Width);
            problem.Dy = dy + ((nint)group * problem.Outputs * problem.OutHeight * problem.OutWidth);
            if (sums > 1)
            {
                var own = new WinogradGradientThreadSums<T>
                {
                    Problem = problem, Pool = pool, AllRows = allRows, RowsOfSum = rowsOfSum,
                };
                pool.Run(sums, ref own);
            }
            else
            {
                RunShared<T>(pool, problem, allRows);
            }

            var output = new WinogradGradientOutput<T>
            {
                Problem = problem, Sums = sums, Dw = dw + ((nint)group * shape.GroupOutputs * shape.Taps),
            };
            pool.Run(problem.Outputs, ref output);
        }
    }

    private static void RunShared<T>(WorkerPool pool, WinogradGradientProblem problem, int allRows)
        where T : struct, IWinogradGradientTransform
    {
        problem.U = pool.Scratch(0, ScratchSlot.SharedLeftPanels, problem.Runs * problem.Values * problem.OutputsStep);
        problem.V = pool.Scratch(
            0, ScratchSlot.SharedRightPanels, problem.Runs * problem.Values * problem.ChannelsStep);
        int panelFloats = (int)PackedGemm.RightPanelSize(problem.RowsOfRun * problem.TilesAcross);
        int panelsOfPart = Math.Clamp(PackedGemm.BlockFloats / panelFloats, 1, problem.ChannelPanels);
        int partsOfValue = (problem.ChannelPanels + panelsOfPart - 1) / panelsOfPart, most = problem.Rows;
        for (; problem.FirstRow < allRows; problem.FirstRow += most)
        {
            problem.Rows = Math.Min(most, allRows - problem.FirstRow);
            var tiles = new WinogradGradientTiles<T> { Problem = problem, Pool = pool };
            pool.Run(problem.Runs * tiles.Parts, ref tiles);
            var products = new WinogradGradientBatchedGemm
            {
                Problem = problem, PanelsOfPart = panelsOfPart, PartsOfValue = partsOfValue,
                IsFirst = problem.FirstRow == 0,
            };
            pool.Run(problem.Values * partsOfValue, ref products);
        }
    }

    // Returns the number of sums that threads own; 1 if the sums would be too large or the rows too few.
    private static int OwnSums(in WinogradGradientProblem problem, int allRows)
    {
        long products = (long)problem.Values * problem.Channels * problem.Outputs;
        long floatsOfRow = (long)problem.TilesAcross * problem.Values * (problem.Channels + problem.Outputs);
        int rows = RowsOfOwnBlock(problem);
        int sums = products <= MostOwnProducts && rows * floatsOfRow <= MostOwnFloats ? MostOwnSums : 1;
        while (sums > 1 && allRows < sums * rows)
        {
            sums /= 2;
        }

        return sums;
    }

    private static int RowsOfOwnBlock(in WinogradGradientProblem problem)
    {
        long floatsOfTile = (long)problem.Values * (problem.Channels + problem.Outputs);
        long tiles = Math.Max(OwnBlockFloats / floatsOfTile, LeastOwnTiles);
        return (int)Math.Max(1, tiles / problem.TilesAcross);
    }

    // Returns as many rows of tiles, in even blocks, as the caches hold between transform and GEMM, but enough to make
    // the GEMM deep.
    private static int RowsOfBlock(in WinogradGradientProblem problem, int allRows)
    {
        long floatsOfTile = (long)problem.Values * (problem.Channels + problem.Outputs);
        long tiles = Math.Max(WinogradConvolution.BlockFloats / floatsOfTile, PackedGemm.MaxDepth);
        return WinogradProblem.EvenBlock(allRows, (int)Math.Clamp(tiles / problem.TilesAcross, 1, allRows));
    }

    // Splits a block into several runs if channels and outputs alone yield few parts; no run is then much deeper than a
    // panel.
    private static int RowsOfRun(in WinogradGradientProblem problem, int rowsOfBlock)
    {
        int parts = Math.Max(1, (problem.Channels + problem.Outputs) / PlaneLanes.Count);
        return Math.Max(1, rowsOfBlock / Math.Max(1, EnoughParts / parts));
    }
}
