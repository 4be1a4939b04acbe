using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels;

/// <summary>
/// The tiles of a block, transformed and packed: a part is a channel. Rows are transformed down along the image, then laid
/// out so that the same column of all tiles is contiguous, and transformed across.
/// </summary>
internal unsafe struct WinogradInput : IParts
{
    public WinogradProblem Problem;
    public WorkerPool Pool;

    // A row of the image with its border, and what a vector may reach beyond.
    private readonly int RowSize => ((4 * Problem.TilesAcross) + 2 + 47) & ~15;

    public readonly void Run(int part, int worker)
    {
        int columns = Problem.Columns;
        float* rows = Pool.Scratch(worker, ScratchSlot.Image, 7L * RowSize);
        float* tiles = Pool.Scratch(worker, ScratchSlot.Columns, (long)WinogradProblem.Values * columns);
        new Span<float>(rows, 7 * RowSize).Clear();
        for (int row = 0; row < Problem.Rows; row++)
        {
            Down(part, Problem.FirstRow + row, rows, rows + (6 * RowSize));
            for (int r = 0; r < 6; r++)
            {
                LayOut(rows + (r * RowSize), tiles + ((nint)6 * r * columns) + (row * Problem.TilesAcross), columns);
            }
        }

        for (int i = 0; i < WinogradProblem.Values; i++)
        {
            new Span<float>(tiles + ((nint)i * columns) + Problem.Tiles, columns - Problem.Tiles).Clear();
        }

        TransformAcross(tiles, columns);
        Pack(part, tiles, columns);
    }

    // Six rows of the image above and below a row of tiles, transformed down; the border stays zero.
    private readonly void Down(int channel, int tileRow, float* to, float* zeros)
    {
        int image = tileRow / Problem.TilesDown, top = (tileRow % Problem.TilesDown * WinogradProblem.Step) - Problem.PadHeight;
        float* plane = Problem.X + (image * Problem.ImageStep) + ((nint)channel * Problem.Height * Problem.Width);
        float** from = stackalloc float*[6];
        for (int r = 0; r < 6; r++)
        {
            from[r] = top + r >= 0 && top + r < Problem.Height ? plane + ((nint)(top + r) * Problem.Width) : zeros;
        }

        int size = RowSize;
        to += Problem.PadWidth;
        int width = Math.Min(Problem.Width, (4 * Problem.TilesAcross) + 2 - Problem.PadWidth);
        for (int w = 0; w < width; w += Lanes.Width)
        {
            // What is not there reads as zero and so leaves the border zero.
            int count = width - w;
            Vector512<float> a = Lanes.Load(from[0] + w, count), b = Lanes.Load(from[1] + w, count);
            Vector512<float> c = Lanes.Load(from[2] + w, count), d = Lanes.Load(from[3] + w, count);
            Vector512<float> e = Lanes.Load(from[4] + w, count), f = Lanes.Load(from[5] + w, count);
            WinogradTransform.Input(ref a, ref b, ref c, ref d, ref e, ref f);
            a.Store(to + w);
            b.Store(to + size + w);
            c.Store(to + (2 * size) + w);
            d.Store(to + (3 * size) + w);
            e.Store(to + (4 * size) + w);
            f.Store(to + (5 * size) + w);
        }
    }

    // to[j, t] = row[4 t + j] for the six columns j of each tile t.
    private readonly void LayOut(float* row, float* to, int columns)
    {
        int tiles = Problem.TilesAcross, t = 0;
        if (Sse.IsSupported)
        {
            for (; t <= tiles - 4; t += 4)
            {
                Columns(row + (4 * t), out var a, out var b, out var c, out var d);
                a.Store(to + t);
                b.Store(to + columns + t);
                c.Store(to + (2 * columns) + t);
                d.Store(to + (3 * columns) + t);
                Columns(row + (4 * t) + 4, out a, out b, out _, out _);
                a.Store(to + (4 * columns) + t);
                b.Store(to + (5 * columns) + t);
            }
        }

        for (; t < tiles; t++)
        {
            for (int j = 0; j < 6; j++)
            {
                to[(j * columns) + t] = row[(4 * t) + j];
            }
        }
    }

    // The columns of a 4 x 4 block of sixteen contiguous values.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Columns(
        float* from, out Vector128<float> a, out Vector128<float> b, out Vector128<float> c, out Vector128<float> d)
    {
        Vector128<float> one = Vector128.Load(from), two = Vector128.Load(from + 4);
        Vector128<float> three = Vector128.Load(from + 8), four = Vector128.Load(from + 12);
        Vector128<float> lowPairs = Sse.UnpackLow(one, two), highPairs = Sse.UnpackHigh(one, two);
        Vector128<float> lowRest = Sse.UnpackLow(three, four), highRest = Sse.UnpackHigh(three, four);
        (a, b) = (Sse.MoveLowToHigh(lowPairs, lowRest), Sse.MoveHighToLow(lowRest, lowPairs));
        (c, d) = (Sse.MoveLowToHigh(highPairs, highRest), Sse.MoveHighToLow(highRest, highPairs));
    }

    private static void TransformAcross(float* tiles, int columns)
    {
        for (int r = 0; r < 6; r++)
        {
            float* at = tiles + ((nint)6 * r * columns);
            int t = 0;
            for (; t <= columns - 16; t += 16)
            {
                Across(at + t, columns);
            }

            if (t < columns)
            {
                AcrossRest(at + t, columns, columns - t);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Across(float* at, int columns)
    {
        Vector512<float> a = Vector512.Load(at), b = Vector512.Load(at + columns), c = Vector512.Load(at + (2 * columns));
        Vector512<float> d = Vector512.Load(at + (3 * columns)), e = Vector512.Load(at + (4 * columns));
        Vector512<float> f = Vector512.Load(at + (5 * columns));
        WinogradTransform.Input(ref a, ref b, ref c, ref d, ref e, ref f);
        a.Store(at);
        b.Store(at + columns);
        c.Store(at + (2 * columns));
        d.Store(at + (3 * columns));
        e.Store(at + (4 * columns));
        f.Store(at + (5 * columns));
    }

    // Where vectors are narrower than sixteen the columns end within one: the rest in memory of its own.
    private static void AcrossRest(float* at, int columns, int count)
    {
        float* room = stackalloc float[6 * 16];
        for (int j = 0; j < 6; j++)
        {
            new ReadOnlySpan<float>(at + (j * columns), count).CopyTo(new Span<float>(room + (16 * j), count));
        }

        Across(room, 16);
        for (int j = 0; j < 6; j++)
        {
            new ReadOnlySpan<float>(room + (16 * j), count).CopyTo(new Span<float>(at + (j * columns), count));
        }
    }

    private readonly void Pack(int channel, float* tiles, int columns)
    {
        int nr = TileKernels.Columns, block = channel / Problem.Depth, inBlock = channel % Problem.Depth;
        int depth = Math.Min(Problem.Depth, Problem.Channels - (block * Problem.Depth));
        float* to = Problem.TilePanels(block);
        nint step = Problem.TilesStep;
        for (int value = 0; value < WinogradProblem.Values; value++, to += step)
        {
            float* from = tiles + ((nint)value * columns);
            for (int t = 0; t < columns; t += nr)
            {
                int width = Math.Min(nr, columns - t);
                float* panel = to + ((nint)t * depth) + ((nint)inBlock * width);
                new ReadOnlySpan<float>(from + t, width).CopyTo(new Span<float>(panel, width));
            }
        }
    }
}
