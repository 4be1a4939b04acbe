namespace Cnn.Campaigns.SolverRules;

/// <summary><c>h = h + g^2; u = r g / (sqrt(h) + delta)</c>.</summary>
internal sealed class AdaGradRule(int count, double delta) : IPlainRule
{
    private RoundedVector h = RoundedVector.Zero(count);

    /// <inheritdoc/>
    public RoundedVector Step(RoundedVector gradient, RoundedVector weights, double rate, double decay, int step)
    {
        h += gradient * gradient;
        return gradient * rate / (h.Sqrt() + delta);
    }
}
