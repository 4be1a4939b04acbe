using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>Transforms the products of a block back into rows of the result. A part is an output.</summary>
internal unsafe struct WinogradOutput<T> : IParallelJob
    where T : struct, IWinogradTransform
{
    public WinogradProblem Problem;
    public WorkerPool Pool;

    [SkipLocalsInit]
    public readonly void Run(int part, int worker)
    {
        int columns = Problem.Columns, stride = ((columns + 15) & ~15) + 16;
        float* tiles = Pool.Scratch(worker, ScratchSlot.Columns, (long)T.Made * T.Made * stride);
        float* from = Problem.M + ((nint)part * columns);
        nint step = Problem.ProductsStep;
        float bias = Problem.Bias == null ? 0 : Problem.Bias[part];
        float* memory = stackalloc float[(T.Made * T.Size * T.Lanes) + CacheLine.Floats], down = CacheLine.From(memory);
        for (int t = 0; t < columns; t += T.Lanes)
        {
            Back(from + t, step, bias, tiles + t, stride, down);
        }

        if (T.Made > WinogradProblem.Step)
        {
            var overlap = new WinogradOverlap { Problem = Problem, Pool = Pool, Made = T.Made };
            overlap.Add(part, worker, tiles, stride);
            return;
        }

        int across = Problem.TilesAcross, row = Problem.FirstTile / across, column = Problem.FirstTile % across;
        for (int tile = 0; tile < Problem.Tiles; row++, column = 0)
        {
            int count = Math.Min(across - column, Problem.Tiles - tile);
            Place(part, row, column, count, tiles + tile, stride);
            tile += count;
        }
    }

    // Transforms a vector of tiles back: to[T.Made r + j] receives result (r, j) of each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Back(float* from, nint step, float bias, float* to, int stride, float* down)
    {
        for (int j = 0; j < T.Size; j++)
        {
            T.Results(from + (j * step), T.Size * step, 0, down + (T.Lanes * j), T.Lanes * T.Size);
        }

        for (int r = 0; r < T.Made; r++)
        {
            T.Results(down + (T.Lanes * T.Size * r), T.Lanes, bias, to + (T.Made * r * stride), stride);
        }
    }

    // Copies some tiles of a row to up to four rows of the result.
    private readonly void Place(int output, int tileRow, int column, int count, float* tiles, int stride)
    {
        int image = tileRow / Problem.TilesDown, top = tileRow % Problem.TilesDown * WinogradProblem.Step;
        int left = WinogradProblem.Step * column,
            width = Math.Min(WinogradProblem.Step * count, Problem.OutWidth - left);
        float* plane = Problem.Y + (image * Problem.OutImageStep)
            + ((nint)output * Problem.OutHeight * Problem.OutWidth);
        for (int r = 0; r < Math.Min(WinogradProblem.Step, Problem.OutHeight - top); r++)
        {
            float* to = plane + ((nint)(top + r) * Problem.OutWidth) + left;
            Interleave(tiles + (4 * r * stride), stride, to, width);
            if (Problem.Rectifier is { } rectifier)
            {
                Rectify.Run(to, width, rectifier);
            }
        }
    }

    // Computes to[4 t + j] = from[j, t].
    private static void Interleave(float* from, int stride, float* to, int width)
    {
        for (int w = 0; w < width; w += 16)
        {
            float* at = from + (w / 4);
            if (Sse.IsSupported)
            {
                Lanes.Store(Columns(at, stride), to + w, width - w);
                continue;
            }

            for (int i = 0; i < Math.Min(16, width - w); i++)
            {
                to[w + i] = at[((i & 3) * stride) + (i >> 2)];
            }
        }
    }

    // Loads four rows of four values, column by column.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Columns(float* from, int stride)
    {
        Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + stride);
        Vector128<float> c = Vector128.Load(from + (2 * stride)), d = Vector128.Load(from + (3 * stride));
        if (VectorUnit.Path == VectorPath.Avx512)
        {
            return WinogradTransposition.Of(Vector512.Create(Vector256.Create(a, b), Vector256.Create(c, d)));
        }

        Vector128<float> lowPairs = Sse.UnpackLow(a, b), highPairs = Sse.UnpackHigh(a, b);
        Vector128<float> lowRest = Sse.UnpackLow(c, d), highRest = Sse.UnpackHigh(c, d);
        return Vector512.Create(
            Vector256.Create(Sse.MoveLowToHigh(lowPairs, lowRest), Sse.MoveHighToLow(lowRest, lowPairs)),
            Vector256.Create(Sse.MoveLowToHigh(highPairs, highRest), Sse.MoveHighToLow(highRest, highPairs)));
    }
}
