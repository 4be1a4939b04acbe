namespace Cnn.Layers.Threading;

/// <summary>
/// Adds the sums of parts in the order of the parts, so that the total is bit-identical on any number of threads.
/// </summary>
public static unsafe class FixedOrderSum
{
    /// <summary>Returns the sum of parts 0 to <paramref name="count"/> - 1.</summary>
    public static double Run<T>(T parts, int count, WorkerPool pool)
        where T : struct, IPartialSum
    {
        double* sums = (double*)pool.Scratch(0, ScratchSlot.Partials, 2L * count);
        var job = new Job<T>(parts, sums);
        pool.Run(count, ref job);
        double total = 0;
        for (int i = 0; i < count; i++)
        {
            total += sums[i];
        }

        return total;
    }

    private struct Job<T>(T parts, double* sums) : IParallelJob
        where T : struct, IPartialSum
    {
        private T parts = parts;

        public void Run(int part, int worker) => sums[part] = parts.Sum(part);
    }
}
