using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>Draws values from the uniform distribution between <c>min</c> and <c>max</c>.</summary>
[FillerType("uniform")]
public sealed class UniformFiller : Filler
{
    private readonly FillerParameter parameter;

    /// <exception cref="CnnException">A value does not fit the type.</exception>
    public UniformFiller(FillerParameter parameter)
    {
        FillerChecks.RefuseSparse(parameter);
        if (!(parameter.Min <= parameter.Max))
        {
            throw new CnnException($"filler 'uniform' has min {parameter.Min} above max {parameter.Max}");
        }

        this.parameter = parameter;
    }

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random)
    {
        RandomParts.Fill(values, random, new UniformSampler(parameter.Min, parameter.Max), Parts);
    }
}
