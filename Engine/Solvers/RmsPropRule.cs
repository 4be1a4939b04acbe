using Cnn.Layers;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>RMSProp (Tieleman and Hinton 2012): AdaGrad that forgets.</summary>
[SolverType("RMSProp")]
internal sealed class RmsPropRule : UpdateRule
{
    private readonly SolverParameter definition;

    /// <exception cref="CnnException">A value is out of range.</exception>
    public RmsPropRule(SolverParameter definition, SourceMap sources)
    {
        this.definition = definition;
        SolverChecks.NoMomentum(definition, sources);
        SolverChecks.NotNegative(definition, sources, SolverParameter.DeltaFieldNumber, definition.Delta);
        SolverChecks.Share(definition, sources, SolverParameter.RmsDecayFieldNumber, definition.RmsDecay);
    }

    /// <inheritdoc/>
    public override void Update(
        Blob parameter, ReadOnlySpan<Blob> histories, in GradientStep step, int iteration, WorkerPool pool)
    {
        Run(new RmsPropStep(step.Rate, definition.RmsDecay, definition.Delta), parameter, histories, step, pool);
    }
}
