using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Layers;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;
using Serilog;

namespace Cnn.Engine.Solvers;

/// <summary>Scales gradients whose norm is too large down to the largest norm allowed.</summary>
/// <param name="limit">The largest norm, <c>clip_gradients</c>; below 0 for no limit.</param>
/// <param name="parameters">The parameters, whose gradients together form one vector.</param>
/// <param name="pool">The threads to compute with.</param>
/// <param name="log">Receives a line for each clipping; null for none.</param>
internal sealed class GradientClipping(
    float limit, IReadOnlyList<LearnableParameter> parameters, WorkerPool pool, ILogger? log)
{
    /// <summary>
    /// Returns the factor on all gradients. The norm is that of the accumulated gradients, before the division by
    /// iter_size and before weight decay.
    /// </summary>
    /// <param name="frozen">Which parameters are frozen and have no gradient.</param>
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
