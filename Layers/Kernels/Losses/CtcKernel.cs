using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// Connectionist temporal classification: <c>-log p(labels)</c>, where each step draws a symbol from a softmax and the
/// labels are what is left when runs of a symbol become one and blanks are taken out. From Graves et al.,
/// "Connectionist temporal classification", ICML 2006, equations 6 to 16. An item whose labels need more steps than
/// there are costs nothing, as in Baidu's implementation.
/// </summary>
internal static unsafe class CtcKernel
{
    /// <summary>Computes the sum of the items' losses.</summary>
    public static double Sum(in CtcBatch batch, WorkerPool pool)
    {
        batch.Require();
        double* losses = (double*)pool.Scratch(0, ScratchSlot.Partials, 2L * batch.Items);
        var job = new LossJob(batch, losses, pool);
        pool.Run(batch.Items, ref job);
        double sum = 0;
        for (int item = 0; item < batch.Items; item++)
        {
            sum += losses[item];
        }

        return sum;
    }

    /// <summary>
    /// Computes the gradient of the sum with respect to the scores, <c>dx = (p - share) scale</c>, where share is the
    /// part of the paths that draw the symbol at the step.
    /// </summary>
    public static void Gradient(in CtcBatch batch, float* dx, float scale, WorkerPool pool)
    {
        batch.Require();
        KernelGuard.Array(dx, batch.Steps, batch.Items, batch.Symbols);
        var job = new GradientJob(batch, dx, scale, pool);
        pool.Run(batch.Items, ref job);
    }

    private static CtcPaths Paths(in CtcBatch batch, int item, int worker, WorkerPool pool) =>
        new(batch, item, (double*)pool.Scratch(worker, ScratchSlot.Layer, 2 * CtcPaths.Doubles(batch)));

    private readonly struct LossJob(CtcBatch batch, double* losses, WorkerPool pool) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            double total = Paths(batch, part, worker, pool).Forward();
            losses[part] = double.IsNegativeInfinity(total) ? 0 : -total;
        }
    }

    private readonly struct GradientJob(CtcBatch batch, float* dx, float scale, WorkerPool pool) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            CtcPaths paths = Paths(batch, part, worker, pool);
            double total = paths.Forward();
            long first = (long)part * batch.Symbols, step = (long)batch.Items * batch.Symbols;
            for (int t = 0; t < batch.Steps; t++)
            {
                float* from = batch.Probabilities + first + (t * step), to = dx + first + (t * step);
                for (int c = 0; c < batch.Symbols; c++)
                {
                    to[c] = double.IsNegativeInfinity(total) ? 0 : from[c] * scale;
                }
            }

            if (!double.IsNegativeInfinity(total))
            {
                paths.TakeShares(dx + first, scale, total);
            }
        }
    }
}
