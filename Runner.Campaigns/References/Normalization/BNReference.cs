using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Normalization;

/// <summary>
/// Batch normalisation with scale and shift, of PSPNet's fork (with averages) and of SegNet's (without).
/// </summary>
[Reference("BN")]
internal sealed class BNReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    private const double EpsOfSegNet = 1e-9;

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        var channels = new ChannelView(x);
        for (int c = 0; c < channels.Channels; c++)
        {
            double scale = Parameter(call, channels, 0)[c], shift = Parameter(call, channels, 1)[c];
            (double mean, double deviation) = Statistics(call, channels, c);
            foreach (int i in channels.Of(c))
            {
                y.Data[i] = (scale * (x.Data[i] - mean) / deviation) + shift;
                call.Magnitudes[0].Data[i] =
                    (Math.Abs(scale) * (Math.Abs(x.Data[i]) + Math.Abs(mean)) / deviation) + Math.Abs(shift);
            }

            if (!IsSegNets(call.Layer) && !UsesAverages(call))
            {
                double[] means = Parameter(call, channels, 2), variances = Parameter(call, channels, 3);
                double momentum = Options(call).Momentum;
                means[c] = (momentum * means[c]) + ((1 - momentum) * channels.Mean(c));
                variances[c] = (momentum * variances[c]) + ((1 - momentum) * channels.Variance(c));
            }
        }
    }

    /// <summary>In TEST, PSPNet's gradient is that of a batch's statistics, unless the layer is frozen.</summary>
    public bool HasOwnGradient(ReferenceCall call) =>
        !IsSegNets(call.Layer) && UsesAverages(call) && !Options(call).Frozen;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], dy = call.TopDiffs[0];
        var channels = new ChannelView(x);
        for (int c = 0; c < channels.Channels; c++)
        {
            double scale = call.Parameters[0].Data[c];
            (double mean, double deviation) = Statistics(call, channels, c);
            channels.Backward(
                c, i => scale * dy.Data[i], i => (x.Data[i] - mean) / deviation, deviation, call.BottomDiffs[0].Data);
            call.ParameterDiffs[0].Data[c] = channels.Of(c).Sum(i => dy.Data[i] * (x.Data[i] - mean) / deviation);
            call.ParameterDiffs[1].Data[c] = channels.Of(c).Sum(i => dy.Data[i]);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new BNParameter();
        var layer = new LayerParameter { Type = type, BnParam = options };
        bool isSegNets = random.Chance(0.5);
        if (isSegNets)
        {
            random.Maybe(() => options.ScaleFiller = new FillerParameter { Type = "constant", Value = 2 });
            random.Maybe(() => options.ShiftFiller = new FillerParameter { Type = "constant", Value = 2 });
            if (random.Chance(0.7) || !IsSegNets(layer))
            {
                options.BnMode = random.Pick(BNParameter.Types.BNMode.Learn, BNParameter.Types.BNMode.Inference);
            }
        }
        else
        {
            random.Maybe(() => options.SlopeFiller = new FillerParameter { Type = "constant", Value = 2 });
            random.Maybe(() => options.BiasFiller = new FillerParameter { Type = "constant", Value = 2 });
            random.Maybe(() => options.Momentum = random.Between(0.1f, 0.99f));
            random.Maybe(() => options.Eps = random.Pick(1e-6f, 1e-3f, 0.1f));
            random.Maybe(() => options.Frozen = random.Chance(0.5));
            random.Maybe(() => options.Icnet = true);
        }

        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [NormalizationDraws.Bottom(random, random.Pick(2, 3, 4, 4))],
            InPlace = random.Chance(0.25) && options.BnMode == BNParameter.Types.BNMode.Learn,
            Passes = random.Between(1, 3),
            FillParameter = i => i == 3 ? Fillings.Uniform(0.3f, 3) : Fillings.Uniform(-1.5f, 1.5f),
            HasParameterGradient = i => i < 2 && !options.Frozen,
            AddsToParameterDiffs = !isSegNets,
        };
    }

    private static BNParameter Options(ReferenceCall call) => call.Layer.BnParam;

    private static bool IsSegNets(LayerParameter layer) => layer.BnParam is { } options
        && (options.ScaleFiller is not null || options.ShiftFiller is not null || options.HasBnMode);

    private static bool UsesAverages(ReferenceCall call) => Options(call).Frozen || !call.IsTraining;

    private static double[] Parameter(ReferenceCall call, ChannelView channels, int index) =>
        call.Parameter(index, 1, channels.Channels, 1, 1).Data;

    private static (double Mean, double Deviation) Statistics(ReferenceCall call, ChannelView channels, int c)
    {
        if (IsSegNets(call.Layer))
        {
            return Options(call).BnMode == BNParameter.Types.BNMode.Inference
                ? (0, 1)
                : (channels.Mean(c), Math.Sqrt(channels.Variance(c) + EpsOfSegNet));
        }

        double eps = Options(call).Eps;
        return UsesAverages(call)
            ? (Parameter(call, channels, 2)[c], Math.Sqrt(Parameter(call, channels, 3)[c] + eps))
            : (channels.Mean(c), Math.Sqrt(channels.Variance(c) + eps));
    }
}
