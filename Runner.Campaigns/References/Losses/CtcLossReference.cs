using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Losses;

/// <summary>
/// <c>-log p(labels) / N</c>: the probability that steps, each a draw from a softmax, give the labels when runs become
/// one and blanks are taken out; by adding up all ways through the labels with blanks between (Graves et al. 2006,
/// equations 6 to 8).
/// </summary>
[Reference("CtcLoss")]
internal sealed class CtcLossReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        CtcLossParameter options = call.Layer.CtcLossParam;
        ReferenceBlob x = call.Bottoms[0], labels = call.Bottoms[1];
        int steps = (int)options.TimeStep, items = x.Shape[1], length = labels.CountOf(1);
        double sum = 0;
        for (int n = 0; n < items; n++)
        {
            IEnumerable<int> own = labels.Data.Skip(n * length).Take(length).Select(l => (int)l);
            int[] wanted = [.. own.Where(l => l != options.BlankLabel)];
            int repeats = wanted.Zip(wanted.Skip(1), (a, b) => a == b ? 1 : 0).Sum();
            if (wanted.Length + repeats <= steps)
            {
                sum -= Math.Log(Probability(x, n, steps, wanted, options.BlankLabel));
            }
        }

        call.Top(0).Data[0] = sum / items;
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int symbols = random.Between(2, 5), steps = random.Between(1, 7), items = random.Between(1, 3);
        var options = new CtcLossParameter { AlphabetSize = (uint)symbols, TimeStep = (uint)steps };
        random.Maybe(() => options.BlankLabel = random.Next(symbols));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, CtcLossParam = options },
            Bottoms =
            [
                new([steps + random.Next(3), items, symbols], Fillings.Uniform(-2, 2)),
                new([items, random.Between(1, 4)], Fillings.Below(symbols)) { HasGradient = false },
            ],
            GradientTops = 1,
        };
    }

    private static double Probability(ReferenceBlob x, int n, int steps, int[] wanted, int blank)
    {
        var path = new List<int> { blank };
        foreach (int label in wanted)
        {
            path.AddRange([label, blank]);
        }

        double[] ways = new double[path.Count];
        for (int t = 0; t < steps; t++)
        {
            double sum = Enumerable.Range(0, x.Shape[2]).Sum(k => Math.Exp(x[t, n, k]));
            var next = new double[path.Count];
            for (int s = 0; s < path.Count; s++)
            {
                double before = t == 0 ? s < 2 ? 1 : 0 : ways[s] + (s > 0 ? ways[s - 1] : 0);
                if (t > 0 && s > 1 && path[s] != blank && path[s] != path[s - 2])
                {
                    before += ways[s - 2];
                }

                next[s] = before * Math.Exp(x[t, n, path[s]]) / sum;
            }

            ways = next;
        }

        return ways[^1] + (ways.Length > 1 ? ways[^2] : 0);
    }
}
