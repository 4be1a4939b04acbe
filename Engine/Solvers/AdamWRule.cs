using Cnn.Layers;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019): the decay shrinks the weight by
/// <c>rate * weight_decay * decay_mult</c> and has no part in the means. Beyond Caffe.
/// </summary>
[SolverType("AdamW")]
internal sealed class AdamWRule : UpdateRule
{
    private readonly SolverParameter definition;

    /// <exception cref="CnnException">A value is out of range.</exception>
    public AdamWRule(SolverParameter definition, SourceMap sources)
    {
        this.definition = definition;
        SolverChecks.OnlyL2(definition, sources);
        SolverChecks.Share(definition, sources, SolverParameter.MomentumFieldNumber, definition.Momentum);
        SolverChecks.Share(definition, sources, SolverParameter.Momentum2FieldNumber, definition.Momentum2);
        SolverChecks.NotNegative(definition, sources, SolverParameter.DeltaFieldNumber, definition.Delta);
    }

    /// <inheritdoc/>
    public override int HistoriesPerParameter => 2;

    /// <inheritdoc/>
    public override void Update(
        Blob parameter, ReadOnlySpan<Blob> histories, in GradientStep step, int iteration, WorkerPool pool)
    {
        double correction = Math.Sqrt(1 - Math.Pow(definition.Momentum2, iteration + 1))
            / (1 - Math.Pow(definition.Momentum, iteration + 1));
        var operation = new AdamStep(
            (float)(step.Rate * correction),
            definition.Momentum,
            definition.Momentum2,
            definition.Delta,
            step.Rate * step.Decay);
        Run(operation, parameter, histories, step with { Decay = 0 }, pool);
    }
}
