using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// Gathers rows of a table by a list of indices, and adds up their gradients. The caller checks the indices.
/// </summary>
internal static unsafe class GatherKernel
{
    // Four cache lines: the columns of each row that a part of the gradient writes.
    private const int Columns = 64;

    /// <summary>
    /// Computes <c>y[i] = table[rows[i]]</c> for each of <paramref name="count"/> rows of <paramref name="length"/>.
    /// </summary>
    public static void Gather(float* table, int* rows, float* y, int length, int count, WorkerPool pool)
    {
        KernelGuard.Array(rows, count);
        KernelGuard.Array(y, count, length);
        var job = new GatherJob(table, rows, y, length, count);
        pool.Run(job.Parts, ref job);
    }

    /// <summary>
    /// Computes <c>table[rows[i]] += dy[i]</c>, in the order of i. Rows may repeat, so a part is a range of columns,
    /// not of rows.
    /// </summary>
    public static void Add(float* dy, int* rows, float* table, int length, int count, WorkerPool pool)
    {
        KernelGuard.Array(rows, count);
        KernelGuard.Array(dy, count, length);

        // Few rows make wide parts, in multiples of sixteen columns, so that a part is worth waking a thread for.
        int columns = Math.Max(Columns, ((ElementParts.Size / Math.Max(1, count)) + 15) / 16 * 16);
        var job = new AddJob(dy, rows, table, length, count, columns);
        pool.Run((int)(((long)length + columns - 1) / columns), ref job);
    }

    private readonly struct GatherJob(float* table, int* rows, float* y, int length, int count) : IParallelJob
    {
        private readonly int rowsPerPart = Math.Max(1, ElementParts.Size / Math.Max(1, length));

        public int Parts => (int)(((long)count + rowsPerPart - 1) / rowsPerPart);

        public void Run(int part, int worker)
        {
            long end = Math.Min(count, (part + 1L) * rowsPerPart);
            for (long i = (long)part * rowsPerPart; i < end; i++)
            {
                new ReadOnlySpan<float>(table + ((long)rows[i] * length), length)
                    .CopyTo(new Span<float>(y + (i * length), length));
            }
        }
    }

    private readonly struct AddJob(
        float* dy, int* rows, float* table, int length, int count, int columns) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            long start = (long)part * columns;
            int width = (int)Math.Min(length - start, columns);
            for (long i = 0; i < count; i++)
            {
                SumKernel.AddTo(table + ((long)rows[i] * length) + start, dy + (i * length) + start, width);
            }
        }
    }
}
