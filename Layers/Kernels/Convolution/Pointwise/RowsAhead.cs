using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Pointwise;

/// <summary>
/// Memory that micro-kernels fetch into the second-level cache while they compute: columns of cache lines of a matrix,
/// then of another, whose rows are equally far apart.
/// </summary>
/// <param name="first">The first matrix.</param>
/// <param name="firstRows">Its rows.</param>
/// <param name="second">The second matrix.</param>
/// <param name="secondRows">Its rows.</param>
/// <param name="rowStep">Floats from one row to the next.</param>
/// <param name="lines">Cache lines of a row.</param>
internal unsafe struct RowsAhead(
    float* first, int firstRows, float* second, int secondRows, int rowStep, int lines)
{
    private float* matrix = first;
    private int row, line, rows = firstRows, nextRows = secondRows;

    /// <summary>
    /// Returns the first of a number of rows' cache lines below each other, or <paramref name="otherwise"/> after the
    /// last.
    /// </summary>
    /// <param name="count">The rows; the last may be fewer.</param>
    /// <param name="otherwise">Memory that is in the cache.</param>
    public float* Take(int count, float* otherwise)
    {
        if (line == lines)
        {
            (row, line) = (row + count, 0);
        }

        if (row >= rows)
        {
            matrix = second;
            (row, line, rows, nextRows) = (0, 0, nextRows, 0);
        }

        return rows == 0 ? otherwise : matrix + ((nint)row * rowStep) + (CacheLine.Floats * line++);
    }
}
