using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>
/// One class against all others over scores x [items, classes]: <c>m_k = max(0, 1 - t_k x_k)</c>, t = 1 at the label
/// and -1 elsewhere.
/// </summary>
internal static unsafe class HingeKernel
{
    /// <summary>The sum of the margins, or of their squares.</summary>
    public static double Sum(float* x, int* labels, int items, int classes, bool squared, WorkerPool pool)
    {
        var parts = new PositionParts(items, 1, classes);
        return FixedOrderSum.Run(new MarginSum(parts, x, labels, classes, squared), parts.Count, pool);
    }

    /// <summary><c>dx_k = -t_k sign(m_k) scale</c>, or <c>-2 t_k m_k scale</c> of the squares.</summary>
    public static void Gradient(
        float* x, int* labels, float* dx, int items, int classes, bool squared, float scale, WorkerPool pool)
    {
        var parts = new PositionParts(items, 1, classes);
        var job = new GradientJob(parts, x, labels, dx, classes, squared, scale);
        pool.Run(parts.Count, ref job);
    }

    // The signs -t of sixteen classes from k on.
    private static Vector512<float> Signs(int k, int label) => Vector512.ConditionalSelect(
        Vector512.Equals(Vector512.Create(label - k), Vector512<int>.Indices).AsSingle(),
        Vector512.Create(-1f),
        Vector512<float>.One);

    private readonly struct MarginSum(PositionParts parts, float* x, int* labels, int classes, bool squared) : IPartSum
    {
        public double Sum(int part)
        {
            var (item, endItem, start, end) = parts.Block(part);
            WideSum sum = default;
            double rest = 0;
            for (; item < endItem; item++)
            {
                float* row = x + ((long)item * classes);
                int label = labels[item], k = start;
                for (; k <= end - Vector512<float>.Count; k += Vector512<float>.Count)
                {
                    Vector512<float> margin = Vector512.Max(
                        Vector512<float>.Zero, Vector512<float>.One + (Signs(k, label) * Vector512.Load(row + k)));
                    if (squared)
                    {
                        sum.AddSquares(margin);
                    }
                    else
                    {
                        sum.Add(margin);
                    }
                }

                for (; k < end; k++)
                {
                    double margin = MathF.Max(0, 1 + (k == label ? -row[k] : row[k]));
                    rest += squared ? margin * margin : margin;
                }
            }

            return sum.Total + rest;
        }
    }

    private readonly struct GradientJob(
        PositionParts parts, float* x, int* labels, float* dx, int classes, bool squared, float scale) : IParts
    {
        public void Run(int part, int worker)
        {
            var (item, endItem, start, end) = parts.Block(part);
            for (; item < endItem; item++)
            {
                float* row = x + ((long)item * classes), to = dx + ((long)item * classes);
                int label = labels[item], k = start;
                for (; k <= end - Vector512<float>.Count; k += Vector512<float>.Count)
                {
                    Vector512<float> sign = Signs(k, label);
                    Vector512<float> margin = Vector512.Max(
                        Vector512<float>.Zero, Vector512<float>.One + (sign * Vector512.Load(row + k)));
                    Vector512<float> size = squared
                        ? margin + margin
                        : Vector512.GreaterThan(margin, Vector512<float>.Zero).AsSingle() & Vector512<float>.One;
                    (sign * size * scale).Store(to + k);
                }

                for (; k < end; k++)
                {
                    float sign = k == label ? -1 : 1, margin = MathF.Max(0, 1 + (sign * row[k]));
                    to[k] = sign * (squared ? 2 * margin : margin > 0 ? 1 : 0) * scale;
                }
            }
        }
    }
}
