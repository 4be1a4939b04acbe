namespace Cnn.Layers.Threading;

/// <summary>
/// Work split into parts whose number and contents do not depend on the number of threads, so that results are
/// bit-identical on any number of them. Implementations are structs, so that <see cref="WorkerPool"/> is specialised
/// for them.
/// </summary>
public interface IParallelJob
{
    /// <summary>Runs one part. Parts write to different places and run concurrently, in any order.</summary>
    /// <param name="part">The part, from 0.</param>
    /// <param name="worker">Which of the pool's threads runs it, from 0: an index for scratch memory.</param>
    void Run(int part, int worker);
}
