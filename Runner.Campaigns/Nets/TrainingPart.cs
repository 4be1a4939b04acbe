using Cnn.Engine.Graph;
using Cnn.Layers.Threading;

namespace Cnn.Campaigns.Nets;

/// <summary>
/// Nets as a solver runs them, whose layers do the work of those after them and whose memory serves twice, give the
/// outputs and the gradients of nets whose layers run alone: the same bits where none is taken in.
/// </summary>
internal sealed class TrainingPart : IDisposable
{
    private const double Tolerance = 2e-3;

    private readonly WorkerPool pool = new(1);

    /// <summary>Returns what differs; null where nothing does.</summary>
    public string? Check(NetCase net)
    {
        using Net plain = net.Build(pool);
        using Net planned = net.Build(pool);
        plain.RunsLayersAlone = true;
        planned.PassesAlternate = true;
        foreach (Net each in (Net[])[plain, planned])
        {
            net.HandOver(each);
            InferencePart.SetStatistics(net, each);
        }

        bool isExact = !planned.Layers.Any(l => l.IsFolded);
        if (!isExact && planned.Layers.Any(l => InferencePart.Jumping.Contains(l.Type)))
        {
            return null;
        }

        for (int pass = 0; pass < 2; pass++)
        {
            List<(string Name, float[] Values)> expected = Step(net, plain, pass), actual = Step(net, planned, pass);
            foreach (var (wanted, got) in expected.Zip(actual))
            {
                string what = $"{wanted.Name} in step {pass}";
                string? difference = isExact
                    ? Comparison.Bits(what, wanted.Values, got.Values)
                    : Comparison.Close(what, wanted.Values, got.Values, Tolerance);
                if (difference is not null)
                {
                    return $"layers alone and planned: {difference}";
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();

    private static List<(string Name, float[] Values)> Step(NetCase net, Net built, int pass)
    {
        (net with { Seed = net.Seed + (ulong)pass }).Fill(built);
        built.ClearParameterDiffs();
        var all = new List<(string, float[])> { ("the loss", [built.Forward()]) };
        all.AddRange(built.Outputs.Select(o => ($"output '{o}'", built.FindBlob(o).Data.ToArray())));
        NetPass.SetOutputDiffs(net, built);
        built.Backward();
        foreach (LearnableParameter parameter in built.Learnable)
        {
            all.Add(($"the gradient of a parameter of {parameter.Blob.ShapeText}", parameter.Blob.Diff.ToArray()));
        }

        foreach (NetLayer layer in built.Layers)
        {
            all.AddRange(layer.Parameters.Select((p, i) => ($"parameter {i} of {layer.Name} ({layer.Type})",
                p.Data.ToArray())));
        }

        return all;
    }
}
