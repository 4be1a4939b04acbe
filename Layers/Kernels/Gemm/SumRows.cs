using System.Numerics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// Computes sums[j] += the sum over i of matrix[i, j], rows first to last: the gradient of a bias per column.
/// </summary>
internal static unsafe class SumRows
{
    private const int ColumnsPerPart = 1024;

    /// <summary>Adds the rows of a contiguous matrix [rows, columns] to <paramref name="sums"/>.</summary>
    public static void Run(WorkerPool pool, int rows, int columns, float* matrix, float* sums)
    {
        var parts = new Parts { Rows = rows, Columns = columns, Matrix = matrix, Sums = sums };
        pool.Run((int)(((long)columns + ColumnsPerPart - 1) / ColumnsPerPart), ref parts);
    }

    private struct Parts : IParallelJob
    {
        public int Rows, Columns;
        public float* Matrix, Sums;

        public readonly void Run(int part, int worker)
        {
            int first = part * ColumnsPerPart, end = (int)Math.Min(Columns, (long)first + ColumnsPerPart);
            for (int i = 0; i < Rows; i++)
            {
                float* row = Matrix + ((nint)i * Columns);
                int j = first;
                for (; j + Vector<float>.Count <= end; j += Vector<float>.Count)
                {
                    Vector.Store(Vector.Load(Sums + j) + Vector.Load(row + j), Sums + j);
                }

                for (; j < end; j++)
                {
                    Sums[j] += row[j];
                }
            }
        }
    }
}
