using Cnn.Layers;
using Cnn.Layers.Kernels.Threading;
using Cnn.Layers.Kernels.Update;
using Cnn.Proto;

namespace Cnn.Runner.Solvers;

/// <summary>
/// Stochastic gradient descent with momentum: <c>v = momentum * v + rate * g</c>, step <c>v</c>. The rate is inside the
/// history, so a change of rate takes effect gradually, as in Caffe.
/// </summary>
[SolverType("SGD")]
internal sealed class SgdRule(SolverParameter definition) : UpdateRule
{
    public override unsafe void Update(
        Blob parameter, ReadOnlySpan<Blob> histories, in GradientStep step, int iteration, WorkerPool pool) =>
        SgdUpdate.Run(
            parameter.DataPointer,
            parameter.DiffPointer,
            histories[0].DataPointer,
            parameter.Count,
            step,
            definition.Momentum,
            pool);
}
