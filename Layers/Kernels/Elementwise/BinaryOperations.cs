using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary><c>a first + b second</c>.</summary>
/// <param name="A">The factor of the first.</param>
/// <param name="B">The factor of the second.</param>
internal readonly record struct WeightedSum(float A, float B) : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => (a * A) + (b * B);
}

/// <summary><c>a first</c>; the second is ignored, even where it is infinite.</summary>
/// <param name="A">The factor of the first.</param>
internal readonly record struct Multiple(float A) : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => a * A;
}

/// <summary><c>s = a first + b second</c> where that is above 0, <c>slope s</c> elsewhere.</summary>
/// <param name="A">The factor of the first.</param>
/// <param name="B">The factor of the second.</param>
/// <param name="Slope">The slope below 0.</param>
internal readonly record struct RectifiedSum(float A, float B, float Slope) : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
        Lanes512.Rectify((a * A) + (b * B), Vector512.Create(Slope));
}

/// <summary><c>a b</c>.</summary>
internal readonly record struct Multiply : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => a * b;
}

/// <summary><c>a / b</c>.</summary>
internal readonly record struct Divide : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => a / b;
}

/// <summary>The larger of two values; the second if they are equal.</summary>
internal readonly record struct Larger : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), a, b);
}

/// <summary>b where a equals the index, 0 elsewhere.</summary>
/// <param name="Index">The index.</param>
internal readonly record struct SelectIndex(float Index) : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
        Vector512.Equals(a, Vector512.Create(Index)) & b;
}

/// <summary>The index of the larger of two values: 0 for the first, 1 for the second or if they are equal.</summary>
internal readonly record struct LargerOfTwo : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
        Vector512.AndNot(Vector512<float>.One, Vector512.GreaterThan(a, b));
}

/// <summary>The smaller of two values; the second if they are equal.</summary>
internal readonly record struct Smaller : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.LessThan(a, b), a, b);
}

/// <summary>The index of the smaller of two values: 0 for the first, 1 for the second or if they are equal.</summary>
internal readonly record struct SmallerOfTwo : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
        Vector512.AndNot(Vector512<float>.One, Vector512.LessThan(a, b));
}
