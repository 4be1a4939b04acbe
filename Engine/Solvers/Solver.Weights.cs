using Cnn.Engine.Graph;
using Cnn.Engine.Weights;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <content>The weights that a run starts from.</content>
public sealed partial class Solver
{
    private string[] WeightsToStartFrom(SolverDefinition definition)
    {
        if (options.ResumeFrom is not null)
        {
            return options.Weights is null or { Count: 0 }
                ? []
                : throw new CnnException(
                    "weights start a new run, a snapshot resumes one", "give one of them");
        }

        return options.Weights is not null
            ? [.. options.Weights]
            : [.. definition.Message.Weights
                .SelectMany(w => w.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Select(definition.Files.Find)];
    }

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
