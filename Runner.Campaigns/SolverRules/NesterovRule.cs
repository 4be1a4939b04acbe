namespace Cnn.Campaigns.SolverRules;

/// <summary><c>p = v; v = mu v + r g; u = (1 + mu) v - mu p</c>.</summary>
internal sealed class NesterovRule(int count, double momentum) : IPlainRule
{
    private RoundedVector v = RoundedVector.Zero(count);

    /// <inheritdoc/>
    public RoundedVector Step(RoundedVector gradient, RoundedVector weights, double rate, double decay, int step)
    {
        RoundedVector before = v;
        v = (v * momentum) + (gradient * rate);
        return (v * (1 + momentum)) - (before * momentum);
    }
}
