using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>
/// Draws values from the normal distribution with <c>mean</c> and <c>std</c>. With <c>sparse</c>, each value is kept
/// with probability sparse / shape[0] and is 0 otherwise, so that a unit has about <c>sparse</c> connections.
/// </summary>
[FillerType("gaussian")]
public sealed class GaussianFiller : Filler
{
    private readonly FillerParameter parameter;

    /// <exception cref="CnnException">A value does not fit the type.</exception>
    public GaussianFiller(FillerParameter parameter)
    {
        if (!(parameter.Std > 0))
        {
            throw new CnnException($"filler 'gaussian' has std {parameter.Std}", "it must be above 0");
        }

        if (parameter.Sparse < -1)
        {
            throw new CnnException($"filler 'gaussian' has sparse {parameter.Sparse}", "it must be 0 or more");
        }

        this.parameter = parameter;
    }

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random)
    {
        RandomParts.Fill(values, random, new NormalSampler(parameter.Mean, parameter.Std), Parts);
        double keepProbability = parameter.Sparse >= 0 && shape.Length > 0 ? (double)parameter.Sparse / shape[0] : 1;
        if (keepProbability < 1)
        {
            RandomParts.Thin(values, random, keepProbability, Parts);
        }
    }
}
