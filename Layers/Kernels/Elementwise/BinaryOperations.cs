using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary><c>a first + b second</c>.</summary>
/// <param name="A">The factor of the first.</param>
/// <param name="B">The factor of the second.</param>
internal readonly record struct WeightedSum(float A, float B) : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => (a * A) + (b * B);
}

/// <summary><c>a first</c>; the second is not looked at, not even where it is infinite.</summary>
/// <param name="A">The factor of the first.</param>
internal readonly record struct Multiple(float A) : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => a * A;
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

/// <summary>The larger; of equals, the second.</summary>
internal readonly record struct Larger : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), a, b);
}

/// <summary>Whose number is the index in a, gets b; others get 0.</summary>
/// <param name="Index">The index.</param>
internal readonly record struct SelectIndex(float Index) : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
        Vector512.Equals(a, Vector512.Create(Index)) & b;
}

/// <summary>The index of the larger of two: 0 for the first, 1 for the second or equals.</summary>
internal readonly record struct LargerOfTwo : IBinaryOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
        Vector512.AndNot(Vector512<float>.One, Vector512.GreaterThan(a, b));
}
