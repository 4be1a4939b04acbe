namespace Cnn.Campaigns.SolverRules;

/// <summary><c>v = mu v + r g; u = v</c>.</summary>
internal sealed class SgdRule(int count, double momentum) : IPlainRule
{
    private RoundedVector v = RoundedVector.Zero(count);

    /// <inheritdoc/>
    public RoundedVector Step(RoundedVector gradient, RoundedVector weights, double rate, double decay, int step) =>
        v = (v * momentum) + (gradient * rate);
}
