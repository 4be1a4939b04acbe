using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Recurrent;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// The sum over the square around each pixel of a plane, zeros beyond its edges. Down the rows the window slides in
/// double; across a row the columns' sums are added up.
/// </summary>
internal static unsafe class BoxSum
{
    /// <summary>Floats of scratch memory that a plane of this width needs.</summary>
    public static long Scratch(int width, int reach) =>
        (2L * Columns(width)) + Columns(width) + (2L * Math.Min(reach, width));

    /// <summary>Sums of values, or of their squares.</summary>
    /// <param name="x">The plane, [height, width].</param>
    /// <param name="sums">Where the sums go, rows of <see cref="Columns"/> values.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="step">Values from row to row of x.</param>
    /// <param name="reach">How far the square goes to each side.</param>
    /// <param name="square">Whether to sum squares.</param>
    /// <param name="scratch">Memory, on a 64-byte boundary.</param>
    public static void Run(
        float* x, float* sums, int height, int width, int step, int reach, bool square, float* scratch)
    {
        int columns = Columns(width), across = Math.Min(reach, width), down = Math.Min(reach, height);
        var running = (double*)scratch;
        float* row = scratch + (2 * columns);
        new Span<float>(scratch, (int)Scratch(width, reach)).Clear();
        for (int h = -down; h < height; h++)
        {
            if (h + down < height)
            {
                Add(running, x + ((nint)(h + down) * step), width, square, 1);
            }

            if (h - down > 0)
            {
                Add(running, x + ((nint)(h - down - 1) * step), width, square, -1);
            }

            if (h < 0)
            {
                continue;
            }

            for (int i = 0; i < columns; i += Lanes.Width)
            {
                Vector512.Narrow(Vector512.Load(running + i), Vector512.Load(running + i + 8)).Store(row + across + i);
            }

            float* to = sums + ((nint)h * columns);
            for (int i = 0; i < columns; i += Lanes.Width)
            {
                Vector512<float> sum = Vector512.Load(row + i);
                for (int offset = 1; offset <= 2 * across; offset++)
                {
                    sum += Vector512.Load(row + i + offset);
                }

                sum.Store(to + i);
            }
        }
    }

    /// <summary>The width of a row of sums: a multiple of the vector's.</summary>
    public static int Columns(int width) => (width + Lanes.Width - 1) / Lanes.Width * Lanes.Width;

    private static void Add(double* running, float* x, int width, bool square, double sign)
    {
        Vector512<double> factor = Vector512.Create(sign);
        for (int i = 0; i < width; i += Lanes.Width)
        {
            var (low, high) = Vector512.Widen(Lanes.Load(x + i, width - i));
            (low, high) = square ? (low * low, high * high) : (low, high);
            (Vector512.Load(running + i) + (low * factor)).Store(running + i);
            (Vector512.Load(running + i + 8) + (high * factor)).Store(running + i + 8);
        }
    }
}
