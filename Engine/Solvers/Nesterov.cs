using System.Runtime.Intrinsics;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>Nesterov's accelerated gradient, in the form of Sutskever et al. (2013).</summary>
[SolverType("Nesterov")]
internal sealed class Nesterov : UpdateRule
{
    private readonly float momentum;

    /// <exception cref="CnnException">The momentum is negative.</exception>
    public Nesterov(SolverContext context)
    {
        momentum = context.Definition.Momentum;
        context.RequireNotNegative(SolverParameter.MomentumFieldNumber, momentum);
    }

    /// <inheritdoc/>
    public override bool IsIdleAtRateZero => true;

    /// <inheritdoc/>
    public override void Update(ParameterUpdate update) => update.Apply(new Step(update.Rate, momentum));

    /// <summary>
    /// <c>v' = momentum * v + rate * g</c>, step <c>(1 + momentum) * v' - momentum * v</c>.
    /// </summary>
    /// <param name="Rate">The learning rate.</param>
    /// <param name="Momentum">The factor on the history.</param>
    internal readonly record struct Step(float Rate, float Momentum) : IUpdateStep
    {
        /// <inheritdoc/>
        public Vector512<float> Advance(
            Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
        {
            Vector512<float> before = first;
            first = (first * Momentum) + (gradient * Rate);
            return (first * (1 + Momentum)) - (before * Momentum);
        }
    }
}
