using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// The one-versus-all hinge loss of scores x [items, classes]: <c>m_k = max(0, 1 - t_k x_k)</c>, where t is 1 at the
/// label and -1 elsewhere.
/// </summary>
internal static unsafe class HingeKernel
{
    /// <summary>Computes the sum of the margins, or of their squares.</summary>
    public static double Sum(float* x, int* labels, int items, int classes, bool squared, WorkerPool pool)
    {
        KernelGuard.Array(x, items, classes);
        KernelGuard.Array(labels, items);
        var parts = new PositionParts(items, 1, classes);
        return FixedOrderSum.Run(new MarginSum(parts, x, labels, classes, squared), parts.Count, pool);
    }

    /// <summary>Computes <c>dx_k = -t_k sign(m_k) scale</c>, or <c>-2 t_k m_k scale</c> for the squares.</summary>
    public static void Gradient(
        float* x, int* labels, float* dx, int items, int classes, bool squared, float scale, WorkerPool pool)
    {
        KernelGuard.Array(x, items, classes);
        KernelGuard.Array(labels, items);
        KernelGuard.Array(dx, items, classes);
        KernelGuard.SameOrApart(x, dx, (long)items * classes);
        var parts = new PositionParts(items, 1, classes);
        var job = new GradientJob(parts, x, labels, dx, classes, squared, scale);
        pool.Run(parts.Count, ref job);
    }

    // The signs -t of sixteen classes from k on.
    private static Vector512<float> Signs(int k, int label) => Vector512.ConditionalSelect(
        Vector512.Equals(Vector512.Create(label - k), Vector512<int>.Indices).AsSingle(),
        Vector512.Create(-1f),
        Vector512<float>.One);

    private static Vector512<float> Margins(Vector512<float> values, Vector512<float> signs) =>
        Vector512.Max(Vector512<float>.Zero, Vector512<float>.One + (signs * values));

    private readonly struct MarginSum(
        PositionParts parts, float* x, int* labels, int classes, bool squared) : IPartialSum
    {
        public double Sum(int part)
        {
            var (item, endItem, start, end) = parts.Block(part);
            WideSum sum = default;
            for (; item < endItem; item++)
            {
                float* row = x + ((long)item * classes);
                int label = labels[item], k = start;
                for (; k <= end - Lanes.Width; k += Lanes.Width)
                {
                    Add(Margins(Vector512.Load(row + k), Signs(k, label)), ref sum);
                }

                if (k < end)
                {
                    Vector512<float> margins = Margins(Lanes.Load(row + k, end - k), Signs(k, label));
                    Add(Lanes.First(margins, end - k), ref sum);
                }
            }

            return sum.Total;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Add(Vector512<float> margins, ref WideSum sum)
        {
            if (squared)
            {
                sum.AddSquares(margins);
            }
            else
            {
                sum.Add(margins);
            }
        }
    }

    private readonly struct GradientJob(
        PositionParts parts, float* x, int* labels, float* dx, int classes, bool squared, float scale) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (item, endItem, start, end) = parts.Block(part);
            for (; item < endItem; item++)
            {
                float* row = x + ((long)item * classes), to = dx + ((long)item * classes);
                int label = labels[item], k = start;
                for (; k <= end - Lanes.Width; k += Lanes.Width)
                {
                    Slopes(Vector512.Load(row + k), Signs(k, label)).Store(to + k);
                }

                if (k < end)
                {
                    Lanes.Store(Slopes(Lanes.Load(row + k, end - k), Signs(k, label)), to + k, end - k);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Slopes(Vector512<float> values, Vector512<float> signs)
        {
            Vector512<float> margins = Margins(values, signs);
            Vector512<float> sizes = squared
                ? margins + margins
                : Vector512.GreaterThan(margins, Vector512<float>.Zero) & Vector512<float>.One;
            return signs * sizes * scale;
        }
    }
}
