using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Activations;

/// <summary>
/// The rectifier with bounds: <c>y = min(max(r, Min), Max)</c> of <c>r = max(x, 0) + Slope min(x, 0)</c>. The gradient
/// is that of the rectifier strictly between the bounds and 0 elsewhere.
/// </summary>
/// <param name="Slope">The slope below 0.</param>
/// <param name="Min">The lower bound; minus infinity for none.</param>
/// <param name="Max">The upper bound; infinity for none.</param>
/// <param name="InPlace">Whether the gradient gets y for x, which tells as much if the slope is not negative.</param>
/// <param name="ClearsNaN">Whether a value that is not a number becomes 0.</param>
internal readonly record struct LimitedRectifier(float Slope, float Min, float Max, bool InPlace, bool ClearsNaN)
    : IUnaryOperation
{
    /// <inheritdoc/>
    public float Forward(float x)
    {
        float y = (x > 0 ? x : Slope * x) + 0f;
        return ClearsNaN && float.IsNaN(y) ? Math.Min(Math.Max(0, Min), Max) : MathF.Min(MathF.Max(y, Min), Max);
    }

    /// <inheritdoc/>
    public Vector512<float> Forward(Vector512<float> x)
    {
        Vector512<float> y = Vector512.ConditionalSelect(
            Vector512.GreaterThan(x, Vector512<float>.Zero), x, x * Slope) + Vector512<float>.Zero;
        if (ClearsNaN)
        {
            y &= Vector512.Equals(y, y);
        }

        return Vector512.Min(Vector512.Max(y, Vector512.Create(Min)), Vector512.Create(Max));
    }

    /// <inheritdoc/>
    public float Backward(float x, float y, float dy)
    {
        float value = InPlace || x > 0 ? x : Slope * x;
        return value <= Min || value >= Max ? 0 : x > 0 ? dy : Slope * dy;
    }

    /// <inheritdoc/>
    public Vector512<float> Backward(Vector512<float> x, Vector512<float> y, Vector512<float> dy)
    {
        Vector512<float> isPositive = Vector512.GreaterThan(x, Vector512<float>.Zero);
        Vector512<float> value = InPlace ? x : Vector512.ConditionalSelect(isPositive, x, x * Slope);
        Vector512<float> isCut = Vector512.LessThanOrEqual(value, Vector512.Create(Min))
            | Vector512.GreaterThanOrEqual(value, Vector512.Create(Max));
        return Vector512.AndNot(Vector512.ConditionalSelect(isPositive, dy, dy * Slope), isCut);
    }
}
