using Cnn.Engine.Graph;
using Cnn.Engine.Weights;

namespace Cnn.Engine.Solvers;

/// <content>The weights that a run starts from.</content>
public sealed partial class Solver
{
    // The test nets share the training net's parameters; parameters that only they have come from the files too.
    private void CopyWeights(string[] paths)
    {
        StartingWeights.Copy(TrainNet, paths, options.WeightsAreStrict, options.Log);
        var trained = TrainNet.Layers.SelectMany(l => l.Layer.Blobs).Select(b => b.Memory).ToHashSet();
        foreach (Net net in TestNets.Where(t => t.Layers.Any(l => l.Layer.Blobs.Any(b => !trained.Contains(b.Memory)))))
        {
            foreach (string path in paths)
            {
                net.CopyWeightsFrom(path);
            }
        }
    }
}
