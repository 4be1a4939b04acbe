using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>Sets every value to <c>value</c>.</summary>
[FillerType("constant")]
public sealed class ConstantFiller : Filler
{
    private readonly FillerParameter parameter;

    /// <exception cref="CnnException">A value does not fit the type.</exception>
    public ConstantFiller(FillerParameter parameter)
    {
        FillerChecks.RefuseSparse(parameter);
        this.parameter = parameter;
    }

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random)
    {
        values.Fill(parameter.Value);
    }
}
