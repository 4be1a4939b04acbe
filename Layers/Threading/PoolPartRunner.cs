using Cnn.Fillers;

namespace Cnn.Layers.Threading;

/// <summary>Lets fillers, which know no pool, fill on the threads of one.</summary>
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
