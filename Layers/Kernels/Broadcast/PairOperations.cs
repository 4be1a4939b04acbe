using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Broadcast;

/// <summary><c>a first + b second</c>.</summary>
/// <param name="A">The factor of the first.</param>
/// <param name="B">The factor of the second.</param>
internal readonly record struct PairSum(float A, float B) : IPairOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => (a * A) + (b * B);

    /// <inheritdoc/>
    public Vector512<float> First(Vector512<float> a, Vector512<float> b, Vector512<float> dy) => dy * A;

    /// <inheritdoc/>
    public Vector512<float> Second(Vector512<float> a, Vector512<float> b, Vector512<float> dy) => dy * B;
}

/// <summary><c>a b</c>.</summary>
internal readonly record struct PairProduct : IPairOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => a * b;

    /// <inheritdoc/>
    public Vector512<float> First(Vector512<float> a, Vector512<float> b, Vector512<float> dy) => dy * b;

    /// <inheritdoc/>
    public Vector512<float> Second(Vector512<float> a, Vector512<float> b, Vector512<float> dy) => dy * a;
}

/// <summary><c>a / b</c>.</summary>
internal readonly record struct PairQuotient : IPairOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) => a / b;

    /// <inheritdoc/>
    public Vector512<float> First(Vector512<float> a, Vector512<float> b, Vector512<float> dy) => dy / b;

    /// <inheritdoc/>
    public Vector512<float> Second(Vector512<float> a, Vector512<float> b, Vector512<float> dy) => -dy * a / (b * b);
}

/// <summary>The larger of two values; the gradient of equal ones goes to the second.</summary>
internal readonly record struct PairMaximum : IPairOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(a, b), a, b);

    /// <inheritdoc/>
    public Vector512<float> First(Vector512<float> a, Vector512<float> b, Vector512<float> dy) =>
        Vector512.GreaterThan(a, b) & dy;

    /// <inheritdoc/>
    public Vector512<float> Second(Vector512<float> a, Vector512<float> b, Vector512<float> dy) =>
        Vector512.AndNot(dy, Vector512.GreaterThan(a, b));
}

/// <summary>The smaller of two values; the gradient of equal ones goes to the second.</summary>
internal readonly record struct PairMinimum : IPairOperation
{
    /// <inheritdoc/>
    public Vector512<float> Compute(Vector512<float> a, Vector512<float> b) =>
        Vector512.ConditionalSelect(Vector512.LessThan(a, b), a, b);

    /// <inheritdoc/>
    public Vector512<float> First(Vector512<float> a, Vector512<float> b, Vector512<float> dy) =>
        Vector512.LessThan(a, b) & dy;

    /// <inheritdoc/>
    public Vector512<float> Second(Vector512<float> a, Vector512<float> b, Vector512<float> dy) =>
        Vector512.AndNot(dy, Vector512.LessThan(a, b));
}
