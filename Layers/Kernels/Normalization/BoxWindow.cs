using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Sums over the square around each pixel of a plane, row by row: first down the rows by <see cref="RowWindow"/>, then
/// across the columns, with zeros beyond the edges.
/// </summary>
/// <param name="rows">The sums down the rows.</param>
/// <param name="margins">Memory for a row with its margins, <see cref="Scratch"/> floats.</param>
/// <param name="width">Columns.</param>
/// <param name="across">Columns of the square on each side of its centre; at most the width.</param>
internal readonly unsafe struct BoxWindow(RowWindow rows, float* margins, int width, int across)
{
    /// <summary>Returns the width of a row of sums: a multiple of the vector width.</summary>
    public static int Columns(int width) => (width + Lanes.Width - 1) / Lanes.Width * Lanes.Width;

    /// <summary>Returns the number of floats for a row with its margins, a multiple of the vector width.</summary>
    public static long Scratch(int width, int across) => Columns(width) + (long)Columns(2 * across);

    /// <summary>Prepares for calls of <see cref="Next"/> from a row on.</summary>
    public void Begin(int row)
    {
        new Span<float>(margins, (int)Scratch(width, across)).Clear();
        rows.Begin(row);
    }

    /// <summary>
    /// Writes the sums around the pixels of a row, <see cref="Columns"/> values; rows must follow one another.
    /// </summary>
    public void Next(int row, float* to)
    {
        rows.Next(row, margins + across);
        for (int i = 0; i < width; i += Lanes.Width)
        {
            Vector512<float> sum = Vector512.Load(margins + i);
            for (int offset = 1; offset <= 2 * across; offset++)
            {
                sum += Vector512.Load(margins + i + offset);
            }

            sum.Store(to + i);
        }
    }
}
