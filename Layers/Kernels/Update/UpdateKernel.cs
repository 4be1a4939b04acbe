using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Update;

/// <summary>
/// Updates weights in one pass over memory: <c>g = step.Gradient(diff, w); u = operation(g, w, histories); w -= u</c>,
/// and <c>diff = u</c> if <see cref="GradientStep.KeepsStep"/> is set. Every value is computed independently, so the
/// result is bit-identical for any number of parts and any vector width.
/// </summary>
internal static unsafe class UpdateKernel
{
    /// <summary>Updates <paramref name="count"/> weights.</summary>
    /// <param name="operation">The rule.</param>
    /// <param name="weights">The values.</param>
    /// <param name="diffs">The gradients; overwritten with the steps if <paramref name="step"/> keeps them.</param>
    /// <param name="first">The rule's history; null if it has none.</param>
    /// <param name="second">The rule's second history; null if it has none.</param>
    /// <param name="count">Number of weights.</param>
    /// <param name="step">Scale and decay of the gradients.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Run<T>(
        T operation,
        float* weights,
        float* diffs,
        float* first,
        float* second,
        int count,
        in GradientStep step,
        WorkerPool pool)
        where T : struct, IUpdateOperation
    {
        var job = new Job<T>(operation, weights, diffs, first, second, count, step);
        pool.Run(ElementParts.Count(count), ref job);
    }

    private readonly struct Job<T>(
        T operation, float* weights, float* diffs, float* first, float* second, int count, GradientStep step)
        : IParallelJob
        where T : struct, IUpdateOperation
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Update(weights + i, diffs + i, At(first, i), At(second, i));
            }

            if (i < end)
            {
                UpdateTail(i, end - i);
            }
        }

        private void Update(float* w, float* g, float* h, float* s)
        {
            var weight = Vector512.Load(w);
            Vector512<float> one = h == null ? Vector512<float>.Zero : Vector512.Load(h);
            Vector512<float> two = s == null ? Vector512<float>.Zero : Vector512.Load(s);
            Vector512<float> u = operation.Advance(step.Gradient(Vector512.Load(g), weight), weight, ref one, ref two);
            if (h != null)
            {
                one.Store(h);
            }

            if (s != null)
            {
                two.Store(s);
            }

            if (step.KeepsStep)
            {
                u.Store(g);
            }

            (weight - u).Store(w);
        }

        // Updates the tail, padded to whole vectors in a buffer.
        private void UpdateTail(int start, int tail)
        {
            const int Lanes = 16;
            float* w = stackalloc float[4 * Lanes];
            float* g = w + Lanes, h = g + Lanes, s = h + Lanes;
            new Span<float>(w, 4 * Lanes).Clear();
            Copy(weights + start, w, tail);
            Copy(diffs + start, g, tail);
            Copy(At(first, start), h, tail);
            Copy(At(second, start), s, tail);
            Update(w, g, h, s);
            Copy(w, weights + start, tail);
            Copy(g, diffs + start, tail);
            Copy(h, At(first, start), tail);
            Copy(s, At(second, start), tail);
        }

        private static float* At(float* histories, int start) => histories == null ? null : histories + start;

        // Copies nothing if the history is missing.
        private static void Copy(float* from, float* to, int count)
        {
            if (from != null && to != null)
            {
                new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
            }
        }
    }
}
