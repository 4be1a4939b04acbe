using Cnn.Layers;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>Adam (Kingma and Ba 2015), with <c>delta</c> outside the correction of the means, as in Caffe.</summary>
[SolverType("Adam")]
internal sealed class AdamRule : UpdateRule
{
    private readonly SolverParameter definition;

    /// <exception cref="CnnException">A value is out of range.</exception>
    public AdamRule(SolverParameter definition, SourceMap sources)
    {
        this.definition = definition;
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
            (float)(step.Rate * correction), definition.Momentum, definition.Momentum2, definition.Delta, Shrink: 0);
        Run(operation, parameter, histories, step, pool);
    }
}
