using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <content>Element-wise operations: all spans have the same length, and y may be an operand.</content>
public sealed unsafe partial class LayerMath
{
    /// <summary>Computes <c>y = a + b</c>.</summary>
    /// <exception cref="CnnException">
    /// The lengths differ, or y overlaps an operand without being the same span.
    /// </exception>
    public void Add(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Run(new WeightedSum(1, 1), nameof(Add), a, b, y);

    /// <summary>Computes <c>y = a - b</c>.</summary>
    /// <exception cref="CnnException">
    /// The lengths differ, or y overlaps an operand without being the same span.
    /// </exception>
    public void Subtract(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Run(new WeightedSum(1, -1), nameof(Subtract), a, b, y);

    /// <summary>Computes <c>y = alpha a + beta b</c>.</summary>
    /// <exception cref="CnnException">
    /// The lengths differ, or y overlaps an operand without being the same span.
    /// </exception>
    public void AddScaled(float alpha, ReadOnlySpan<float> a, float beta, ReadOnlySpan<float> b, Span<float> y) =>
        Run(new WeightedSum(alpha, beta), nameof(AddScaled), a, b, y);

    /// <summary>Computes <c>y = a b</c>, value by value.</summary>
    /// <exception cref="CnnException">
    /// The lengths differ, or y overlaps an operand without being the same span.
    /// </exception>
    public void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Run(default(Multiply), nameof(Multiply), a, b, y);

    /// <summary>Computes <c>y = a / b</c>, value by value, by the rules of IEEE 754 where b is 0.</summary>
    /// <exception cref="CnnException">
    /// The lengths differ, or y overlaps an operand without being the same span.
    /// </exception>
    public void Divide(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) =>
        Run(default(Divide), nameof(Divide), a, b, y);

    /// <summary>Computes <c>y = factor x</c>.</summary>
    /// <exception cref="CnnException">The lengths differ, or y overlaps x without being the same span.</exception>
    public void Scale(float factor, ReadOnlySpan<float> x, Span<float> y) =>
        Run(new Multiple(factor), nameof(Scale), x, x, y);

    /// <summary>Computes <c>y = e^x</c>.</summary>
    /// <exception cref="CnnException">The lengths differ, or y overlaps x without being the same span.</exception>
    public void Exp(ReadOnlySpan<float> x, Span<float> y) => Run(default(ExpOfFirst), nameof(Exp), x, x, y);

    /// <summary>Computes <c>y = ln x</c>; NaN below 0.</summary>
    /// <exception cref="CnnException">The lengths differ, or y overlaps x without being the same span.</exception>
    public void Log(ReadOnlySpan<float> x, Span<float> y) => Run(default(LogOfFirst), nameof(Log), x, x, y);

    /// <summary>Computes <c>y = tanh x</c>.</summary>
    /// <exception cref="CnnException">The lengths differ, or y overlaps x without being the same span.</exception>
    public void Tanh(ReadOnlySpan<float> x, Span<float> y) => Run(default(TanhOfFirst), nameof(Tanh), x, x, y);

    /// <summary>Computes <c>y = 1 / (1 + e^-x)</c>.</summary>
    /// <exception cref="CnnException">The lengths differ, or y overlaps x without being the same span.</exception>
    public void Sigmoid(ReadOnlySpan<float> x, Span<float> y) => Run(default(SigmoidOfFirst), nameof(Sigmoid), x, x, y);

    /// <summary>Computes <c>y = x^power</c>; NaN where x is negative and the power is not an integer.</summary>
    /// <exception cref="CnnException">The lengths differ, or y overlaps x without being the same span.</exception>
    public void Pow(ReadOnlySpan<float> x, float power, Span<float> y) =>
        Run(new PowerOfFirst(power), nameof(Pow), x, x, y);

    private void Run<T>(T operation, string call, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
        where T : struct, IBinaryOperation
    {
        RequireLength(call, "the second", b.Length, a.Length);
        RequireTarget(call, a, y);
        RequireTarget(call, b, y);
        fixed (float* pa = a, pb = b, py = y)
        {
            EltwiseKernel.Run(operation, pa, pb, py, y.Length, pool);
        }
    }

    private void RequireTarget(string call, ReadOnlySpan<float> operand, Span<float> y)
    {
        RequireLength(call, "the result", y.Length, operand.Length);
        if (operand.Overlaps(y, out int offset) && offset != 0)
        {
            string where = offset > 0 ? "behind" : "before";
            throw context.Error(
                $"{call}: the result begins {Math.Abs(offset)} values {where} an operand's first",
                "it may be an operand, or lie apart from it");
        }
    }
}
