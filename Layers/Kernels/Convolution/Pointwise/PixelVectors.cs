using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Pointwise;

/// <summary>
/// The pointwise convolution with pixels in the vectors: a tile is a few outputs of two vectors of pixels. The pixels
/// of a tile stay in the first-level cache while the weights of all outputs pass by. Where the last vector of a channel
/// is not full, the last tile begins further left and computes some pixels again.
/// </summary>
internal static unsafe class PixelVectors
{
    // The most floats of weights that a part goes through for each tile: half a second-level cache of 1 MiB and more.
    private const int PartWeights = 192 * 1024;

    private const int CacheSets = 64, CacheWays = 8, MostLinesApart = 8;

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
            PanelsPerBand = panelsPerBand, Panels = panels, Stretches = stretches, Vectors = vectors,
        };
        pool.Run(bands * others * stretches, ref job);
    }

    // The values of a tile for successive k are N floats apart. If N is a multiple of many cache lines, they share few
    // sets of the first-level cache (64 sets of at least 8 lines), and a deep tile would not stay there.
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
        public int Rows, Depth, Blocks, PanelsPerBand, Panels, Stretches, Vectors;
        public nint BlockSize;

        public readonly void Run(int part, int worker)
        {
            int stretch = part % Stretches, rest = part / Stretches;
            int group = rest % Problem.Groups, image = rest / Problem.Groups % Problem.Images;
            int band = rest / Problem.Groups / Problem.Images;
            int firstPanel = band * PanelsPerBand, endPanel = Math.Min(Panels, firstPanel + PanelsPerBand);
            float* x = Problem.Input(image, group), y = Problem.Result(image, group);
            int pixel = Begin(stretch), end = stretch == Stretches - 1 ? Problem.N : Begin(stretch + 1);
            int wide = MicroKernels.Columns, narrow = MicroKernels.Width;
            while (pixel < end)
            {
                // The last tile is moved to the left where it would be wider than the pixels that are left.
                int left = end - pixel, columns = left > narrow ? wide : narrow;
                if (columns > left && columns > Problem.N)
                {
                    columns = narrow;
                }

                int at = Math.Min(pixel, Problem.N - columns);
                Tiles(group, firstPanel, endPanel, x, y, at, columns / narrow);
                pixel = at + columns;
            }
        }

        private readonly int Begin(int stretch) =>
            (int)((long)Vectors * stretch / Stretches) * MicroKernels.Columns;

        // Computes all outputs of a band for one tile's pixels.
        private readonly void Tiles(
            int group, int firstPanel, int endPanel, float* x, float* y, int pixel, int vectors)
        {
            nint n = Problem.N;
            Rectifier rectifier = Problem.Rectifier ?? default;
            GemmTile tile = new() { BStep = n, Ldc = n, AddStride = n };
            for (int block = 0; block < Blocks; block++)
            {
                int first = block * Depth, depth = Math.Min(Depth, Problem.K - first);
                nint panelSize = Packing.PanelSize(Rows, depth);
                tile.K = depth;
                tile.A = Weights + (((group * Blocks) + block) * BlockSize) + (firstPanel * panelSize);
                tile.B = x + (first * n) + pixel;
                tile.AddPerRow = block == 0;
                bool isLast = block == Blocks - 1;
                tile.Rectifier = isLast && Problem.Rectifier.HasValue && Problem.Addend == null ? &rectifier : null;
                for (int i = firstPanel; i < endPanel; i++, tile.A += panelSize)
                {
                    int row = i * Rows, rows = Math.Min(Rows, Problem.M - row);
                    tile.AStep = rows;
                    tile.C = y + (row * n) + pixel;
                    tile.Add = block > 0 ? tile.C
                        : Problem.Bias == null ? null
                        : Problem.Bias + ((nint)group * Problem.M) + row;
                    MicroKernels.For(rows, vectors)(&tile);
                    for (int r = 0; r < rows && isLast && Problem.Addend != null; r++)
                    {
                        float* to = tile.C + (r * n);
                        Rectify.Sum(
                            to, Problem.Addend + (to - Problem.Y), vectors * MicroKernels.Width, Problem.Rectifier);
                    }

                    Prefetch(
                        tile.B + (vectors * MicroKernels.Width), depth, i - firstPanel, endPanel - firstPanel);
                }
            }
        }

        // Fetches a share of the pixels of the next tile into the second-level cache, as each is in another page.
        private readonly void Prefetch(float* from, int depth, int share, int shares)
        {
            int end = (int)((long)depth * (share + 1) / shares);
            for (int k = (int)((long)depth * share / shares); Sse.IsSupported && k < end; k++)
            {
                Sse.Prefetch1(from + ((nint)k * Problem.N));
                Sse.Prefetch1(from + ((nint)k * Problem.N) + CacheLine.Floats);
            }
        }
    }
}
