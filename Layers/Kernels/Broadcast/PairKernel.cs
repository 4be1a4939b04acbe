using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Broadcast;

/// <summary>
/// Combines two arrays into a third, value by value, each repeated along the axes that it does not have. The gradient
/// of an array is the sum over the axes along which it is repeated, in a fixed order, in doubles.
/// </summary>
internal static unsafe class PairKernel
{
    /// <summary>Computes <c>y = f(a, b)</c>.</summary>
    public static void Forward<T>(T operation, float* a, float* b, float* y, BroadcastAxes axes, WorkerPool pool)
        where T : struct, IPairOperation
    {
        KernelGuard.Array(y, axes.Values);
        if (axes.Values == 0)
        {
            return;
        }

        int length = axes.Sizes[axes.Count - 1];
        var job = new ForwardJob<T>(operation, a, b, y, axes, new RowParts(axes.Values / length, length));
        pool.Run(job.Split.Count, ref job);
    }

    /// <summary>Computes the gradient of one array from dy; overwrites it.</summary>
    /// <param name="operation">The function.</param>
    /// <param name="a">The first array.</param>
    /// <param name="b">The second.</param>
    /// <param name="dy">The gradient of the result.</param>
    /// <param name="gradient">The gradient of the first or the second.</param>
    /// <param name="ofSecond">Whether it is that of the second.</param>
    /// <param name="count">The number of its values.</param>
    /// <param name="axes">How the arrays are repeated.</param>
    /// <param name="pool">The threads.</param>
    public static void Backward<T>(
        T operation, float* a, float* b, float* dy, float* gradient, bool ofSecond, int count, BroadcastAxes axes,
        WorkerPool pool)
        where T : struct, IPairOperation
    {
        KernelGuard.Array(dy, axes.Values);
        KernelGuard.Array(gradient, count);
        if (axes.Values == 0)
        {
            new Span<float>(gradient, count).Clear();
            return;
        }

        int last = axes.Count - 1, length = axes.Sizes[last];
        int* strides = ofSecond ? axes.SecondStrides : axes.FirstStrides;
        var job = new BackwardJob<T>(operation, a, b, dy, gradient, ofSecond, axes);
        if (strides[last] == 0)
        {
            // Each value is the sum of whole rows, so it is a part of its own.
            pool.Run(count, ref job);
            return;
        }

        var rows = new RowsJob<T>(job, new RowParts(count / length, length));
        pool.Run(rows.Split.Count, ref rows);
    }

    private static (long First, long Second) Offsets(BroadcastAxes axes, int row)
    {
        long first = 0, second = 0;
        for (int axis = axes.Count - 2; axis >= 0; axis--)
        {
            (row, int at) = Math.DivRem(row, axes.Sizes[axis]);
            first += (long)at * axes.FirstStrides[axis];
            second += (long)at * axes.SecondStrides[axis];
        }

        return (first, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Read(float* row, int stride, int i, int left) =>
        stride == 0 ? Vector512.Create(*row) : Lanes.Load(row + i, left);

    private readonly struct ForwardJob<T>(
        T operation, float* a, float* b, float* y, BroadcastAxes axes, RowParts split) : IParallelJob
        where T : struct, IPairOperation
    {
        public RowParts Split => split;

        public void Run(int part, int worker)
        {
            int last = axes.Count - 1, length = axes.Sizes[last];
            int firstStride = axes.FirstStrides[last], secondStride = axes.SecondStrides[last];
            var (first, end, start, stop) = split.Block(part);
            for (int row = first; row < end; row++)
            {
                var (offsetA, offsetB) = Offsets(axes, row);
                float* to = y + ((long)row * length);
                for (int i = start; i < stop; i += Lanes.Width)
                {
                    int left = stop - i;
                    Lanes.Store(
                        operation.Compute(
                            Read(a + offsetA, firstStride, i, left), Read(b + offsetB, secondStride, i, left)),
                        to + i,
                        left);
                }
            }
        }
    }

    // What both ways of splitting the gradient share. As a job, a part is one value that is repeated along a row.
    private readonly struct BackwardJob<T>(
        T operation, float* a, float* b, float* dy, float* gradient, bool ofSecond, BroadcastAxes axes) : IParallelJob
        where T : struct, IPairOperation
    {
        private int* Own => ofSecond ? axes.SecondStrides : axes.FirstStrides;

        public void Run(int part, int worker)
        {
            long row = RowOf(part);
            int repeats = Repeats();
            double sum = 0;
            for (int repeat = 0; repeat < repeats; repeat++)
            {
                sum += RowSum(row + RowOffset(repeat));
            }

            gradient[part] = (float)sum;
        }

        public void Row(int row, int i, int end)
        {
            int length = axes.Sizes[axes.Count - 1], repeats = Repeats();
            long from = RowOf(row);
            float* to = gradient + ((long)row * length);
            for (; i < end; i += Lanes.Width)
            {
                int left = end - i;
                Vector512<double> low = default, high = default;
                for (int repeat = 0; repeat < repeats; repeat++)
                {
                    var (lower, upper) = Vector512.Widen(Terms((int)(from + RowOffset(repeat)), i, left));
                    (low, high) = (low + lower, high + upper);
                }

                Lanes.Store(Vector512.Narrow(low, high), to + i, left);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Terms(int row, int i, int left)
        {
            int last = axes.Count - 1;
            var (offsetA, offsetB) = Offsets(axes, row);
            Vector512<float> x = Read(a + offsetA, axes.FirstStrides[last], i, left);
            Vector512<float> z = Read(b + offsetB, axes.SecondStrides[last], i, left);
            Vector512<float> slope = Lanes.Load(dy + ((long)row * axes.Sizes[last]) + i, left);
            return ofSecond ? operation.Second(x, z, slope) : operation.First(x, z, slope);
        }

        private double RowSum(long row)
        {
            int length = axes.Sizes[axes.Count - 1];
            var sum = default(WideSum);
            for (int i = 0; i < length; i += Lanes.Width)
            {
                sum.Add(Lanes.First(Terms((int)row, i, length - i), length - i));
            }

            return sum.Total;
        }

        // The rows of the result that repeat one of the array's.
        private int Repeats()
        {
            int repeats = 1;
            for (int axis = 0; axis < axes.Count - 1; axis++)
            {
                repeats *= Own[axis] == 0 ? axes.Sizes[axis] : 1;
            }

            return repeats;
        }

        // The first row of the result that is a row of the array, or a value where rows repeat it.
        private long RowOf(int index) => Place(index, ofRepeated: false);

        private long RowOffset(int repeat) => Place(repeat, ofRepeated: true);

        private long Place(int index, bool ofRepeated)
        {
            long row = 0, stride = 1;
            for (int axis = axes.Count - 2; axis >= 0; axis--)
            {
                if ((Own[axis] == 0) == ofRepeated)
                {
                    (index, int at) = Math.DivRem(index, axes.Sizes[axis]);
                    row += at * stride;
                }

                stride *= axes.Sizes[axis];
            }

            return row;
        }
    }

    private readonly struct RowsJob<T>(BackwardJob<T> all, RowParts split) : IParallelJob
        where T : struct, IPairOperation
    {
        public RowParts Split => split;

        public void Run(int part, int worker)
        {
            var (first, last, start, end) = split.Block(part);
            for (int row = first; row < last; row++)
            {
                all.Row(row, start, end);
            }
        }
    }
}
