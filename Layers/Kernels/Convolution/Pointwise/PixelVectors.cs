using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Pointwise;

/// <summary>
/// The pointwise convolution with pixels in the vectors: a tile is a few outputs of two vectors of pixels. The weights
/// of these outputs stay in the first-level cache while a block of pixels passes by from the second; the next block and
/// the memory of its result are fetched meanwhile. Where the last vector of a channel is not full, the last tile
/// begins further left and computes some pixels again.
/// </summary>
internal static unsafe class PixelVectors
{
    // The most floats of weights that a part goes through for each block: most of a second-level cache of 1 MiB.
    private const int PartWeights = 192 * 1024;

    // The most floats of a block's pixels and results: with those of the next, half a second-level cache of 1 MiB.
    private const int BlockFloats = 64 * 1024;

    private const int CacheSets = 64, CacheWays = 8, MostLinesApart = 16;

    // About the multiply-adds of a part: enough to pay for starting it.
    private const int PartWork = 1_000_000;

    /// <summary>Runs the problem. There are at least as many pixels as a vector has values.</summary>
    public static void Run(WorkerPool pool, in PointwiseProblem problem, PackedWeights? packed)
    {
        int rows = MicroKernels.PanelRows(problem.M), panels = (problem.M + rows - 1) / rows;
        int depth = PackedGemm.Depth(problem.K, MostDepth(problem.N)), blocks = (problem.K + depth - 1) / depth;
        nint blockSize = panels * Packing.PanelSize(rows, depth);
        long packedSize = problem.Groups * blocks * blockSize;
        bool isPacked = false;
        float* weights = packed is null
            ? pool.Scratch(0, ScratchSlot.SharedLeftPanels, packedSize)
            : packed.Buffer(WeightForm.Rows, packedSize, out isPacked);
        if (!isPacked)
        {
            var pack = new WeightPacking
            {
                Weights = problem.Weights, Packed = weights, Rows = problem.M, Columns = problem.K,
                RowStep = problem.RowStep, ColumnStep = problem.ColumnStep, GroupStep = problem.GroupStep,
                PanelRows = rows, Depth = depth, Blocks = blocks, BlockSize = blockSize,
            };
            pool.Run(problem.Groups * blocks, ref pack);
            packed?.MarkPacked(WeightForm.Rows, packedSize);
        }

        // Parts are bands of outputs, images and stretches of pixels, as many as there is work for and equally many for
        // each thread.
        int width = MicroKernels.Columns, vectors = problem.N / width;
        int bands = (int)Math.Clamp(((long)problem.M * problem.K) / PartWeights, 1, panels);
        long work = (long)problem.M * problem.K * problem.N / bands;
        int others = problem.Images * problem.Groups, threads = pool.ThreadCount;
        long wanted = Math.Max(1, work / PartWork);
        wanted = (bands * (long)others) % threads == 0 ? wanted : (wanted + threads - 1) / threads * threads;
        int stretches = (int)Math.Clamp(wanted, 1, Math.Max(1, vectors));
        if ((long)bands * stretches * others < pool.ThreadCount)
        {
            bands = Math.Min(panels, pool.ThreadCount);
        }

        int panelsPerBand = (panels + bands - 1) / bands;
        bands = (panels + panelsPerBand - 1) / panelsPerBand;
        var job = new TileJob
        {
            Problem = problem, Weights = weights, Rows = rows, Depth = depth, Blocks = blocks, BlockSize = blockSize,
            BlockPixels = Math.Max(1, BlockFloats / (problem.M + problem.K) / width) * width,
            PanelsPerBand = panelsPerBand, Panels = panels, Stretches = stretches, Vectors = vectors,
        };
        pool.Run(bands * others * stretches, ref job);
    }

    // The values of a tile for successive k are N floats apart. If N is a multiple of many cache lines, they share few
    // sets of the first-level cache (64 sets of at least 8 lines), and the lines of a deep tile would drive each other
    // out.
    private static int MostDepth(int pixels)
    {
        int lines = pixels % CacheLine.Floats == 0 ? pixels / CacheLine.Floats : 1;
        int apart = Math.Min(lines & -lines, MostLinesApart);
        return Math.Min(PackedGemm.MaxDepth, CacheSets * CacheWays / apart);
    }

    private struct TileJob : IParallelJob
    {
        public PointwiseProblem Problem;
        public float* Weights;
        public int Rows, Depth, Blocks, BlockPixels, PanelsPerBand, Panels, Stretches, Vectors;
        public nint BlockSize;

        public readonly void Run(int part, int worker)
        {
            int stretch = part % Stretches, rest = part / Stretches;
            int group = rest % Problem.Groups, image = rest / Problem.Groups % Problem.Images;
            int band = rest / Problem.Groups / Problem.Images;
            int firstPanel = band * PanelsPerBand, endPanel = Math.Min(Panels, firstPanel + PanelsPerBand);
            int pixel = Begin(stretch), end = stretch == Stretches - 1 ? Problem.N : Begin(stretch + 1);
            int wide = MicroKernels.Columns, narrow = MicroKernels.Width;
            while (pixel < end)
            {
                // Whole tiles first. The last one is moved to the left where it would be wider than the pixels left.
                int left = end - pixel, pixels = Math.Min(BlockPixels, left / wide * wide), columns = wide;
                if (pixels == 0)
                {
                    columns = left > narrow && Problem.N >= wide ? wide : narrow;
                    (pixel, pixels) = (Math.Min(pixel, Problem.N - columns), columns);
                }

                Block(image, group, firstPanel, endPanel, pixel, pixels, columns / narrow);
                pixel += pixels;
            }
        }

        private readonly int Begin(int stretch) =>
            (int)((long)Vectors * stretch / Stretches) * MicroKernels.Columns;

        // Computes all outputs of a band for a block of pixels, panel by panel, so that a panel's weights stay in the
        // first-level cache and the pixels in the second.
        private readonly void Block(
            int image, int group, int firstPanel, int endPanel, int pixel, int pixels, int vectors)
        {
            nint n = Problem.N;
            float* x = Problem.Input(image, group) + pixel, y = Problem.Result(image, group) + pixel;
            Rectifier rectifier = Problem.Rectifier ?? default;
            int columns = vectors * MicroKernels.Width;
            GemmTile tile = new() { BStep = n, Ldc = n, AddStride = n, NextStep = n };
            int firstRow = firstPanel * Rows, rowsOfBand = Math.Min(Problem.M, endPanel * Rows) - firstRow;
            RowsAhead ahead = AheadOf(image, group, firstRow, rowsOfBand, pixel + pixels);
            for (int block = 0; block < Blocks; block++)
            {
                int first = block * Depth, depth = Math.Min(Depth, Problem.K - first);
                nint panelSize = Packing.PanelSize(Rows, depth);
                tile.K = depth;
                tile.A = Weights + (((group * Blocks) + block) * BlockSize) + (firstPanel * panelSize);
                tile.AddPerRow = block == 0;
                bool isLast = block == Blocks - 1;
                tile.Rectifier = isLast && Problem.Rectifier.HasValue && Problem.Addend == null ? &rectifier : null;
                for (int i = firstPanel; i < endPanel; i++, tile.A += panelSize)
                {
                    int row = i * Rows, rows = Math.Min(Rows, Problem.M - row);
                    float* bias = Problem.Bias == null ? null : Problem.Bias + ((nint)group * Problem.M) + row;
                    var kernel = MicroKernels.For(rows, vectors);
                    tile.AStep = rows;
                    tile.B = x + (first * n);
                    tile.C = y + (row * n);
                    for (int p = 0; p < pixels; p += columns, tile.B += columns, tile.C += columns)
                    {
                        tile.Add = block > 0 ? tile.C : bias;
                        tile.Next = ahead.Take(depth, tile.B);
                        kernel(&tile);
                        if (isLast && Problem.Addend != null)
                        {
                            Rectify.SumRows(
                                tile.C, Problem.Addend + (tile.C - Problem.Y), rows, columns, n, Problem.Rectifier);
                        }
                    }
                }
            }
        }

        // The pixels after those of a block, and the memory of their result in a band of outputs.
        private readonly RowsAhead AheadOf(int image, int group, int firstRow, int rows, int pixel)
        {
            if (pixel >= Problem.N)
            {
                (image, group) = group + 1 == Problem.Groups ? (image + 1, 0) : (image, group + 1);
                return image == Problem.Images ? default : AheadOf(image, group, firstRow, rows, 0);
            }

            int lines = (Math.Min(BlockPixels, Problem.N - pixel) + CacheLine.Floats - 1) / CacheLine.Floats;
            float* result = Problem.Result(image, group) + ((nint)firstRow * Problem.N);
            return new RowsAhead(
                Problem.Input(image, group) + pixel, Problem.K, result + pixel, rows, Problem.N, lines);
        }
    }
}
