using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>
/// Draws values between 0 and 1, then divides each slice along the first axis by its sum, so that a unit's weights are
/// positive and add up to 1.
/// </summary>
[FillerType("positive_unitball")]
public sealed class PositiveUnitballFiller : Filler
{
    private readonly FillerParameter parameter;

    /// <exception cref="CnnException">A value does not fit the type.</exception>
    public PositiveUnitballFiller(FillerParameter parameter)
    {
        FillerChecks.RefuseSparse(parameter);
        this.parameter = parameter;
    }

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random)
    {
        RandomParts.Fill(values, random, new UniformSampler(0, 1), Parts);

        int slice = shape.Length > 0 ? values.Length / shape[0] : values.Length;
        for (int start = 0; start < values.Length; start += slice)
        {
            Span<float> unit = values.Slice(start, slice);
            double sum = 0;
            foreach (float value in unit)
            {
                sum += value;
            }

            foreach (ref float value in unit)
            {
                value = (float)(value / sum);
            }
        }
    }
}
