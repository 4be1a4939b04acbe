using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Losses;

/// <summary>
/// The share of sequences whose best symbols, runs made one and blanks taken out, are the labels without blanks.
/// </summary>
[Reference("LabelsequenceAccuracy")]
internal sealed class LabelsequenceAccuracyReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], labels = call.Bottoms[1];
        int blank = (call.Layer.LabelsequenceAccuracyParam ?? new LabelsequenceAccuracyParameter()).BlankLabel;
        int items = x.Shape[0], steps = x.Shape[1], symbols = x.Shape[2], length = labels.CountOf(1);
        int right = 0;
        for (int n = 0; n < items; n++)
        {
            int[] best = [.. Enumerable.Range(0, steps).Select(t =>
                Enumerable.Range(0, symbols).MaxBy(k => x[n, t, k]))];
            int[] read = [.. best.Where((s, t) => (t == 0 || s != best[t - 1]) && s != blank)];
            int[] wanted = [.. labels.Data.Skip(n * length).Take(length).Select(l => (int)l).Where(l => l != blank)];
            right += read.SequenceEqual(wanted) ? 1 : 0;
        }

        call.Top(0).Data[0] = (double)right / items;
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int items = random.Between(1, 9), symbols = random.Between(1, 3);
        var layer = new LayerParameter { Type = type };
        random.Maybe(() => layer.LabelsequenceAccuracyParam = new LabelsequenceAccuracyParameter
        {
            BlankLabel = random.Next(symbols),
        });
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new([items, random.Between(1, 4), symbols], Fillings.Apart(0.1f)),
                new([items, random.Between(1, 3)], Fillings.Below(symbols)),
            ],
            HasGradient = false,
        };
    }
}
