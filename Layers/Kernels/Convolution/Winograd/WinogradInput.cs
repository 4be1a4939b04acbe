using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// Transforms and packs the tiles of a block. A part is a channel. Rows are transformed down along the image, then laid
/// out so that the same column of all tiles is contiguous, and transformed across into the panels.
/// </summary>
internal unsafe struct WinogradInput<T> : IParallelJob
    where T : struct, IWinogradTransform
{
    public WinogradProblem Problem;
    public WorkerPool Pool;

    // Floats of a row of the image with its border and the floats that a vector may access beyond it.
    private readonly int RowSize => ((WinogradProblem.Step * (Problem.TilesAcross - 1)) + T.Seen + 47) & ~15;

    public readonly void Run(int part, int worker)
    {
        // Tiles of a row are laid out in fours; the next row overwrites what a row writes past its end.
        int stride = Problem.Columns + 16;
        float* rows = Pool.Scratch(worker, ScratchSlot.Image, (T.Size + 1L) * RowSize);
        float* tiles = Pool.Scratch(worker, ScratchSlot.Columns, (long)T.Size * T.Seen * stride);
        new Span<float>(rows, (T.Size + 1) * RowSize).Clear();
        int across = Problem.TilesAcross, row = Problem.FirstTile / across, column = Problem.FirstTile % across;
        for (int tile = 0; tile < Problem.Tiles; row++, column = 0)
        {
            int count = Math.Min(across - column, Problem.Tiles - tile);
            Down(part, row, column, count, rows, rows + (T.Size * RowSize));
            for (int r = 0; r < T.Size; r++)
            {
                float* from = rows + (r * RowSize) + (WinogradProblem.Step * column);
                LayOut(from, count, tiles + ((nint)T.Seen * r * stride) + tile, stride);
            }

            tile += count;
        }

        for (int i = 0; i < T.Size * T.Seen && Problem.Columns > Problem.Tiles; i++)
        {
            new Span<float>(tiles + ((nint)i * stride) + Problem.Tiles, Problem.Columns - Problem.Tiles).Clear();
        }

        Across(part, tiles, stride);
    }

    // Transforms down the part of the image that some tiles of a row read; the border stays 0.
    private readonly void Down(int channel, int tileRow, int column, int count, float* to, float* zeros)
    {
        int image = tileRow / Problem.TilesDown,
            top = (tileRow % Problem.TilesDown * WinogradProblem.Step) - Problem.PadHeight;
        float* plane = Problem.X + (image * Problem.ImageStep) + ((nint)channel * Problem.Height * Problem.Width);
        float** from = stackalloc float*[T.Seen];
        for (int r = 0; r < T.Seen; r++)
        {
            from[r] = top + r >= 0 && top + r < Problem.Height ? plane + ((nint)(top + r) * Problem.Width) : zeros;
        }

        to += Problem.PadWidth;
        int width = Problem.Width, first = Math.Max(0, (WinogradProblem.Step * column) - Problem.PadWidth);
        int end = Math.Min(width, (WinogradProblem.Step * (column + count - 1)) + T.Seen - Problem.PadWidth);
        for (int w = first; w < end; w += T.Lanes)
        {
            // Prefetch the next channel: planes are too short for the hardware prefetcher.
            if (Sse.IsSupported && (w - first) % 16 == 0)
            {
                nint next = ((nint)Problem.Height * width) + w;
                for (int r = 0; r < T.Seen; r++)
                {
                    Sse.Prefetch0(from[r] + next);
                }
            }

            // Lanes beyond the image are 0 and so leave the border 0.
            T.Signal(from, w, width - w, to + w, RowSize);
        }
    }

    // Computes to[j, t] = row[4 t + j] for the columns j of each tile t.
    private static void LayOut(float* row, int count, float* to, int stride)
    {
        for (int t = 0; t < count; t += 4, row += 16, to += 4)
        {
            Columns(row, to, to + stride, to + (2 * stride), to + (3 * stride));
            if (T.Seen > 6)
            {
                Columns(row + 4, to + (4 * stride), to + (5 * stride), to + (6 * stride), to + (7 * stride));
            }
            else if (T.Seen > 4)
            {
                Columns(row + 4, to + (4 * stride), to + (5 * stride), null, null);
            }
        }
    }

    // Stores the columns of a 4 x 4 block of sixteen contiguous values; the last two columns may be null.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Columns(float* from, float* a, float* b, float* c, float* d)
    {
        if (VectorUnit.Path == VectorPath.Avx512)
        {
            Vector512<float> columns = WinogradTransposition.Of(Vector512.Load(from));
            columns.GetLower().GetLower().Store(a);
            columns.GetLower().GetUpper().Store(b);
            if (c != null)
            {
                columns.GetUpper().GetLower().Store(c);
                columns.GetUpper().GetUpper().Store(d);
            }

            return;
        }

        if (Sse.IsSupported)
        {
            Vector128<float> one = Vector128.Load(from), two = Vector128.Load(from + 4);
            Vector128<float> three = Vector128.Load(from + 8), four = Vector128.Load(from + 12);
            Vector128<float> lowPairs = Sse.UnpackLow(one, two), lowRest = Sse.UnpackLow(three, four);
            Sse.MoveLowToHigh(lowPairs, lowRest).Store(a);
            Sse.MoveHighToLow(lowRest, lowPairs).Store(b);
            if (c != null)
            {
                Vector128<float> highPairs = Sse.UnpackHigh(one, two), highRest = Sse.UnpackHigh(three, four);
                Sse.MoveLowToHigh(highPairs, highRest).Store(c);
                Sse.MoveHighToLow(highRest, highPairs).Store(d);
            }

            return;
        }

        for (int t = 0; t < 4; t++, from += 4)
        {
            (a[t], b[t]) = (from[0], from[1]);
            if (c != null)
            {
                (c[t], d[t]) = (from[2], from[3]);
            }
        }
    }

    // Transforms a vector of tiles at a time across into the panels of their values.
    private readonly void Across(int channel, float* tiles, int stride)
    {
        int columns = Problem.Columns;
        int nr = MicroKernels.Columns, block = channel / Problem.Depth, inBlock = channel % Problem.Depth;
        int depth = Math.Min(Problem.Depth, Problem.Channels - (block * Problem.Depth));
        float* panels = Problem.TilePanels(block);
        nint step = Problem.TilesStep;
        for (int r = 0; r < T.Size; r++, panels += T.Size * step)
        {
            float* from = tiles + ((nint)T.Seen * r * stride);
            for (int t = 0; t < columns; t += T.Lanes)
            {
                int first = t / nr * nr, width = Math.Min(nr, columns - first);
                T.Signal(
                    from + t, stride, panels + ((nint)first * depth) + ((nint)inBlock * width) + (t - first), step);
            }
        }
    }
}
