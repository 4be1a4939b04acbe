using System.Runtime.Intrinsics;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Adam (Kingma and Ba 2015), with <c>delta</c> outside the bias correction of the means, as in Caffe.
/// </summary>
[SolverType("Adam")]
internal sealed class Adam : UpdateRule
{
    private readonly SolverParameter definition;

    /// <exception cref="CnnException">A value is out of range.</exception>
    public Adam(SolverContext context)
    {
        definition = context.Definition;
        Check(context);
    }

    /// <inheritdoc/>
    public override int HistoriesPerParameter => 2;

    /// <inheritdoc/>
    public override bool IsNeverNegative(int history) => history == 1;

    /// <inheritdoc/>
    public override void Update(ParameterUpdate update) => update.Apply(Step.At(definition, update));

    /// <summary>Checks the fields that Adam and its variants read.</summary>
    /// <exception cref="CnnException">A value is out of range.</exception>
    internal static void Check(SolverContext context)
    {
        context.RequireShare(SolverParameter.MomentumFieldNumber, context.Definition.Momentum);
        context.RequireShare(SolverParameter.Momentum2FieldNumber, context.Definition.Momentum2);
        context.RequireNotNegative(SolverParameter.DeltaFieldNumber, context.Definition.Delta);
    }

    /// <summary>
    /// <c>m = momentum * m + (1 - momentum) * g; v = momentum2 * v + (1 - momentum2) * g^2</c>, step
    /// <c>rate * m / (sqrt(v) + delta)</c>.
    /// </summary>
    /// <param name="Rate">The learning rate with the bias correction of both means, which start at 0.</param>
    /// <param name="Momentum">The decay rate of the mean gradient.</param>
    /// <param name="Momentum2">The decay rate of the mean square.</param>
    /// <param name="Delta">The term that keeps the denominator from 0.</param>
    internal readonly record struct Step(float Rate, float Momentum, float Momentum2, float Delta) : IUpdateStep
    {
        /// <summary>
        /// Returns the step of iteration t, from 1: its rate has the factor <c>sqrt(1 - momentum2^t) / (1 -
        /// momentum^t)</c>.
        /// </summary>
        public static Step At(SolverParameter definition, in ParameterUpdate update)
        {
            double correction = Math.Sqrt(1 - Math.Pow(definition.Momentum2, update.Iteration + 1))
                / (1 - Math.Pow(definition.Momentum, update.Iteration + 1));
            return new Step(
                (float)(update.Rate * correction), definition.Momentum, definition.Momentum2, definition.Delta);
        }

        /// <inheritdoc/>
        public Vector512<float> Advance(
            Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
        {
            first = (first * Momentum) + (gradient * (1 - Momentum));
            second = (second * Momentum2) + (gradient * gradient * (1 - Momentum2));
            return first * Rate / (Vector512.Sqrt(second) + Vector512.Create(Delta));
        }
    }
}
