using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Normalization;

/// <summary>
/// <c>y = (x - mean) / sqrt(variance + eps)</c>, as BVLC's Caffe has it, with sums for statistics, or as NVIDIA's, with averages, scale
/// and shift.
/// </summary>
[Reference("BatchNorm")]
internal sealed class BatchNormReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    private const string Passes = "passes";
    private const double LeastEpsOfNvidia = 1e-5;

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        var channels = new ChannelView(x);
        call.Parameter(2, 1);
        for (int c = 0; c < channels.Channels; c++)
        {
            Statistics s = Of(call, channels, c);
            foreach (int i in channels.Of(c))
            {
                y.Data[i] = (s.Scale * (x.Data[i] - s.Mean) / s.Deviation) + s.Shift;
                call.Magnitudes[0].Data[i] =
                    (Math.Abs(s.Scale) * (Math.Abs(x.Data[i]) + Math.Abs(s.Mean)) / s.Deviation) + Math.Abs(s.Shift);
            }
        }

        if (UsesBatch(call) && Options(call).UpdateGlobalStats)
        {
            Update(call, channels);
        }
    }

    /// <summary>With <c>add_eps_before_sqrt: false</c> a factor of the order of eps is left out.</summary>
    public bool HasOwnGradient(ReferenceCall call) => UsesBatch(call) && !Options(call).AddEpsBeforeSqrt;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], dy = call.TopDiffs[0];
        var channels = new ChannelView(x);
        for (int c = 0; c < channels.Channels; c++)
        {
            Statistics s = Of(call, channels, c);
            channels.Backward(
                c, i => s.Scale * dy.Data[i], i => (x.Data[i] - s.Mean) / s.Deviation, s.Deviation, call.BottomDiffs[0].Data);
            if (IsNvidias(Options(call)))
            {
                call.ParameterDiffs[3].Data[c] = channels.Of(c).Sum(i => dy.Data[i] * (x.Data[i] - s.Mean) / s.Deviation);
                call.ParameterDiffs[4].Data[c] = channels.Of(c).Sum(i => dy.Data[i]);
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new BatchNormParameter();
        bool isNvidias = random.Chance(0.4);
        if (isNvidias)
        {
            random.Maybe(() => options.ScaleFiller = new FillerParameter { Type = "constant", Value = 2 });
            random.Maybe(() => options.BiasFiller = new FillerParameter { Type = "constant", Value = 2 });
            random.Maybe(() => options.Filler = new FillerParameter { Type = "constant", Value = 2 });
            options.ScaleBias = random.Chance(0.5) || !IsNvidias(options);
        }

        random.Maybe(() => options.UseGlobalStats = random.Chance(0.5));
        random.Maybe(() => options.MovingAverageFraction = random.Between(0.1f, 0.99f));
        random.Maybe(() => options.Eps = random.Pick(1e-6f, 1e-3f, 0.1f));
        random.Maybe(() => options.AddEpsBeforeSqrt = random.Chance(0.5));
        random.Maybe(() => options.UpdateGlobalStats = random.Chance(0.5));
        random.Maybe(() => options.UseWeightBias = random.Chance(0.5));
        random.Maybe(() => options.Icnet = random.Chance(0.5));
        bool isUntrained = random.Chance(0.1);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, BatchNormParam = options },
            Bottoms = [NormalizationDraws.Bottom(random, random.Between(2, 5))],
            InPlace = random.Chance(0.25),
            Passes = random.Between(1, 3),
            FillParameter = i => i switch
            {
                2 => Fillings.Of(isNvidias ? 1 : isUntrained ? 0 : random.Between(0.5f, 5)),
                0 => Fillings.Uniform(),
                1 => Fillings.Uniform(0.3f, 3),
                _ => Fillings.Uniform(-1.5f, 1.5f),
            },
            HasParameterGradient = i => i >= 3,
            AddsToParameterDiffs = false,
        };
    }

    private static BatchNormParameter Options(ReferenceCall call) => call.Layer.BatchNormParam;

    private static bool IsNvidias(BatchNormParameter options) =>
        options.ScaleBias || options.ScaleFiller is not null || options.BiasFiller is not null;

    private static bool UsesBatch(ReferenceCall call)
    {
        BatchNormParameter options = Options(call);
        return IsNvidias(options) || !options.HasUseGlobalStats ? call.IsTraining : !options.UseGlobalStats;
    }

    private static double Eps(BatchNormParameter options) =>
        IsNvidias(options) ? Math.Max(options.Eps, LeastEpsOfNvidia) : options.Eps;

    private static Statistics Of(ReferenceCall call, ChannelView channels, int c)
    {
        BatchNormParameter options = Options(call);
        bool isNvidias = IsNvidias(options);
        double mean, variance;
        if (UsesBatch(call))
        {
            (mean, variance) = (channels.Mean(c), channels.Variance(c));
        }
        else
        {
            double weight = call.Parameters[2].Data[0];
            double factor = isNvidias ? 1 : weight == 0 ? 0 : 1 / weight;
            mean = call.Parameter(0, channels.Channels).Data[c] * factor;
            variance = call.Parameter(1, channels.Channels).Data[c] * factor;
        }

        double deviation = options.AddEpsBeforeSqrt
            ? Math.Sqrt(variance + Eps(options))
            : Math.Sqrt(variance) + Eps(options);
        double scale = isNvidias ? call.Parameter(3, channels.Channels).Data[c] : 1;
        double shift = isNvidias ? call.Parameter(4, channels.Channels).Data[c] : 0;
        return new Statistics(mean, deviation, scale, shift);
    }

    private static void Update(ReferenceCall call, ChannelView channels)
    {
        BatchNormParameter options = Options(call);
        double[] means = call.Parameters[0].Data, variances = call.Parameters[1].Data, weight = call.Parameters[2].Data;
        double fraction = options.MovingAverageFraction;
        bool isNvidias = IsNvidias(options);
        double passes = call.State.TryGetValue(Passes, out double[]? before) ? before[0] : 0;
        call.State[Passes] = [passes + 1];
        int m = channels.Values;
        for (int c = 0; c < channels.Channels; c++)
        {
            double mean = channels.Mean(c), variance = channels.Variance(c);
            if (isNvidias)
            {
                double old = passes < 2 ? 0 : fraction;
                means[c] = (old * means[c]) + ((1 - old) * mean);
                variances[c] = (old * variances[c]) + ((1 - old) * (variance + Eps(options)));
            }
            else
            {
                means[c] = (fraction * means[c]) + mean;
                variances[c] = (fraction * variances[c]) + (variance * (m > 1 ? m / (m - 1.0) : 1));
            }
        }

        weight[0] = isNvidias ? weight[0] : (fraction * weight[0]) + 1;
    }

    private readonly record struct Statistics(double Mean, double Deviation, double Scale, double Shift);
}
