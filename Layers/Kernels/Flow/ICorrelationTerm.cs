using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels.Flow;

/// <summary>What a correlation sums over the pixels of two patches, and its derivatives.</summary>
internal interface ICorrelationTerm
{
    /// <summary>Returns the sum with the term of a and b added.</summary>
    static abstract Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b);

    /// <summary>Returns the derivative by a.</summary>
    static abstract Vector512<float> ByFirst(Vector512<float> a, Vector512<float> b);

    /// <summary>Returns the derivative by b.</summary>
    static abstract Vector512<float> BySecond(Vector512<float> a, Vector512<float> b);
}

/// <summary>The product.</summary>
internal readonly struct CorrelationProduct : ICorrelationTerm
{
    /// <inheritdoc/>
    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b) =>
        Vector512.MultiplyAddEstimate(a, b, sum);

    /// <inheritdoc/>
    public static Vector512<float> ByFirst(Vector512<float> a, Vector512<float> b) => b;

    /// <inheritdoc/>
    public static Vector512<float> BySecond(Vector512<float> a, Vector512<float> b) => a;
}

/// <summary>The absolute difference; its derivative at 0 is that of a positive difference.</summary>
internal readonly struct CorrelationDifference : ICorrelationTerm
{
    /// <inheritdoc/>
    public static Vector512<float> Add(Vector512<float> sum, Vector512<float> a, Vector512<float> b) =>
        sum + Vector512.Abs(a - b);

    /// <inheritdoc/>
    public static Vector512<float> ByFirst(Vector512<float> a, Vector512<float> b) => Vector512.ConditionalSelect(
        Vector512.GreaterThanOrEqual(a, b), Vector512.Create(1f), Vector512.Create(-1f));

    /// <inheritdoc/>
    public static Vector512<float> BySecond(Vector512<float> a, Vector512<float> b) => -ByFirst(a, b);
}
