using Cnn.Layers.Threading;

namespace Cnn.Layers.Detection.MultiBox;

/// <summary>Matches the objects of each item.</summary>
internal readonly struct MatchJob(MultiBoxPass pass) : IParallelJob
{
    /// <inheritdoc/>
    public void Run(int part, int worker) => pass.MatchItem(part, worker);
}
