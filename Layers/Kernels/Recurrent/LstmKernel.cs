using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Recurrent;

/// <summary>
/// The element-wise part of an LSTM step, between two GEMMs, with forget gates (Gers, Schmidhuber and Cummins,
/// "Learning to forget", 2000) and one marker m per stream: <c>i, f, o = sigmoid(sums)</c>, <c>g = tanh(sums)</c>,
/// <c>c' = m f c + i g</c>, <c>h = o tanh(c')</c>.
/// </summary>
internal static unsafe class LstmKernel
{
    /// <summary>Computes the gates, the cell and the output of one step.</summary>
    public static void Forward(in LstmStep step, WorkerPool pool)
    {
        step.RequireForward();
        var job = new ForwardJob { Step = step, Parts = new StreamParts(step.Streams, step.Size) };
        pool.Run(job.Parts.Count, ref job);
    }

    /// <summary>Computes the gradients of one step from those of its output and its cell.</summary>
    public static void Backward(in LstmStep step, WorkerPool pool)
    {
        step.RequireBackward();
        var job = new BackwardJob { Step = step, Parts = new StreamParts(step.Streams, step.Size) };
        pool.Run(job.Parts.Count, ref job);
    }

    private struct ForwardJob : IParallelJob
    {
        public LstmStep Step;
        public StreamParts Parts;

        public readonly void Run(int part, int worker)
        {
            Parts.Range(part, out int row, out int end, out int first, out int last);
            for (; row < end; row++)
            {
                for (int j = first; j < last; j += Lanes.Width)
                {
                    Column(row, j, last - j);
                }
            }
        }

        private readonly void Column(int row, int j, int count)
        {
            int size = Step.Size;
            nint gate = ((nint)row * 4 * size) + j, at = ((nint)row * size) + j;
            Vector512<float> i = VectorMath.Sigmoid(Sum(gate, count));
            Vector512<float> f = VectorMath.Sigmoid(Sum(gate + size, count));
            Vector512<float> o = VectorMath.Sigmoid(Sum(gate + (2 * (nint)size), count));
            Vector512<float> g = VectorMath.Tanh(Sum(gate + (3 * (nint)size), count));
            Lanes.Store(i, Step.Gates + gate, count);
            Lanes.Store(f, Step.Gates + gate + size, count);
            Lanes.Store(o, Step.Gates + gate + (2 * (nint)size), count);
            Lanes.Store(g, Step.Gates + gate + (3 * (nint)size), count);

            Vector512<float> continued = Lanes.Continue(Lanes.Load(Step.PreviousCell + at, count), Step.Markers[row]);
            Vector512<float> cell = (f * continued) + (i * g);
            Vector512<float> hidden = o * VectorMath.Tanh(cell);
            Lanes.Store(cell, Step.Cell + at, count);
            Lanes.Store(hidden, Step.Hidden + at, count);
            if (Step.NextHidden != null)
            {
                float marker = Step.NextMarkers == null ? 1 : Step.NextMarkers[row];
                Lanes.Store(Lanes.Continue(hidden, marker), Step.NextHidden + at, count);
            }
        }

        private readonly Vector512<float> Sum(nint at, int count)
        {
            Vector512<float> sum = Lanes.Load(Step.Sums + at, count);
            return Step.StaticSums == null ? sum : sum + Lanes.Load(Step.StaticSums + at, count);
        }
    }

    private struct BackwardJob : IParallelJob
    {
        public LstmStep Step;
        public StreamParts Parts;

        public readonly void Run(int part, int worker)
        {
            Parts.Range(part, out int row, out int end, out int first, out int last);
            for (; row < end; row++)
            {
                for (int j = first; j < last; j += Lanes.Width)
                {
                    Column(row, j, last - j);
                }
            }
        }

        private readonly void Column(int row, int j, int count)
        {
            int size = Step.Size;
            nint gate = ((nint)row * 4 * size) + j, at = ((nint)row * size) + j;
            Vector512<float> i = Lanes.Load(Step.Gates + gate, count);
            Vector512<float> sigmoid = Lanes.Load(Step.Gates + gate + size, count);
            Vector512<float> o = Lanes.Load(Step.Gates + gate + (2 * (nint)size), count);
            Vector512<float> g = Lanes.Load(Step.Gates + gate + (3 * (nint)size), count);
            Vector512<float> tanh = VectorMath.Tanh(Lanes.Load(Step.Cell + at, count));
            Vector512<float> dh = Lanes.Load(Step.HiddenDiff + at, count);
            if (Step.NextHiddenDiff != null)
            {
                float next = Step.NextMarkers == null ? 1 : Step.NextMarkers[row];
                dh += Lanes.Continue(Lanes.Load(Step.NextHiddenDiff + at, count), next);
            }

            // In Caffe f includes the marker, and its derivative is f (1 - f): correct for the markers 0 and 1.
            float marker = Step.Markers[row];
            Vector512<float> one = Vector512<float>.One, f = Lanes.Continue(sigmoid, marker);
            Vector512<float> previous = marker == 0 ? Vector512<float>.Zero : Lanes.Load(Step.PreviousCell + at, count);
            Vector512<float> dc = Lanes.Load(Step.CellDiff + at, count) + (dh * o * (one - (tanh * tanh)));
            float* diff = Step.SumsDiff + gate;
            Lanes.Store(dc * g * i * (one - i), diff, count);
            Lanes.Store(dc * previous * f * (one - f), diff + size, count);
            Lanes.Store(dh * tanh * o * (one - o), diff + (2 * (nint)size), count);
            Lanes.Store(dc * i * (one - (g * g)), diff + (3 * (nint)size), count);
            Lanes.Store(dc * f, Step.PreviousCellDiff + at, count);
        }
    }
}
