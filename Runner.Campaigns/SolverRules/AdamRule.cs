namespace Cnn.Campaigns.SolverRules;

/// <summary>
/// <c>m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; u = r sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + delta)</c>; with
/// decoupled decay <c>u = ... + r d w</c>.
/// </summary>
internal sealed class AdamRule(int count, double first, double second, double delta, bool isDecoupled) : IPlainRule
{
    private RoundedVector m = RoundedVector.Zero(count);
    private RoundedVector v = RoundedVector.Zero(count);

    /// <inheritdoc/>
    public bool AddsDecayToGradient => !isDecoupled;

    /// <inheritdoc/>
    public RoundedVector Step(RoundedVector gradient, RoundedVector weights, double rate, double decay, int step)
    {
        m = (m * first) + (gradient * (1 - first));
        v = (v * second) + (gradient * gradient * (1 - second));
        double corrected = rate * Math.Sqrt(1 - Math.Pow(second, step)) / (1 - Math.Pow(first, step));
        RoundedVector u = m * corrected / (v.Sqrt() + delta);
        return isDecoupled ? u + (weights * (rate * decay)) : u;
    }
}
