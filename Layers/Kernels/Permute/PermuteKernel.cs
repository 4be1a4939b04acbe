using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Permute;

/// <summary>
/// Copies an array with its axes in another order. Where the last axis stays, rows are copied; elsewhere the source's
/// last axis and the target's are transposed, in blocks of a vector's width of columns by
/// <see cref="RowsPerBlock"/> rows, which stay in the first-level cache.
/// </summary>
internal static unsafe class PermuteKernel
{
    private const int RowsPerBlock = 64;
    private const int MaxWidth = 16;

    /// <summary>Copies x to y; they share no memory.</summary>
    public static void Run(float* x, float* y, AxisOrder order, WorkerPool pool)
    {
        KernelGuard.Array(x, order.Count);
        KernelGuard.Array(y, order.Count);
        KernelGuard.Apart(x, order.Count, y, order.Count);
        if (order.Count == 0)
        {
            return;
        }

        int last = order.Sizes.Length - 1;
        if (order.Strides[last] == 1)
        {
            var rows = new RowParts(order.Count / order.Sizes[last], order.Sizes[last]);
            var copy = new CopyJob(rows, x, y, order);
            pool.Run(rows.Count, ref copy);
            return;
        }

        int across = order.Strides.IndexOf(1);
        int planes = order.Count / order.Sizes[last] / order.Sizes[across];
        var parts = new PositionParts(planes, order.Sizes[last], order.Sizes[across]);
        var job = new TransposeJob(parts, x, y, order, across);
        pool.Run(parts.Count, ref job);
    }

    private readonly struct CopyJob(RowParts rows, float* x, float* y, AxisOrder order) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (row, endRow, start, end) = rows.Block(part);
            ReadOnlySpan<int> sizes = order.Sizes, strides = order.Strides;
            int last = sizes.Length - 1, length = sizes[last];
            for (; row < endRow; row++)
            {
                long from = 0;
                int rest = row;
                for (int axis = last - 1; axis >= 0; axis--)
                {
                    (rest, int index) = Math.DivRem(rest, sizes[axis]);
                    from += (long)index * strides[axis];
                }

                Elementwise.BlockKernel.CopyBlock(x + from + start, y + ((long)row * length) + start, end - start);
            }
        }
    }

    private readonly struct TransposeJob(
        PositionParts parts, float* x, float* y, AxisOrder order, int across) : IParallelJob
    {
        private static int Width => VectorUnit.Path switch
        {
            VectorPath.Avx512 => 16,
            VectorPath.Avx2 => 8,
            VectorPath.Vector128 => 4,
            _ => 1,
        };

        public void Run(int part, int worker)
        {
            var (plane, endPlane, start, end) = parts.Block(part);
            ReadOnlySpan<int> sizes = order.Sizes, strides = order.Strides;
            int last = sizes.Length - 1;
            for (; plane < endPlane; plane++)
            {
                long from = 0, to = 0, stride = sizes[last], rowStride = 0;
                int rest = plane;
                for (int axis = last - 1; axis >= 0; axis--)
                {
                    if (axis == across)
                    {
                        rowStride = stride;
                    }
                    else
                    {
                        (rest, int index) = Math.DivRem(rest, sizes[axis]);
                        from += (long)index * strides[axis];
                        to += index * stride;
                    }

                    stride *= sizes[axis];
                }

                Plane(x + from, y + to, start, end, sizes[last], strides[last], (nint)rowStride);
            }
        }

        // y[row * rowStride + column] = x[row + column * columnStride]
        private static void Plane(
            float* x, float* y, int row, int endRow, int columns, nint columnStride, nint rowStride)
        {
            float** from = stackalloc float*[MaxWidth];
            for (; row < endRow; row += RowsPerBlock)
            {
                int rows = Math.Min(RowsPerBlock, endRow - row), column = 0;
                float* source = x + row, target = y + (row * rowStride);
                for (; Width > 1 && column <= columns - Width; column += Width)
                {
                    for (int i = 0; i < Width; i++)
                    {
                        from[i] = source + ((column + i) * columnStride);
                    }

                    Transposition.Run(from, 0, Width, rows, target + column, rowStride);
                }

                for (int r = 0; r < rows; r++)
                {
                    for (int c = column; c < columns; c++)
                    {
                        target[(r * rowStride) + c] = source[r + (c * columnStride)];
                    }
                }
            }
        }
    }
}
