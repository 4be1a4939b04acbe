using System.Runtime.Intrinsics;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>RMSProp (Tieleman and Hinton 2012): AdaGrad with a decaying mean of the squares.</summary>
[SolverType("RMSProp")]
internal sealed class RmsProp : UpdateRule
{
    private readonly float decay;
    private readonly float delta;

    /// <exception cref="CnnException">A value is out of range.</exception>
    public RmsProp(SolverContext context)
    {
        (decay, delta) = (context.Definition.RmsDecay, context.Definition.Delta);
        context.RequireNoMomentum();
        context.RequireNotNegative(SolverParameter.DeltaFieldNumber, delta);
        context.RequireShare(SolverParameter.RmsDecayFieldNumber, decay);
    }

    /// <inheritdoc/>
    public override bool IsNeverNegative(int history) => true;

    /// <inheritdoc/>
    public override void Update(ParameterUpdate update) => update.Apply(new Step(update.Rate, decay, delta));

    /// <summary>
    /// <c>h = decay * h + (1 - decay) * g^2</c>, step <c>rate * g / (sqrt(h) + delta)</c>.
    /// </summary>
    /// <param name="Rate">The learning rate.</param>
    /// <param name="Decay">The decay rate of the mean square.</param>
    /// <param name="Delta">The term that keeps the denominator from 0.</param>
    internal readonly record struct Step(float Rate, float Decay, float Delta) : IUpdateStep
    {
        /// <inheritdoc/>
        public Vector512<float> Advance(
            Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
        {
            first = (first * Decay) + (gradient * gradient * (1 - Decay));
            return gradient * Rate / (Vector512.Sqrt(first) + Vector512.Create(Delta));
        }
    }
}
