using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>
/// Gives a parameter blob its first values. One class a filler, found by its <see cref="FillerTypeAttribute"/>.
/// </summary>
public abstract class Filler
{
    /// <summary>
    /// How many inputs a unit sees and how many units an input feeds, on average, for a blob whose shape does not tell;
    /// null where it does. Fillers that scale their variance by them use it.
    /// </summary>
    public (float In, float Out)? Fans { get; set; }

    /// <summary>
    /// Who runs the parts of a filling that is large enough to be split; at first one after the other on the calling
    /// thread. The values are the same with any.
    /// </summary>
    public IPartRunner Parts { get; set; } = PartsInOrder.Instance;

    /// <summary>Fills a blob in row-major order.</summary>
    /// <param name="values">The blob's values; not empty.</param>
    /// <param name="shape">The blob's shape; the product of its dimensions is the number of values.</param>
    /// <param name="random">Where random fillers draw from.</param>
    /// <exception cref="CnnException">The filler cannot fill a blob of this shape.</exception>
    public abstract void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random);
}
