namespace Cnn.Campaigns.SolverRules;

/// <summary><c>h = q h + (1 - q) g^2; u = r g / (sqrt(h) + delta)</c>.</summary>
internal sealed class RmsPropRule(int count, double decayRate, double delta) : IPlainRule
{
    private RoundedVector h = RoundedVector.Zero(count);

    /// <inheritdoc/>
    public RoundedVector Step(RoundedVector gradient, RoundedVector weights, double rate, double decay, int step)
    {
        h = (h * decayRate) + (gradient * gradient * (1 - decayRate));
        return gradient * rate / (h.Sqrt() + delta);
    }
}
