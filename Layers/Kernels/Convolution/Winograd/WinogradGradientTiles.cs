using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// Transforms the tiles of a run and packs them into panels, whose depth is the tiles. A part is some channels of the
/// image, or some outputs, of a run: at most as many planes as a vector has lanes.
/// </summary>
internal unsafe struct WinogradGradientTiles<T> : IParallelJob
    where T : struct, IWinogradGradientTransform
{
    public WinogradGradientProblem Problem;
    public WorkerPool Pool;

    /// <summary>Parts of a run.</summary>
    public readonly int Parts => ImageParts + Problem.OutputGroups;

    private readonly int ImageParts => (Problem.Channels + T.Lanes - 1) / T.Lanes;

    // Columns of the image that a row of tiles reads.
    private readonly int RowWidth => (WinogradProblem.Step * Problem.TilesAcross) + T.Size - WinogradProblem.Step;

    public readonly void Run(int part, int worker)
    {
        int run = part / Parts, item = part % Parts;
        int rowSize = T.Lanes * RowWidth;
        float* rows = Pool.Scratch(worker, ScratchSlot.Image, (long)T.Size * rowSize);
        for (int row = 0; row < Problem.RowsIn(run); row++)
        {
            int tileRow = Problem.FirstRow + (run * Problem.RowsOfRun) + row;
            if (item < ImageParts)
            {
                TransformImage(item * T.Lanes, tileRow, run, row * Problem.TilesAcross, rows, rowSize);
            }
            else
            {
                TransformResult(
                    (item - ImageParts) * Problem.OutputsAtOnce, tileRow, run, row * Problem.TilesAcross, rows,
                    rowSize);
            }
        }
    }

    private readonly void TransformImage(int first, int tileRow, int run, int depth, float* rows, int rowSize)
    {
        int count = Math.Min(T.Lanes, Problem.Channels - first);
        int image = tileRow / Problem.TilesDown,
            top = (tileRow % Problem.TilesDown * WinogradProblem.Step) - Problem.PadHeight;
        float* planes = Problem.X + (image * Problem.ImageStep) + ((nint)first * Problem.Height * Problem.Width);
        for (int r = 0; r < T.Size; r++)
        {
            Lay(planes, Problem.Height, Problem.Width, count, top + r, Problem.PadWidth, rows + (r * rowSize));
        }

        for (int w = 0; w < rowSize; w += T.Lanes)
        {
            T.Signal(rows + w, rowSize, rows + w, rowSize);
        }

        // The panel of the last few channels may be one vector wide, narrower than what is stored: the next store
        // overwrites the surplus.
        int nr = MicroKernels.Columns, panel = first / nr * nr, all = Problem.RowsIn(run) * Problem.TilesAcross;
        int stride = MicroKernels.Width * PackedGemm.Vectors(Math.Min(nr, Problem.Channels - panel));
        float* to = Problem.ChannelsOf(run) + ((nint)panel * all) + ((nint)depth * stride) + (first - panel);
        nint step = Problem.ChannelsStep;
        for (int t = 0; t < Problem.TilesAcross; t++, to += stride)
        {
            float* at = rows + (WinogradProblem.Step * T.Lanes * t);
            for (int r = 0; r < T.Size; r++)
            {
                T.Signal(at + (r * rowSize), T.Lanes, to + (T.Size * r * step), step);
            }
        }
    }

    private readonly void TransformResult(int first, int tileRow, int run, int depth, float* rows, int rowSize)
    {
        int count = Math.Min(Problem.OutputsAtOnce, Problem.Outputs - first);
        int image = tileRow / Problem.TilesDown, top = tileRow % Problem.TilesDown * WinogradProblem.Step;
        float* planes = Problem.Dy + (image * Problem.OutImageStep)
            + ((nint)first * Problem.OutHeight * Problem.OutWidth);
        for (int r = 0; r < WinogradProblem.Step; r++)
        {
            Lay(planes, Problem.OutHeight, Problem.OutWidth, count, top + r, 0, rows + (r * rowSize));
        }

        for (int w = 0; w < WinogradProblem.Step * Problem.TilesAcross * T.Lanes; w += T.Lanes)
        {
            T.ResultGradients(rows + w, rowSize, rows + w, rowSize);
        }

        float* to = Problem.OutputsOf(run, first) + ((nint)depth * T.Lanes);
        nint step = Problem.OutputsStep;
        for (int t = 0; t < Problem.TilesAcross; t++, to += T.Lanes)
        {
            float* at = rows + (WinogradProblem.Step * T.Lanes * t);
            for (int r = 0; r < T.Size; r++)
            {
                T.ResultGradients(at + (r * rowSize), T.Lanes, to + (T.Size * r * step), step);
            }
        }
    }

    // Loads one row of as many planes as a vector has lanes, position by position, padded with zeros.
    private readonly void Lay(float* planes, int height, int width, int count, int row, int pad, float* to)
    {
        int positions = RowWidth;
        if (row < 0 || row >= height)
        {
            new Span<float>(to, T.Lanes * positions).Clear();
            return;
        }

        new Span<float>(to, T.Lanes * pad).Clear();
        new Span<float>(to + (T.Lanes * (pad + width)), T.Lanes * (positions - pad - width)).Clear();
        PlaneLanes.Load(
            planes + ((nint)row * width), (nint)height * width, count, width, to + (T.Lanes * pad), T.Lanes);
    }
}
