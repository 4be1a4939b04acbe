using Cnn.Fillers;
using Cnn.Proto;
using Mode = Cnn.Proto.LossParameter.Types.NormalizationMode;

namespace Cnn.Campaigns.References.Losses;

/// <summary>
/// <c>L = sum w_out f(w_in (x0 - x1)) / N</c>, <c>f(d) = s d^2 / 2</c> where <c>|d| &lt; 1 / s</c>, else
/// <c>|d| - 1 / (2 s)</c>, s = sigma^2; with OHEM sigma is 1 and the sums over the channels are a second top.
/// </summary>
[Reference("SmoothL1Loss", "SmoothL1LossOHEM")]
internal sealed class SmoothL1LossReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        IEnumerable<int> places = Enumerable.Range(0, x.Count);
        double[] losses = [.. places.Select(i => Weight(call, 3, i) * Loss(Difference(call, i), Sigma(call)))];
        call.Top(0).Data[0] = losses.Sum() / Divisor(call);
        if (call.Tops.Count > 1)
        {
            ReferenceBlob sums = call.Top(1, x.Shape[0], 1, x.Shape[2], x.Shape[3]);
            int inner = x.CountOf(2);
            for (int i = 0; i < x.Count; i++)
            {
                sums.Data[(i / x.CountOf(1) * inner) + (i % inner)] += losses[i];
            }
        }
    }

    /// <summary>With OHEM the weights do not come into the gradient a second time.</summary>
    public bool HasOwnGradient(ReferenceCall call) => IsOhem(call) && call.Bottoms.Count > 2;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        for (int i = 0; i < call.Bottoms[0].Count; i++)
        {
            double d = Difference(call, i);
            double slope = (Math.Abs(d) < 1 ? d : Math.Sign(d)) * call.TopDiffs[0].Data[0] / Divisor(call);
            call.BottomDiffs[0].Data[i] = slope;
            call.BottomDiffs[1].Data[i] = -slope;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        bool isOhem = type == "SmoothL1LossOHEM";
        var layer = new LayerParameter { Type = type };
        int[] shape = random.Shape(isOhem ? 4 : random.Between(1, 4), 1, 5);
        var first = new ReferenceBottom(shape, Fillings.Uniform(-3, 3));
        var second = new ReferenceBottom(shape, Fillings.Uniform());
        var weights = new ReferenceBottom(shape, Fillings.Uniform(0, 2)) { HasGradient = false };
        ReferenceBottom[] bottoms = random.Chance(0.5) ? [first, second] : isOhem
            ? [first, second, weights]
            : [first, second, weights, weights];
        if (!isOhem && random.Chance(0.5))
        {
            layer.SmoothL1LossParam = new SmoothL1LossParameter();
            random.Maybe(() => layer.SmoothL1LossParam.Sigma = random.Between(0.5f, 3));
        }
        else if (isOhem)
        {
            layer.LossParam = LossNormalizer.Draw(random, 1);
        }

        layer.LossWeight.Add(1);
        int tops = isOhem ? random.Between(1, 2) : 1;
        if (tops > 1)
        {
            layer.LossWeight.Add(0);
        }

        return new ReferenceCase { Layer = layer, Bottoms = bottoms, Tops = tops, GradientTops = 1 };
    }

    private static bool IsOhem(ReferenceCall call) => call.Layer.Type == "SmoothL1LossOHEM";

    private static double Sigma(ReferenceCall call) =>
        (call.Layer.SmoothL1LossParam ?? new SmoothL1LossParameter()).Sigma;

    private static double Divisor(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        double positions = (double)x.Shape[0] * x.CountOf(2);
        return IsOhem(call)
            ? LossNormalizer.Of(call.Layer.LossParam, Mode.Valid, x.Shape[0], positions, positions)
            : x.Shape[0];
    }

    private static double Weight(ReferenceCall call, int bottom, int i) =>
        call.Bottoms.Count > bottom ? call.Bottoms[bottom].Data[i] : 1;

    private static double Difference(ReferenceCall call, int i) =>
        Weight(call, 2, i) * (call.Bottoms[0].Data[i] - call.Bottoms[1].Data[i]);

    private static double Loss(double d, double sigma)
    {
        double s = sigma * sigma;
        return Math.Abs(d) < 1 / s ? s * d * d / 2 : Math.Abs(d) - (1 / (2 * s));
    }
}
