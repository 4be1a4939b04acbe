using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels.Update;

/// <summary>
/// The momentum update in one pass over memory: <c>g = step.Gradient(diff, w); v = momentum * v + rate * g; w -= v;
/// diff = v</c>. Every value is computed alone, so parts and vector widths do not change a bit of it.
/// </summary>
public static unsafe class SgdUpdate
{
    /// <summary>Updates <paramref name="count"/> weights.</summary>
    /// <param name="weights">The values, 64-byte aligned.</param>
    /// <param name="diffs">The gradients; the steps afterwards.</param>
    /// <param name="history">The momentum's history.</param>
    /// <param name="count">How many.</param>
    /// <param name="step">Scale, decay and rate.</param>
    /// <param name="momentum">The factor on the history.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Run(
        float* weights, float* diffs, float* history, int count, in GradientStep step, float momentum, WorkerPool pool)
    {
        var job = new Job(weights, diffs, history, count, step, momentum);
        pool.Run(ElementParts.Count(count), ref job);
    }

    /// <summary>The same, one value after another.</summary>
    public static void RunReference(
        float* weights, float* diffs, float* history, int count, in GradientStep step, float momentum)
    {
        for (int i = 0; i < count; i++)
        {
            float v = (history[i] * momentum) + (step.Gradient(diffs[i], weights[i]) * step.Rate);
            history[i] = v;
            diffs[i] = v;
            weights[i] -= v;
        }
    }

    private readonly struct Job(
        float* weights, float* diffs, float* history, int count, GradientStep step, float momentum) : IParts
    {
        public void Run(int part, int worker)
        {
            var (start, end) = ElementParts.Range(part, count);
            int i = start;
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> w = Vector512.Load(weights + i);
                Vector512<float> g = step.Gradient(Vector512.Load(diffs + i), w);
                Vector512<float> v = (Vector512.Load(history + i) * momentum) + (g * step.Rate);
                v.Store(history + i);
                v.Store(diffs + i);
                (w - v).Store(weights + i);
            }

            RunReference(weights + i, diffs + i, history + i, end - i, step, momentum);
        }
    }
}
