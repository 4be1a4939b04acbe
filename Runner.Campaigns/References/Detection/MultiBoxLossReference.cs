using Cnn.Campaigns.References.Losses;
using Cnn.Fillers;
using Cnn.Proto;
using Mode = Cnn.Proto.LossParameter.Types.NormalizationMode;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// SSD's loss: <c>(loc_weight L_loc + L_conf) / Z</c> over the locations that are matched to objects and the priors
/// that are chosen; a part whose propagate_down is false is left out.
/// </summary>
[Reference("MultiBoxLoss")]
internal sealed class MultiBoxLossReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        MultiBoxImage[] images = Images(call);
        double locations = images.Sum(i => i.Matches.Sum(m => i.LocationLoss(m.Location, m.Prior, m.Truth).Loss));
        double classes = images.Sum(i => Enumerable.Range(0, i.Priors).Sum(p => i.ClassLoss(p)?.Loss ?? 0));
        double sum = (Counts(call, 0) ? call.Layer.MultiboxLossParam.LocWeight * locations : 0)
            + (Counts(call, 1) ? classes : 0);
        call.Top(0).Data[0] = sum / Divisor(call, images);
    }

    /// <summary>With encode_variance_in_target the gradient is not divided by the variance, as in the fork.</summary>
    public bool HasOwnGradient(ReferenceCall call) => call.Layer.MultiboxLossParam.EncodeVarianceInTarget;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        MultiBoxImage[] images = Images(call);
        double scale = call.TopDiffs[0].Data[0] / Divisor(call, images);
        foreach (MultiBoxImage image in images)
        {
            foreach (var (location, prior, truth) in image.Matches)
            {
                double[] slopes = image.LocationLoss(location, prior, truth).Slopes;
                Write(call.BottomDiffs[0], image.Place(location, prior), slopes,
                    scale * call.Layer.MultiboxLossParam.LocWeight);
            }

            for (int prior = 0; prior < image.Priors; prior++)
            {
                double[] slopes = image.ClassLoss(prior)?.Slopes ?? new double[image.Classes];
                Write(call.BottomDiffs[1], image.ScorePlace(prior), slopes, scale);
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var draws = new MultiBoxDraws(random);
        var layer = new LayerParameter
        {
            Type = type,
            MultiboxLossParam = draws.Options,
            LossParam = LossNormalizer.Draw(random, draws.Classes),
        };
        bool[] flows = random.Pick<bool[]>([true, true], [true, true], [true, true], [true, false], [false, true]);
        if (random.Chance(0.4))
        {
            layer.PropagateDown.Add([.. flows, false, false]);
        }
        else
        {
            flows = [true, true];
        }

        int items = random.Between(1, 3), priors = random.Between(1, 14), rows = random.Between(1, 7);
        int locations = draws.Options.ShareLocation ? 1 : draws.Classes;
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new([items, priors * locations * 4], Fillings.Uniform(-1.5f, 1.5f)) { HasGradient = flows[0] },
                new([items, priors * draws.Classes], Fillings.Uniform(-3, 3)) { HasGradient = flows[1] },
                new([1, 2, priors * 4], draws.Priors) { HasGradient = false },
                new([1, 1, rows, 8], draws.Objects(items)) { HasGradient = false },
            ],
            Passes = random.Between(1, 2),
            Work = 20L * items * priors * rows * locations,
        };
    }

    private static MultiBoxImage[] Images(ReferenceCall call) =>
        [.. Enumerable.Range(0, call.Bottoms[0].Shape[0]).Select(n => new MultiBoxImage(call, n))];

    private static bool Counts(ReferenceCall call, int bottom) =>
        call.Layer.PropagateDown.Count == 0 || call.Layer.PropagateDown[bottom];

    private static double Divisor(ReferenceCall call, MultiBoxImage[] images) => LossNormalizer.Of(
        call.Layer.LossParam, Mode.Valid, images.Length, images.Sum(i => i.Priors), images.Sum(i => i.Matches.Count()));

    private static void Write(ReferenceBlob blob, int place, double[] slopes, double scale)
    {
        for (int i = 0; i < slopes.Length; i++)
        {
            blob.Data[place + i] = scale * slopes[i];
        }
    }
}
