using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Normalization;

/// <summary>
/// Division by the length of an item or of a position: SSD's kind, <c>y = s_c x / sqrt(sum x^2 + eps)</c>, and
/// happynear's without a scale.
/// </summary>
[Reference("Normalize")]
internal sealed class NormalizeReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    private const float EpsOfHappynear = 1e-6f;

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        int channels = x.Shape[1], inner = x.CountOf(2);
        for (int n = 0; n < x.Shape[0]; n++)
        {
            for (int c = 0; c < channels; c++)
            {
                for (int i = 0; i < inner; i++)
                {
                    int at = (((n * channels) + c) * inner) + i;
                    y.Data[at] = Scale(call, channels, c) * x.Data[at] / Length(call, n, i);
                }
            }
        }

        if (call.Tops.Count > 1)
        {
            int[] legacy = [x.Shape[0], 1, x.Shape.Length > 2 ? x.Shape[2] : 1, x.Shape.Length > 3 ? x.Shape[3] : 1];
            double[] lengths = call.Top(1, legacy).Data;
            for (int i = 0; i < lengths.Length; i++)
            {
                lengths[i] = Length(call, i / inner, i % inner);
            }
        }
    }

    /// <summary>With a scale for each channel, SSD's gradient leaves it out of a sum.</summary>
    public bool HasOwnGradient(ReferenceCall call) => !IsHappynears(call.Layer) && !Options(call).ChannelShared;

    /// <summary>
    /// <c>dx = s_c (dy / length - x S / length^3)</c>, S the sum of dy x over what the length is over.
    /// </summary>
    public void Backward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], dy = call.TopDiffs[0];
        int channels = x.Shape[1], inner = x.CountOf(2);
        for (int at = 0; at < x.Count; at++)
        {
            int n = at / inner / channels, c = at / inner % channels, i = at % inner;
            double length = Length(call, n, i);
            double sum = Together(call, n, i).Sum(j => dy.Data[j] * x.Data[j]);
            call.BottomDiffs[0].Data[at] =
                Scale(call, channels, c) * ((dy.Data[at] / length) - (x.Data[at] * sum / Math.Pow(length, 3)));
            call.ParameterDiffs[0].Data[c] += dy.Data[at] * x.Data[at] / length;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        int tops = 1, gradientTops = 1;
        if (random.Chance(0.3))
        {
            layer.NormalizeParam = new ChannelNormalizeParameter();
            random.Maybe(() => layer.NormalizeParam.NormalizeType = "L2");
            random.Maybe(() => layer.NormalizeParam.FixGradient = false);
            random.Maybe(() => layer.NormalizeParam.BpNorm = random.Chance(0.7));
            tops = random.Between(1, 2);
            gradientTops = layer.NormalizeParam.BpNorm ? tops : 1;
        }
        else
        {
            layer.NormParam = new NormalizeParameter();
            random.Maybe(() => layer.NormParam.AcrossSpatial = random.Chance(0.3));
            random.Maybe(() => layer.NormParam.ChannelShared = random.Chance(0.3));
            random.Maybe(() => layer.NormParam.ScaleFiller = new FillerParameter { Type = "constant", Value = 20 });
            random.Maybe(() => layer.NormParam.Eps = random.Pick(1e-5f, 0.1f));
        }

        int[] shape = random.Shape(random.Between(2, 4), 1, random.Pick(3, 8));
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new ReferenceBottom(shape, Fillings.AwayFromZero(0.2f, 1.5f))
                {
                    LaterShape = random.Chance(0.3) ? [random.Between(1, 4), .. shape[1..]] : null,
                },
            ],
            Tops = tops,
            GradientTops = gradientTops,
            Passes = random.Between(1, 2),
            Work = shape.Aggregate(1L, (n, d) => n * d) * shape.Skip(1).Aggregate(1L, (n, d) => n * d),
        };
    }

    private static bool IsHappynears(LayerParameter layer) => layer.NormalizeParam is not null;

    private static NormalizeParameter Options(ReferenceCall call) => call.Layer.NormParam;

    private static double Scale(ReferenceCall call, int channels, int c) =>
        IsHappynears(call.Layer) ? 1
        : Options(call).ChannelShared ? call.Parameter(0).Data[0]
        : call.Parameter(0, channels).Data[c];

    private static double Length(ReferenceCall call, int n, int i)
    {
        double eps = IsHappynears(call.Layer) ? EpsOfHappynear : Options(call).Eps;
        return Math.Sqrt(Together(call, n, i).Sum(j => Math.Pow(call.Bottoms[0].Data[j], 2)) + eps);
    }

    // The places of the values whose length is taken together with that of position i of item n.
    private static IEnumerable<int> Together(ReferenceCall call, int n, int i)
    {
        ReferenceBlob x = call.Bottoms[0];
        int inner = x.CountOf(2), item = x.CountOf(1);
        return !IsHappynears(call.Layer) && Options(call).AcrossSpatial
            ? Enumerable.Range(n * item, item)
            : Enumerable.Range(0, x.Shape[1]).Select(c => (n * item) + (c * inner) + i);
    }
}
