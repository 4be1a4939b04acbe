using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Layers;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;
using Serilog;

namespace Cnn.Engine.Solvers;

/// <summary>Scales gradients whose norm is too large down to the norm allowed.</summary>
/// <param name="limit">The largest norm, <c>clip_gradients</c>; below 0 for no limit.</param>
/// <param name="parameters">The parameters whose gradients are one vector.</param>
/// <param name="pool">The threads to compute with.</param>
/// <param name="log">Where a clipped gradient is reported; null for nowhere.</param>
internal sealed class GradientClipping(
    float limit, IReadOnlyList<LearnableParameter> parameters, WorkerPool pool, ILogger? log)
{
    /// <summary>
    /// The factor on all gradients. The norm is that of the gradients as accumulated, before they are divided by
    /// iter_size and before weight decay.
    /// </summary>
    /// <param name="frozen">The parameters that have no gradient.</param>
    public float Factor(ReadOnlySpan<bool> frozen)
    {
        if (limit < 0)
        {
            return 1;
        }

        double squares = 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            squares += frozen[i] ? 0 : SumOfSquares(parameters[i].Blob);
        }

        float norm = (float)Math.Sqrt(squares);
        if (!(norm > limit))
        {
            return 1;
        }

        float factor = limit / norm;
        log?.Information(
            "{Line:l}",
            $"Gradient clipping: scaling down gradients (L2 norm {CaffeNumber.Format(norm)} > "
            + $"{CaffeNumber.Format(limit)}) by scale factor {CaffeNumber.Format(factor)}");
        return factor;
    }

    private unsafe double SumOfSquares(Blob parameter)
    {
        float sum = 0;
        ReductionKernel.Forward(
            parameter.DiffPointer, &sum, 1, parameter.Count, ReductionKernel.Term.Square, 1, pool);
        return sum;
    }
}
