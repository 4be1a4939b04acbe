using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>
/// Draws values uniformly from [-a, a] with a = sqrt(3 / n), where n is the fan that <c>variance_norm</c> selects. A
/// variance of 1 / n keeps the signals at the same scale from layer to layer (Glorot and Bengio, "Understanding the
/// difficulty of training deep feedforward neural networks", AISTATS 2010).
/// </summary>
[FillerType("xavier")]
public sealed class XavierFiller : Filler
{
    private readonly FillerParameter parameter;

    /// <exception cref="CnnException">A value does not fit the type.</exception>
    public XavierFiller(FillerParameter parameter)
    {
        FillerChecks.RefuseSparse(parameter);
        this.parameter = parameter;
    }

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random)
    {
        double bound = Math.Sqrt(3.0 / FanCounts.Of(parameter, shape, Fans));
        RandomParts.Fill(values, random, new UniformSampler(-bound, bound), Parts);
    }
}
