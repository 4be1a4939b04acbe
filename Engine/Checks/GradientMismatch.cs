using System.Globalization;

namespace Cnn.Engine.Checks;

/// <summary>A value whose gradient is not the derivative.</summary>
/// <param name="Blob">
/// The blob: <c>bottom 0</c> or <c>blob 1</c>, counted from 0 in the layer, or by its name in a net.
/// </param>
/// <param name="Shape">The blob's shape.</param>
/// <param name="Index">The value's index in the blob, row-major.</param>
/// <param name="Value">The value.</param>
/// <param name="Analytic">What the layer computed.</param>
/// <param name="Numerical">The difference of the objective divided by that of the value.</param>
/// <param name="Allowed">How far the two may be apart.</param>
public sealed record GradientMismatch(
    string Blob, IReadOnlyList<int> Shape, int Index, float Value, double Analytic, double Numerical, double Allowed)
{
    /// <summary>Returns the place and the two values.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Blob} at {BlobPlace.Text([.. Shape], Index)}, value {Value:g6}: the layer's gradient is {Analytic:g6}, "
        + $"the numerical one {Numerical:g6} (within {Allowed:g2})");
}
