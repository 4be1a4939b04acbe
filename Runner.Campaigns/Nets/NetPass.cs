using Cnn.Engine.Graph;
using Cnn.Layers;

namespace Cnn.Campaigns.Nets;

/// <summary>What one pass forward and backward left in a net.</summary>
internal sealed class NetPass
{
    private readonly List<(string Name, float[] Values)> all = [];

    /// <summary>Runs a net forward and, where anything has a gradient, backward.</summary>
    public static NetPass Run(NetCase net, Net built)
    {
        var pass = new NetPass();
        net.Fill(built);
        built.ClearParameterDiffs();
        pass.all.Add(("the loss", [built.Forward()]));
        pass.AddTops(built, "data", blob => blob.Data);
        SetOutputDiffs(net, built);
        built.Backward();
        pass.AddTops(built, "diff", blob => blob.HasDiff ? blob.Diff : []);
        foreach (NetLayer layer in built.Layers)
        {
            for (int i = 0; i < layer.Parameters.Count; i++)
            {
                pass.all.Add(($"parameter {i} of {layer.Name} ({layer.Type})", layer.Parameters[i].Data.ToArray()));
                pass.all.Add(($"the gradient of parameter {i} of {layer.Name} ({layer.Type})",
                    layer.Parameters[i].Diff.ToArray()));
            }
        }

        return pass;
    }

    /// <summary>Gives each output that has a gradient one of random numbers.</summary>
    public static void SetOutputDiffs(NetCase net, Net built)
    {
        foreach (NetLayer layer in built.Layers)
        {
            for (int i = 0; i < layer.Tops.Count; i++)
            {
                if (WantsDiff(built, layer, i))
                {
                    string output = layer.TopNames[i];
                    int[] shape = layer.Tops[i].Shape.ToArray();
                    built.SetOutputDiff(output, BottomFill.Between(-1, 1).Draw(net.Random($"diff of {output}"), shape));
                }
            }
        }
    }

    /// <summary>
    /// Returns whether a top is an output that takes a gradient: of the last layer that writes it, without a loss
    /// weight.
    /// </summary>
    public static bool WantsDiff(Net built, NetLayer layer, int top)
    {
        string name = layer.TopNames[top];
        return layer.NeedsBackward && layer.LossWeights[top] == 0 && name != "(automatic)"
            && built.Outputs.Contains(name)
            && built.Layers.Last(l => l.TopNames.Contains(name)) == layer
                && layer.TopNames.ToList().LastIndexOf(name) == top;
    }

    /// <summary>Returns the first thing that differs in bits; null where nothing does.</summary>
    public string? DifferenceFrom(NetPass other) =>
        all.Zip(other.all, (mine, its) => Comparison.Bits(mine.Name, mine.Values, its.Values))
            .FirstOrDefault(difference => difference is not null);

    private delegate Span<float> Values(Blob blob);

    private void AddTops(Net built, string what, Values values)
    {
        foreach (NetLayer layer in built.Layers)
        {
            for (int i = 0; i < layer.Tops.Count; i++)
            {
                all.Add(($"the {what} of '{layer.TopNames[i]}' of {layer.Name} ({layer.Type})",
                    values(layer.Tops[i]).ToArray()));
            }
        }
    }
}
