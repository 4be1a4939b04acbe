using Cnn.Layers;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>AdaGrad (Duchi, Hazan and Singer 2011): a rate of its own for each weight, which only falls.</summary>
[SolverType("AdaGrad")]
internal sealed class AdaGradRule : UpdateRule
{
    private readonly SolverParameter definition;

    /// <exception cref="CnnException">A value is out of range.</exception>
    public AdaGradRule(SolverParameter definition, SourceMap sources)
    {
        this.definition = definition;
        SolverChecks.NoMomentum(definition, sources);
        SolverChecks.NotNegative(definition, sources, SolverParameter.DeltaFieldNumber, definition.Delta);
    }

    /// <inheritdoc/>
    public override void Update(
        Blob parameter, ReadOnlySpan<Blob> histories, in GradientStep step, int iteration, WorkerPool pool)
    {
        Run(new AdaGradStep(step.Rate, definition.Delta), parameter, histories, step, pool);
    }
}
