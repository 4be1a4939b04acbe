namespace Cnn.Campaigns.SolverRules;

/// <summary>
/// <c>h = mu h + (1 - mu) g^2; t = g sqrt((s + delta) / (h + delta)); s = mu s + (1 - mu) t^2; u = r t</c>.
/// </summary>
internal sealed class AdaDeltaRule(int count, double momentum, double delta) : IPlainRule
{
    private RoundedVector h = RoundedVector.Zero(count);
    private RoundedVector s = RoundedVector.Zero(count);

    /// <inheritdoc/>
    public RoundedVector Step(RoundedVector gradient, RoundedVector weights, double rate, double decay, int step)
    {
        h = (h * momentum) + (gradient * gradient * (1 - momentum));
        RoundedVector t = gradient * ((s + delta) / (h + delta)).Sqrt();
        s = (s * momentum) + (t * t * (1 - momentum));
        return t * rate;
    }
}
