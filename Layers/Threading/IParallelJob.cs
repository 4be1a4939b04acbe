namespace Cnn.Layers.Threading;

/// <summary>
/// Work split into parts whose number and contents do not depend on how many threads there are, so that results are
/// the same bits on any number of them. A struct, so that <see cref="WorkerPool"/> specialises on it.
/// </summary>
public interface IParallelJob
{
    /// <summary>Does one part. Parts write to different places and run in any order, at the same time.</summary>
    /// <param name="part">The part, from 0.</param>
    /// <param name="worker">Which of the pool's threads runs it, from 0: an index for scratch memory.</param>
    void Run(int part, int worker);
}
