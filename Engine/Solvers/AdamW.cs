using System.Runtime.Intrinsics;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019): the decay shrinks the weight by
/// <c>rate * weight_decay * decay_mult</c> and does not enter the means. Caffe does not have this type.
/// </summary>
[SolverType("AdamW")]
internal sealed class AdamW : UpdateRule
{
    private readonly SolverParameter definition;

    /// <exception cref="CnnException">A value is out of range.</exception>
    public AdamW(SolverContext context)
    {
        definition = context.Definition;
        context.RequireL2();
        Adam.Check(context);
    }

    /// <inheritdoc/>
    public override int HistoriesPerParameter => 2;

    /// <inheritdoc/>
    public override bool IsNeverNegative(int history) => history == 1;

    /// <inheritdoc/>
    public override void Update(ParameterUpdate update) =>
        update.WithoutDecay().Apply(new Step(Adam.Step.At(definition, update), update.Rate * update.Decay));

    /// <summary>Adam's step, plus <c>shrink * w</c>.</summary>
    /// <param name="Plain">The step without decay.</param>
    /// <param name="Shrink">The fraction of the weight that the decay removes.</param>
    internal readonly record struct Step(Adam.Step Plain, float Shrink) : IUpdateStep
    {
        /// <inheritdoc/>
        public Vector512<float> Advance(
            Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
        {
            return Plain.Advance(gradient, weight, ref first, ref second) + (weight * Shrink);
        }
    }
}
