using Cnn.Fillers;

namespace Cnn.Layers.Threading;

/// <summary>Runs fillers, which do not know about pools, on the threads of a pool.</summary>
internal sealed class PoolPartRunner(WorkerPool pool) : IPartRunner
{
    /// <inheritdoc/>
    public void Run(int count, Action<int> part)
    {
        var job = new Job(part);
        pool.Run(count, ref job);
    }

    private readonly struct Job(Action<int> part) : IParallelJob
    {
        public void Run(int index, int worker) => part(index);
    }
}
