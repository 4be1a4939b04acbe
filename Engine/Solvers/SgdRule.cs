using Cnn.Layers;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Stochastic gradient descent with momentum. The rate is inside the history, so a change of rate takes effect gradually,
/// as in Caffe.
/// </summary>
[SolverType("SGD")]
internal sealed class SgdRule : UpdateRule
{
    private readonly SolverParameter definition;

    /// <exception cref="CnnException">The momentum is negative.</exception>
    public SgdRule(SolverParameter definition, SourceMap sources)
    {
        this.definition = definition;
        SolverChecks.NotNegative(definition, sources, SolverParameter.MomentumFieldNumber, definition.Momentum);
    }

    /// <inheritdoc/>
    public override bool RestsAtRateZero => true;

    /// <inheritdoc/>
    public override void Update(
        Blob parameter, ReadOnlySpan<Blob> histories, in GradientStep step, int iteration, WorkerPool pool)
    {
        Run(new SgdStep(step.Rate, definition.Momentum), parameter, histories, step, pool);
    }
}
