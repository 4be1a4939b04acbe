using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Losses;

/// <summary>
/// With d = ||a - b|| a similar pair costs d^2, a dissimilar one max(margin - d, 0)^2, or max(margin - d^2, 0);
/// L = sum / (2 N).
/// </summary>
[Reference("ContrastiveLoss")]
internal sealed class ContrastiveLossReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ContrastiveLossParameter options = Options(call);
        int items = call.Bottoms[0].Shape[0];
        double sum = 0;
        for (int n = 0; n < items; n++)
        {
            double squared = Difference(call, n).Sum(d => d * d);
            double gap = Math.Max(options.Margin - Math.Sqrt(squared), 0);
            sum += call.Bottoms[2].Data[n] != 0 ? squared
                : options.LegacyVersion ? Math.Max(options.Margin - squared, 0) : gap * gap;
        }

        call.Top(0).Data[0] = sum / (2 * items);
    }

    /// <summary>The distance that the gradient is divided by has 1e-4 added.</summary>
    public bool HasOwnGradient(ReferenceCall call) => true;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        ContrastiveLossParameter options = Options(call);
        int items = call.Bottoms[0].Shape[0];
        double w = call.TopDiffs[0].Data[0] / items;
        for (int n = 0; n < items; n++)
        {
            double[] difference = Difference(call, n);
            double squared = difference.Sum(d => d * d), distance = Math.Sqrt(squared);
            double factor = call.Bottoms[2].Data[n] != 0 ? w
                : options.LegacyVersion ? squared < options.Margin ? -w : 0
                : distance < options.Margin ? -w * (options.Margin - distance) / (distance + 1e-4) : 0;
            for (int k = 0; k < difference.Length; k++)
            {
                call.BottomDiffs[0].Data[(n * difference.Length) + k] = factor * difference[k];
                call.BottomDiffs[1].Data[(n * difference.Length) + k] = -factor * difference[k];
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        random.Maybe(() =>
        {
            layer.ContrastiveLossParam = new ContrastiveLossParameter();
            random.Maybe(() => layer.ContrastiveLossParam.Margin = random.Between(0.3f, 3));
            random.Maybe(() => layer.ContrastiveLossParam.LegacyVersion = random.Chance(0.6));
        });
        int[] shape = [random.Between(1, 6), random.Between(1, 5), .. random.Chance(0.4) ? new[] { 1, 1 } : []];
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new(shape, Fillings.Uniform()),
                new(shape, Fillings.Uniform()),
                new([shape[0]], Fillings.Flags(0.5)) { HasGradient = false },
            ],
            GradientTops = 1,
        };
    }

    private static ContrastiveLossParameter Options(ReferenceCall call) =>
        call.Layer.ContrastiveLossParam ?? new ContrastiveLossParameter();

    private static double[] Difference(ReferenceCall call, int n)
    {
        int size = call.Bottoms[0].CountOf(1);
        return [.. Enumerable.Range(n * size, size).Select(i => call.Bottoms[0].Data[i] - call.Bottoms[1].Data[i])];
    }
}
