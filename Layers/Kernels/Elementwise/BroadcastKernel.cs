using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// A factor and a summand for each of the middle places of [outer, dim, inner]: <c>y = x scale[d] + bias[d]</c>.
/// </summary>
public static unsafe class BroadcastKernel
{
    /// <summary>Computes y; x and y may be the same.</summary>
    /// <param name="x">The values.</param>
    /// <param name="scale">The factors; null for none.</param>
    /// <param name="bias">The summands; null for none.</param>
    /// <param name="y">The result.</param>
    /// <param name="outer">Places before.</param>
    /// <param name="dim">Factors and summands.</param>
    /// <param name="inner">Places after.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Forward(
        float* x, float* scale, float* bias, float* y, int outer, int dim, int inner, WorkerPool pool)
    {
        // Without inner places a row of factors lies beside a row of values.
        var job = inner == 1
            ? new ForwardJob(x, scale, bias, y, outer, dim, 1, dim)
            : new ForwardJob(x, scale, bias, y, (long)outer * dim, inner, 0, dim);
        pool.Run(job.Parts, ref job);
    }

    /// <summary>
    /// The gradient of the factors, <c>g[d] = sum of dy x</c>, or with a null x of the summands, <c>g[d] = sum of dy</c>.
    /// </summary>
    /// <param name="dy">The gradient of y.</param>
    /// <param name="x">The values; null for the summands.</param>
    /// <param name="gradient">The result.</param>
    /// <param name="adds">Whether to add to what is there.</param>
    /// <param name="outer">Places before.</param>
    /// <param name="dim">Factors.</param>
    /// <param name="inner">Places after.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Gradient(
        float* dy, float* x, float* gradient, bool adds, int outer, int dim, int inner, WorkerPool pool)
    {
        if (!adds)
        {
            new Span<float>(gradient, dim).Clear();
        }

        if (inner == 1)
        {
            var rows = new RowGradientJob(dy, x, gradient, outer, dim);
            pool.Run((dim + 15) / 16, ref rows);
            return;
        }

        int parts = Math.Max(1, ElementParts.Count(inner));
        long planes = (long)outer * dim;
        double* sums = (double*)pool.Scratch(0, ScratchSlot.Partials, 2 * planes * parts);
        var job = new PlaneGradientJob(dy, x, sums, inner, parts);
        pool.Run(checked((int)(planes * parts)), ref job);
        for (int d = 0; d < dim; d++)
        {
            double sum = 0;
            for (int o = 0; o < outer; o++)
            {
                for (int part = 0; part < parts; part++)
                {
                    sum += sums[((((long)o * dim) + d) * parts) + part];
                }
            }

            gradient[d] += (float)sum;
        }
    }

    private readonly struct ForwardJob(
        float* x, float* scale, float* bias, float* y, long rows, int length, int step, int dim) : IParts
    {
        private readonly int rowsPerPart = Math.Max(1, ElementParts.Size / Math.Max(1, length));
        private readonly int partsPerRow = Math.Max(1, ElementParts.Count(length));

        public int Parts => length == 0 ? 0 : (int)((rows + rowsPerPart - 1) / rowsPerPart * partsPerRow);

        public void Run(int part, int worker)
        {
            long first = (long)(part / partsPerRow) * rowsPerPart, last = Math.Min(rows, first + rowsPerPart);
            var (start, end) = ElementParts.Range(part % partsPerRow, length);
            for (long row = first; row < last; row++)
            {
                int d = step == 0 ? (int)(row % dim) : 0;
                Row(x + (row * length), y + (row * length), d, start, end);
            }
        }

        private void Row(float* from, float* to, int d, int i, int end)
        {
            Vector512<float> factor = Vector512.Create(scale == null ? 1 : scale[d]);
            Vector512<float> summand = Vector512.Create(bias == null ? 0 : bias[d]);
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                if (step != 0)
                {
                    factor = scale == null ? factor : Vector512.Load(scale + i);
                    summand = bias == null ? summand : Vector512.Load(bias + i);
                }

                Vector512<float> value = Vector512.Load(from + i);
                value = scale == null ? value : value * factor;
                (bias == null ? value : value + summand).Store(to + i);
            }

            for (; i < end; i++)
            {
                float value = from[i];
                value = scale == null ? value : value * scale[d + (i * step)];
                to[i] = bias == null ? value : value + bias[d + (i * step)];
            }
        }
    }

    private readonly struct PlaneGradientJob(float* dy, float* x, double* sums, int inner, int parts) : IParts
    {
        public void Run(int part, int worker)
        {
            long plane = (long)(part / parts) * inner;
            var (i, end) = ElementParts.Range(part % parts, inner);
            var sum = default(WideSum);
            for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512<float> value = Vector512.Load(dy + plane + i);
                sum.Add(x == null ? value : value * Vector512.Load(x + plane + i));
            }

            double total = sum.Total;
            for (; i < end; i++)
            {
                total += x == null ? dy[plane + i] : dy[plane + i] * x[plane + i];
            }

            sums[part] = total;
        }
    }

    // Sixteen columns a part, down all rows.
    private readonly struct RowGradientJob(float* dy, float* x, float* gradient, int outer, int dim) : IParts
    {
        public void Run(int part, int worker)
        {
            int start = part * 16, end = Math.Min(dim, start + 16);
            double* sums = stackalloc double[16];
            new Span<double>(sums, 16).Clear();
            for (int o = 0; o < outer; o++)
            {
                long row = (long)o * dim;
                for (int d = start; d < end; d++)
                {
                    sums[d - start] += x == null ? dy[row + d] : dy[row + d] * x[row + d];
                }
            }

            for (int d = start; d < end; d++)
            {
                gradient[d] += (float)sums[d - start];
            }
        }
    }
}
