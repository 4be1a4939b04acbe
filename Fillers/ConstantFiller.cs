using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>Every value is <c>value</c>.</summary>
[FillerType("constant")]
public sealed class ConstantFiller(FillerParameter parameter) : Filler
{
    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random) =>
        values.Fill(parameter.Value);
}
