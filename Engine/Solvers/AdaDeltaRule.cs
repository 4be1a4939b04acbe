using Cnn.Layers;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>AdaDelta (Zeiler 2012); <c>momentum</c> is the share of its two means that is kept.</summary>
[SolverType("AdaDelta")]
internal sealed class AdaDeltaRule : UpdateRule
{
    private readonly SolverParameter definition;

    /// <exception cref="CnnException">A value is out of range.</exception>
    public AdaDeltaRule(SolverParameter definition, SourceMap sources)
    {
        this.definition = definition;
        SolverChecks.Share(definition, sources, SolverParameter.MomentumFieldNumber, definition.Momentum);
        SolverChecks.NotNegative(definition, sources, SolverParameter.DeltaFieldNumber, definition.Delta);
    }

    /// <inheritdoc/>
    public override int HistoriesPerParameter => 2;

    /// <inheritdoc/>
    public override void Update(
        Blob parameter, ReadOnlySpan<Blob> histories, in GradientStep step, int iteration, WorkerPool pool)
    {
        Run(new AdaDeltaStep(step.Rate, definition.Momentum, definition.Delta), parameter, histories, step, pool);
    }
}
