using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>Gives a parameter blob its first values. One class a filler, found by its <see cref="FillerTypeAttribute"/>.</summary>
public abstract class Filler
{
    /// <summary>Fills a blob in row-major order.</summary>
    /// <param name="values">The blob's values; not empty.</param>
    /// <param name="shape">The blob's shape; the product of its dimensions is the number of values.</param>
    /// <param name="random">Where random fillers draw from.</param>
    /// <exception cref="CnnException">The filler cannot fill a blob of this shape.</exception>
    public abstract void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random);
}
