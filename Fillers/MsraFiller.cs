using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>
/// Draws values from the normal distribution with mean 0 and variance 2 / n, where n is the fan that
/// <c>variance_norm</c> selects. The factor 2 makes up for the half that a ReLU cuts off (He, Zhang, Ren and Sun,
/// "Delving deep into rectifiers", ICCV 2015).
/// </summary>
[FillerType("msra")]
public sealed class MsraFiller : Filler
{
    private readonly FillerParameter parameter;

    /// <exception cref="CnnException">A value does not fit the type.</exception>
    public MsraFiller(FillerParameter parameter)
    {
        FillerChecks.RefuseSparse(parameter);
        this.parameter = parameter;
    }

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random)
    {
        double deviation = Math.Sqrt(2.0 / FanCounts.Of(parameter, shape, Fans));
        RandomParts.Fill(values, random, new NormalSampler(0, deviation), Parts);
    }
}
