using Cnn.Proto;

namespace Cnn.Campaigns.SolverRules;

/// <summary>Makes the plain rule of a solver type.</summary>
internal static class PlainRules
{
    /// <summary>Makes the rule for a parameter.</summary>
    /// <exception cref="NotSupportedException">Nobody has written down the rule of this type.</exception>
    public static IPlainRule Create(SolverParameter solver, int count) => solver.Type switch
    {
        "SGD" => new SgdRule(count, solver.Momentum),
        "Nesterov" => new NesterovRule(count, solver.Momentum),
        "AdaGrad" => new AdaGradRule(count, solver.Delta),
        "RMSProp" => new RmsPropRule(count, solver.RmsDecay, solver.Delta),
        "AdaDelta" => new AdaDeltaRule(count, solver.Momentum, solver.Delta),
        "Adam" => new AdamRule(count, solver.Momentum, solver.Momentum2, solver.Delta, isDecoupled: false),
        "AdamW" => new AdamRule(count, solver.Momentum, solver.Momentum2, solver.Delta, isDecoupled: true),
        _ => throw new NotSupportedException($"the solver type {solver.Type} has no plain rule to compare with"),
    };
}
