using Cnn.Layers;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>Nesterov's accelerated gradient, in the form of Sutskever and others (2013).</summary>
[SolverType("Nesterov")]
internal sealed class NesterovRule : UpdateRule
{
    private readonly SolverParameter definition;

    /// <exception cref="CnnException">The momentum is negative.</exception>
    public NesterovRule(SolverParameter definition, SourceMap sources)
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
        Run(new NesterovStep(step.Rate, definition.Momentum), parameter, histories, step, pool);
    }
}
