namespace Cnn.Layers.Threading;

/// <summary>
/// A thread's claim to a pool for more than one job, from <see cref="WorkerPool.Enter"/>. Dispose it once, on the
/// thread that took it, in reverse order where several are nested.
/// </summary>
public readonly ref struct PoolLease
{
    private readonly WorkerPool? pool;

    internal PoolLease(WorkerPool? pool) => this.pool = pool;

    /// <summary>Releases the claim.</summary>
    public void Dispose() => pool?.Leave();
}
