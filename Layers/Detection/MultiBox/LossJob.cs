using Cnn.Layers.Threading;

namespace Cnn.Layers.Detection.MultiBox;

/// <summary>Chooses the priors that are trained and computes the losses of each item.</summary>
internal readonly struct LossJob(MultiBoxPass pass) : IParallelJob
{
    /// <inheritdoc/>
    public void Run(int part, int worker) => pass.MineItem(part, worker);
}
