using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels;

/// <summary>The products of a block transformed back into rows of the result: a part is an output.</summary>
internal unsafe struct WinogradOutput : IParts
{
    public WinogradProblem Problem;
    public WorkerPool Pool;

    public readonly void Run(int part, int worker)
    {
        int columns = Problem.Columns, room = (columns + 15) & ~15;
        float* tiles = Pool.Scratch(worker, ScratchSlot.Columns, 16L * room);
        float* from = Problem.M + ((nint)part * columns);
        nint step = Problem.ProductsStep;
        Vector512<float> bias = Vector512.Create(Problem.Bias == null ? 0 : Problem.Bias[part]);
        float* down = stackalloc float[24 * 16];
        int t = 0;
        for (; t <= columns - 16; t += 16)
        {
            Back(from + t, step, bias, tiles + t, room, down);
        }

        if (t < columns)
        {
            // Where vectors are narrower than sixteen the columns end within one.
            float* rest = stackalloc float[WinogradProblem.Values * 16];
            for (int i = 0; i < WinogradProblem.Values; i++)
            {
                new ReadOnlySpan<float>(from + (i * step) + t, columns - t).CopyTo(new Span<float>(rest + (16 * i), columns - t));
            }

            Back(rest, 16, bias, tiles + t, room, down);
        }

        for (int row = 0; row < Problem.Rows; row++)
        {
            Place(part, Problem.FirstRow + row, tiles + (row * Problem.TilesAcross), room);
        }
    }

    // Sixteen tiles: to[4 r + j] holds output (r, j) of each.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Back(float* from, nint step, Vector512<float> bias, float* to, int room, float* down)
    {
        for (int j = 0; j < 6; j++)
        {
            float* at = from + (j * step);
            Vector512<float> a = Vector512.Load(at), b = Vector512.Load(at + (6 * step)), c = Vector512.Load(at + (12 * step));
            Vector512<float> d = Vector512.Load(at + (18 * step)), e = Vector512.Load(at + (24 * step));
            WinogradTransform.Output(ref a, ref b, ref c, ref d, e, Vector512.Load(at + (30 * step)));
            a.Store(down + (16 * j));
            b.Store(down + 96 + (16 * j));
            c.Store(down + 192 + (16 * j));
            d.Store(down + 288 + (16 * j));
        }

        for (int r = 0; r < 4; r++)
        {
            float* at = down + (96 * r), row = to + (4 * r * room);
            Vector512<float> a = Vector512.Load(at), b = Vector512.Load(at + 16), c = Vector512.Load(at + 32);
            Vector512<float> d = Vector512.Load(at + 48), e = Vector512.Load(at + 64);
            WinogradTransform.Output(ref a, ref b, ref c, ref d, e, Vector512.Load(at + 80));
            (a + bias).Store(row);
            (b + bias).Store(row + room);
            (c + bias).Store(row + (2 * room));
            (d + bias).Store(row + (3 * room));
        }
    }

    // A row of tiles into up to four rows of the result.
    private readonly void Place(int output, int tileRow, float* tiles, int room)
    {
        int image = tileRow / Problem.TilesDown, top = tileRow % Problem.TilesDown * WinogradProblem.Step;
        float* plane = Problem.Y + (image * Problem.OutImageStep) + ((nint)output * Problem.OutHeight * Problem.OutWidth);
        for (int r = 0; r < Math.Min(WinogradProblem.Step, Problem.OutHeight - top); r++)
        {
            float* to = plane + ((nint)(top + r) * Problem.OutWidth);
            Interleave(tiles + (4 * r * room), room, to, Problem.OutWidth);
            if (Problem.Rectifies)
            {
                Rectify.Run(to, Problem.OutWidth, Problem.Slope);
            }
        }
    }

    // to[4 t + j] = from[j, t].
    private static void Interleave(float* from, int room, float* to, int width)
    {
        int w = 0;
        if (Sse.IsSupported)
        {
            for (; w <= width - 16; w += 16)
            {
                float* at = from + (w / 4);
                Vector128<float> a = Vector128.Load(at), b = Vector128.Load(at + room);
                Vector128<float> c = Vector128.Load(at + (2 * room)), d = Vector128.Load(at + (3 * room));
                Vector128<float> lowPairs = Sse.UnpackLow(a, b), highPairs = Sse.UnpackHigh(a, b);
                Vector128<float> lowRest = Sse.UnpackLow(c, d), highRest = Sse.UnpackHigh(c, d);
                Sse.MoveLowToHigh(lowPairs, lowRest).Store(to + w);
                Sse.MoveHighToLow(lowRest, lowPairs).Store(to + w + 4);
                Sse.MoveLowToHigh(highPairs, highRest).Store(to + w + 8);
                Sse.MoveHighToLow(highRest, highPairs).Store(to + w + 12);
            }
        }

        for (; w < width; w++)
        {
            to[w] = from[((w & 3) * room) + (w >> 2)];
        }
    }
}
