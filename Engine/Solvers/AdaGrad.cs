using System.Runtime.Intrinsics;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>AdaGrad (Duchi, Hazan and Singer 2011): each weight has its own learning rate, which only falls.</summary>
[SolverType("AdaGrad")]
internal sealed class AdaGrad : UpdateRule
{
    private readonly float delta;

    /// <exception cref="CnnException">A value is out of range.</exception>
    public AdaGrad(SolverContext context)
    {
        delta = context.Definition.Delta;
        context.RequireNoMomentum();
        context.RequireNotNegative(SolverParameter.DeltaFieldNumber, delta);
    }

    /// <inheritdoc/>
    public override bool IsNeverNegative(int history) => true;

    /// <inheritdoc/>
    public override void Update(ParameterUpdate update) => update.Apply(new Step(update.Rate, delta));

    /// <summary><c>h += g^2</c>, step <c>rate * g / (sqrt(h) + delta)</c>.</summary>
    /// <param name="Rate">The learning rate.</param>
    /// <param name="Delta">The term that keeps the denominator from 0.</param>
    internal readonly record struct Step(float Rate, float Delta) : IUpdateStep
    {
        /// <inheritdoc/>
        public Vector512<float> Advance(
            Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
        {
            first += gradient * gradient;
            return gradient * Rate / (Vector512.Sqrt(first) + Vector512.Create(Delta));
        }
    }
}
