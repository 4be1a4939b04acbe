using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Direct;

/// <summary>
/// Convolution with outputs in the vectors: a tile is a few neighbouring pixels, read from the image in place, of two
/// vectors of outputs, and is transposed as it is stored. So nothing of the image is packed, and planes of a few pixels
/// leave no vector half empty. The weights of some outputs are read once for all images of a part.
/// </summary>
internal static unsafe class OutputVectors
{
    // The most floats of weights of a part: they stay in the second-level cache from one strip to the next.
    private const int PartWeights = 128 * 1024;

    // The most floats of strips that are laid out for all parts.
    private const int SharedFloats = 2 * 1024 * 1024;

    // Pixels that are computed before they are stored, few enough for the first-level cache; and the most that there
    // are if a tile or a vector more are left.
    private const int StoredPixels = 112, TilesPixels = StoredPixels + 48;

    /// <summary>Runs the problem.</summary>
    public static void Run(WorkerPool pool, in OutputProblem problem, PackedWeights? packed)
    {
        int width = MicroKernels.Columns, panels = (problem.M + width - 1) / width;
        nint panelSize = ((nint)width * problem.K) + Packing.Slack;
        long packedSize = problem.Groups * panels * panelSize;
        bool isPacked = false;
        float* weights = packed is null
            ? pool.Scratch(0, ScratchSlot.SharedLeftPanels, packedSize)
            : packed.Buffer(WeightForm.Columns, packedSize, out isPacked);
        if (!isPacked)
        {
            var pack = new PackJob { Problem = problem, Packed = weights, Panels = panels, PanelSize = panelSize };
            pool.Run(problem.Groups * panels, ref pack);
            packed?.MarkPacked(WeightForm.Columns, packedSize);
        }

        if (problem.Layout is not { InPlace: false } layout || (long)problem.M * problem.K <= PartWeights)
        {
            Run(pool, problem, weights, panels, panelSize, null);
            return;
        }

        // Many parts read the same strips, so these are laid out first, for some images at a time.
        long strips = problem.Groups * problem.Strips;
        int images = (int)Math.Clamp(SharedFloats / (strips * layout.Size), 1, problem.Images);
        float* shared = pool.Scratch(0, ScratchSlot.SharedRightPanels, images * strips * layout.Size);
        for (int image = 0; image < problem.Images; image += images)
        {
            OutputProblem some = problem;
            some.Images = Math.Min(images, problem.Images - image);
            some.X += image * problem.Groups * problem.InputStep;
            nint done = (nint)image * problem.Groups * problem.M * problem.N;
            some.Y += done;
            some.Addend += some.Addend == null ? 0 : done;
            var lay = new LayJob { Problem = some, Laid = shared };
            pool.Run((int)(some.Images * strips), ref lay);
            Run(pool, some, weights, panels, panelSize, shared);
        }
    }

    private static void Run(
        WorkerPool pool, in OutputProblem problem, float* weights, int panels, nint panelSize, float* shared)
    {
        int width = MicroKernels.Columns;

        // Parts are bands of outputs and pieces of all strips, at least two for each thread if there is as much work.
        int strips = problem.Images * problem.Strips, least = pool.ThreadCount > 1 ? 2 * pool.ThreadCount : 1;
        int panelsPerBand = (int)Math.Clamp(PartWeights / ((long)width * problem.K), 1, panels);
        int bands = (panels + panelsPerBand - 1) / panelsPerBand;
        int pieces = Math.Min(strips, Math.Max(1, (least + (bands * problem.Groups) - 1) / (bands * problem.Groups)));
        if (bands * problem.Groups * pieces < least)
        {
            panelsPerBand = Math.Max(1, panels * problem.Groups * pieces / least);
            bands = (panels + panelsPerBand - 1) / panelsPerBand;
        }

        var job = new TileJob
        {
            Problem = problem, Pool = pool, Weights = weights, Panels = panels, PanelSize = panelSize, Bands = bands,
            PanelsPerBand = panelsPerBand, Pieces = pieces, Shared = shared,
        };
        pool.Run(bands * problem.Groups * pieces, ref job);
    }

    // Returns the floats of a row of a panel: one vector or two.
    private static int PanelWidth(int outputs) => PackedGemm.Vectors(outputs) * MicroKernels.Width;

    private struct PackJob : IParallelJob
    {
        public OutputProblem Problem;
        public float* Packed;
        public int Panels;
        public nint PanelSize;

        public readonly void Run(int part, int worker)
        {
            int group = part / Panels, output = part % Panels * MicroKernels.Columns;
            int count = Math.Min(MicroKernels.Columns, Problem.M - output), width = PanelWidth(count);
            float* source = Problem.Weights + ((nint)group * Problem.M * Problem.K) + ((nint)output * Problem.RowStep);
            float* target = Packed + (part * PanelSize);
            if (Problem.RowStep == 1)
            {
                Packing.Copy(source, Problem.ColumnStep, count, Problem.K, target, width);
            }
            else
            {
                Packing.Transpose(source, Problem.RowStep, count, Problem.K, target, width);
            }
        }
    }

    // A part is one strip of one group of an image.
    private struct LayJob : IParallelJob
    {
        public OutputProblem Problem;
        public float* Laid;

        public readonly void Run(int part, int worker) =>
            Problem.Lay(part / Problem.Strips, part % Problem.Strips, Laid + (part * (nint)Problem.Layout!.Size));
    }

    private struct TileJob : IParallelJob
    {
        public OutputProblem Problem;
        public WorkerPool Pool;
        public float* Weights, Shared;
        public int Panels, Bands, PanelsPerBand, Pieces;
        public nint PanelSize;

        public readonly void Run(int part, int worker)
        {
            int piece = part % Pieces, band = part / Pieces % Bands, group = part / Pieces / Bands;
            int strips = Problem.Images * Problem.Strips;
            int first = (int)((long)strips * piece / Pieces), end = (int)((long)strips * (piece + 1) / Pieces);
            int firstPanel = band * PanelsPerBand, endPanel = Math.Min(Panels, firstPanel + PanelsPerBand);
            float* tiles = Pool.Scratch(worker, ScratchSlot.LeftPanels, TilesPixels * MicroKernels.Columns);
            float* laid = Problem.Layout is { InPlace: false } layout && Shared == null
                ? Pool.Scratch(worker, ScratchSlot.Image, layout.Size)
                : null;
            float* bias = stackalloc float[MicroKernels.Columns];
            for (int strip = first; strip < end; strip++)
            {
                int image = strip / Problem.Strips, pixel = strip % Problem.Strips * Problem.StripPixels;
                int pixels = Math.Min(Problem.StripPixels, Problem.N - pixel);
                nint ofGroup = ((nint)image * Problem.Groups) + group;
                int ofImage = strip % Problem.Strips;
                float* x = Shared == null
                    ? Problem.Lay(ofGroup, ofImage, laid)
                    : Shared + (((ofGroup * Problem.Strips) + ofImage) * (nint)Problem.Layout!.Size);
                float* y = Problem.Y + (Problem.PixelsAreImages
                    ? ((nint)pixel * Problem.Groups * Problem.M) + ((nint)group * Problem.M)
                    : (ofGroup * Problem.M * Problem.N) + pixel);
                for (int i = firstPanel; i < endPanel; i++)
                {
                    int output = i * MicroKernels.Columns, count = Math.Min(MicroKernels.Columns, Problem.M - output);
                    if (Problem.Bias != null)
                    {
                        new ReadOnlySpan<float>(Problem.Bias + ((nint)group * Problem.M) + output, count).CopyTo(
                            new Span<float>(bias, count));
                    }

                    float* panel = Weights + (((group * (nint)Panels) + i) * PanelSize);
                    StretchesAhead ahead = AheadOf(
                        group, strip, strip == first, strip + 1 == end, i, firstPanel, endPanel);
                    Tiles(
                        x, pixels, panel, count, Problem.Bias == null ? null : bias, tiles,
                        y + (Problem.PixelsAreImages ? output : (nint)output * Problem.N), ref ahead);
                }
            }
        }

        // What is fetched during a panel's products: the next panel of weights, which may be another part's, or, where
        // the weights are there, a share of the next strip; then the memory of the result that follows.
        private readonly StretchesAhead AheadOf(
            int group, int strip, bool isFirst, bool isLast, int panel, int firstPanel, int endPanel)
        {
            bool hasPanel = panel + 1 < endPanel, hasStrip = !isLast && Problem.Layout is null or { InPlace: true };
            int panels = endPanel - firstPanel;
            nint ofGroup = ((nint)(strip / Problem.Strips) * Problem.Groups) + group;
            float* operand = null, result = null;
            nint floats = 0;
            if (panel + 1 < Panels && (hasPanel ? isFirst : isLast))
            {
                operand = Weights + (((group * (nint)Panels) + panel + 1) * PanelSize);
                floats = PanelSize;
            }
            else if (hasStrip && Problem.Strips == 1)
            {
                nint from = Problem.InputStep * (panel - firstPanel) / panels;
                floats = (Problem.InputStep * (panel - firstPanel + 1) / panels) - from;
                operand = Problem.X + ((ofGroup + Problem.Groups) * Problem.InputStep) + from;
            }

            nint ofPanel = (nint)MicroKernels.Columns * Problem.N;
            if (Problem.Strips == 1 && !Problem.PixelsAreImages && (hasPanel || !isLast))
            {
                result = hasPanel
                    ? Problem.Y + (ofGroup * Problem.M * Problem.N) + ((panel + 1) * ofPanel)
                    : Problem.Y + ((ofGroup + Problem.Groups) * Problem.M * Problem.N) + (firstPanel * ofPanel);
            }

            return new StretchesAhead(
                operand, floats, result, result == null ? 0 : ofPanel, Problem.Tiles.Count * Problem.K);
        }

        // Computes all pixels of one panel's outputs: some as tiles[pixel, output], which are stored, then the next.
        private readonly void Tiles(
            float* x, int pixels, float* panel, int outputs, float* bias, float* tiles, float* y,
            ref StretchesAhead ahead)
        {
            int width = PanelWidth(outputs);
            for (int i = 0, pixel = 0; pixel < pixels;)
            {
                int end = i, count = 0;
                do
                {
                    count += Problem.Tiles.PixelsOf(end++);
                }
                while (count < pixels - pixel
                    && (count < StoredPixels || pixels - pixel - count < MicroKernels.Width));
                Products(x, i, end, panel, width, bias, tiles, ref ahead);
                if (Problem.PixelsAreImages)
                {
                    nint step = (nint)Problem.Groups * Problem.M;
                    Copy(tiles, count, outputs, width, y + (pixel * step), step);
                    Add(y + (pixel * step), count, outputs, step);
                }
                else
                {
                    Store(tiles, count, outputs, width, y + pixel);
                    Add(y + pixel, outputs, count, Problem.N);
                }

                (i, pixel) = (end, pixel + count);
            }
        }

        // Computes tiles[pixel, output], block by block of taps, so that a block's weights stay in the first-level
        // cache while the tiles pass.
        private readonly void Products(
            float* x, int first, int end, float* panel, int width, float* bias, float* tiles, ref StretchesAhead ahead)
        {
            Rectifier rectifier = Problem.Rectifier ?? default;
            int vectors = width / MicroKernels.Width;
            GemmTile tile = new() { BStep = width, Ldc = width };
            for (int k = 0; k < Problem.K; k += Problem.Depth)
            {
                tile.K = Math.Min(Problem.Depth, Problem.K - k);
                tile.Taps = Problem.Taps + k;
                tile.B = panel + ((nint)k * width);
                tile.C = tiles;
                tile.AddStride = k > 0 ? width : 0;
                bool isLast = k + Problem.Depth >= Problem.K;
                tile.Rectifier = isLast && Problem.Rectifier.HasValue && Problem.Addend == null ? &rectifier : null;
                for (int i = first; i < end; i++)
                {
                    int rows = Problem.Tiles.PixelsOf(i);
                    tile.A = x + Problem.Tiles.From(i);
                    tile.Add = k > 0 ? tile.C : bias;
                    int step = rows == 1 ? 2 * CacheLine.Floats : ahead.Step;
                    tile.Next = ahead.Take(tile.K * step, panel);
                    tile.NextStep = step;
                    MicroKernels.ForTaps(rows, vectors)(&tile);
                    tile.C += (nint)rows * width;
                }
            }
        }

        // Adds to rows of the result what follows it.
        private readonly void Add(float* y, int rows, int count, nint step)
        {
            if (Problem.Addend != null)
            {
                Rectify.SumRows(y, Problem.Addend + (y - Problem.Y), rows, count, step, Problem.Rectifier);
            }
        }

        // Stores some pixels of a panel's outputs: y[pixel, output].
        private static void Copy(float* tiles, int pixels, int outputs, int width, float* y, nint step)
        {
            for (int pixel = 0; pixel < pixels; pixel++, tiles += width, y += step)
            {
                new ReadOnlySpan<float>(tiles, outputs).CopyTo(new Span<float>(y, outputs));
            }
        }

        // Stores some pixels of a panel's outputs: y[output, pixel].
        private readonly void Store(float* tiles, int pixels, int outputs, int width, float* y)
        {
            int step = MicroKernels.Width;
            if (pixels < step)
            {
                for (int o = 0; o < outputs; o++)
                {
                    for (int pixel = 0; pixel < pixels; pixel++)
                    {
                        y[((nint)o * Problem.N) + pixel] = tiles[(pixel * width) + o];
                    }
                }

                return;
            }

            for (int pixel = 0; pixel < pixels; pixel += step)
            {
                // The last pixels are stored again with some before them, so that no store reaches beyond the strip.
                int at = Math.Min(pixel, pixels - step);
                Packing.Transpose(tiles + ((nint)at * width), width, step, outputs, y + at, Problem.N);
            }
        }
    }
}
