using System.Runtime.Intrinsics;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>AdaDelta (Zeiler 2012); <c>momentum</c> is the decay rate of its two running means.</summary>
[SolverType("AdaDelta")]
internal sealed class AdaDelta : UpdateRule
{
    private readonly float momentum;
    private readonly float delta;

    /// <exception cref="CnnException">A value is out of range.</exception>
    public AdaDelta(SolverContext context)
    {
        (momentum, delta) = (context.Definition.Momentum, context.Definition.Delta);
        context.RequireShare(SolverParameter.MomentumFieldNumber, momentum);
        context.RequireNotNegative(SolverParameter.DeltaFieldNumber, delta);
    }

    /// <inheritdoc/>
    public override int HistoriesPerParameter => 2;

    /// <inheritdoc/>
    public override bool IsNeverNegative(int history) => true;

    /// <inheritdoc/>
    public override void Update(ParameterUpdate update) => update.Apply(new Step(update.Rate, momentum, delta));

    /// <summary>
    /// <c>h = momentum * h + (1 - momentum) * g^2; t = g * sqrt((s + delta) / (h + delta));
    /// s = momentum * s + (1 - momentum) * t^2</c>, step <c>rate * t</c>.
    /// </summary>
    /// <param name="Rate">The learning rate.</param>
    /// <param name="Momentum">The decay rate of both running means.</param>
    /// <param name="Delta">The term that keeps the denominator from 0.</param>
    internal readonly record struct Step(float Rate, float Momentum, float Delta) : IUpdateStep
    {
        /// <inheritdoc/>
        public Vector512<float> Advance(
            Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
        {
            var delta = Vector512.Create(Delta);
            first = (first * Momentum) + (gradient * gradient * (1 - Momentum));
            Vector512<float> change = gradient * Vector512.Sqrt((second + delta) / (first + delta));
            second = (second * Momentum) + (change * change * (1 - Momentum));
            return change * Rate;
        }
    }
}
