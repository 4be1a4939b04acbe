using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Normalization;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>
/// Applies a factor and a summand to each index of the middle axis of [outer, dim, inner]:
/// <c>y = x scale[d] + bias[d]</c>.
/// </summary>
internal static unsafe class BroadcastKernel
{
    /// <summary>Computes y; x and y may be the same.</summary>
    /// <param name="x">The values.</param>
    /// <param name="scale">The factors; null for none.</param>
    /// <param name="bias">The summands; null for none.</param>
    /// <param name="y">The result.</param>
    /// <param name="outer">Positions before the middle axis.</param>
    /// <param name="dim">Factors and summands.</param>
    /// <param name="inner">Positions after the middle axis.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Forward(
        float* x, float* scale, float* bias, float* y, int outer, int dim, int inner, WorkerPool pool)
    {
        KernelGuard.Array(x, outer, dim, inner);
        KernelGuard.Array(y, outer, dim, inner);
        KernelGuard.ArrayOrNull(scale, dim);
        KernelGuard.ArrayOrNull(bias, dim);
        KernelGuard.SameOrApart(x, y, (long)outer * dim * inner);

        // Where inner is 1, a row of factors has the layout of a row of values.
        var job = inner == 1
            ? new ForwardJob(x, scale, bias, y, outer, dim, 1, dim)
            : new ForwardJob(x, scale, bias, y, (long)outer * dim, inner, 0, dim);
        pool.Run(job.Parts, ref job);
    }

    /// <summary>
    /// Computes the gradient of the factors, <c>g[d] = sum of dy x</c>, or, with a null x, of the summands,
    /// <c>g[d] = sum of dy</c>.
    /// </summary>
    /// <param name="dy">The gradient of y.</param>
    /// <param name="x">The values; null for the summands.</param>
    /// <param name="gradient">The result.</param>
    /// <param name="adds">Whether to add to the existing values.</param>
    /// <param name="outer">Positions before the middle axis.</param>
    /// <param name="dim">Factors.</param>
    /// <param name="inner">Positions after the middle axis.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Gradient(
        float* dy, float* x, float* gradient, bool adds, int outer, int dim, int inner, WorkerPool pool)
    {
        KernelGuard.Array(dy, outer, dim, inner);
        KernelGuard.ArrayOrNull(x, outer, dim, inner);
        KernelGuard.Array(gradient, dim);
        if (dim == 0)
        {
            return;
        }

        if (outer == 1 && inner == 1)
        {
            var single = new SingleJob(dy, x, gradient, dim, adds);
            pool.Run(ElementParts.Count(dim), ref single);
            return;
        }

        // With a single factor all values are one row. A short inner axis is summed as columns of its own, sixteen side
        // by side.
        (outer, inner) = dim == 1 ? (1, outer * inner) : (outer, inner);
        int places = inner > 1 && inner < Vector512<float>.Count && dim > 1 ? inner : 1;
        double* sums = (double*)pool.Scratch(0, ScratchSlot.Layer, 4L * dim * places);
        ChannelSums.Run(
            dy, null, x == null ? dy : x, null, outer, dim * places, inner / places, sums, pool);
        int which = x == null ? 0 : 1;
        for (int d = 0; d < dim; d++)
        {
            double sum = 0;
            for (int place = 0; place < places; place++)
            {
                sum += sums[(2 * (((long)d * places) + place)) + which];
            }

            gradient[d] = (adds ? gradient[d] : 0) + (float)sum;
        }
    }

    private readonly struct ForwardJob(
        float* x, float* scale, float* bias, float* y, long rows, int length, int step, int dim) : IParallelJob
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
            for (; i <= end - Lanes.Width; i += Lanes.Width)
            {
                Compute(from, to, i, Lanes.Width, factor, summand);
            }

            if (i < end)
            {
                Compute(from, to, i, end - i, factor, summand);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Compute(
            float* from, float* to, int i, int left, Vector512<float> factor, Vector512<float> summand)
        {
            if (step != 0)
            {
                factor = scale == null ? factor : Lanes.Load(scale + i, left);
                summand = bias == null ? summand : Lanes.Load(bias + i, left);
            }

            Vector512<float> value = Lanes.Load(from + i, left);
            value = scale == null ? value : value * factor;
            Lanes.Store(bias == null ? value : value + summand, to + i, left);
        }
    }

    // There is nothing to sum: each value has its own factor.
    private readonly struct SingleJob(float* dy, float* x, float* gradient, int dim, bool adds) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, dim);
            for (; i <= end - Lanes.Width; i += Lanes.Width)
            {
                Compute(i, Lanes.Width);
            }

            if (i < end)
            {
                Compute(i, end - i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Compute(int i, int left)
        {
            Vector512<float> value = Lanes.Load(dy + i, left);
            value = x == null ? value : value * Lanes.Load(x + i, left);
            Lanes.Store(adds ? value + Lanes.Load(gradient + i, left) : value, gradient + i, left);
        }
    }
}
