using System.Runtime.Intrinsics;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Stochastic gradient descent with momentum. The history includes the rate, so a change of rate takes effect
/// gradually, as in Caffe.
/// </summary>
[SolverType("SGD")]
internal sealed class Sgd : UpdateRule
{
    private readonly float momentum;

    /// <exception cref="CnnException">The momentum is negative.</exception>
    public Sgd(SolverContext context)
    {
        momentum = context.Definition.Momentum;
        context.RequireNotNegative(SolverParameter.MomentumFieldNumber, momentum);
    }

    /// <inheritdoc/>
    public override bool IsIdleAtRateZero => true;

    /// <inheritdoc/>
    public override void Update(ParameterUpdate update) => update.Apply(new Step(update.Rate, momentum));

    /// <summary><c>v = momentum * v + rate * g</c>, step <c>v</c>.</summary>
    /// <param name="Rate">The learning rate.</param>
    /// <param name="Momentum">The factor on the history.</param>
    internal readonly record struct Step(float Rate, float Momentum) : IUpdateStep
    {
        /// <inheritdoc/>
        public Vector512<float> Advance(
            Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
        {
            first = (first * Momentum) + (gradient * Rate);
            return first;
        }
    }
}
