using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>
/// Gives a parameter blob its initial values. Each filler is one class, found by its <see cref="FillerTypeAttribute"/>.
/// </summary>
public abstract class Filler
{
    /// <summary>
    /// The number of inputs of a unit and the number of units that an input feeds, on average, for a blob whose shape
    /// does not show them; null where it does. Fillers that scale their variance use them.
    /// </summary>
    public (float In, float Out)? Fans { get; set; }

    /// <summary>
    /// The runner for the parts of a fill that is large enough to be split. The default runs them one after the other
    /// on the calling thread. The values do not depend on the runner.
    /// </summary>
    public IPartRunner Parts { get; set; } = PartsInOrder.Instance;

    /// <summary>Fills a blob in row-major order.</summary>
    /// <param name="values">The blob's values; not empty.</param>
    /// <param name="shape">The blob's shape; the product of its dimensions is the number of values.</param>
    /// <param name="random">The generator that random fillers draw from.</param>
    /// <exception cref="CnnException">The filler cannot fill a blob of this shape.</exception>
    public abstract void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random);
}
