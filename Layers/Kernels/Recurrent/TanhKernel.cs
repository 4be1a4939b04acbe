using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Recurrent;

/// <summary>
/// The element-wise part of a step of a simple recurrent net (Elman, "Finding structure in time", 1990), between two
/// GEMMs: <c>h = tanh(sums)</c> and its gradient.
/// </summary>
internal static unsafe class TanhKernel
{
    /// <summary>Computes the hidden state of one step.</summary>
    public static void Forward(in TanhStep step, WorkerPool pool)
    {
        step.RequireForward();
        var job = new ForwardJob { Step = step, Parts = new StreamParts(step.Streams, step.Size) };
        pool.Run(job.Parts.Count, ref job);
    }

    /// <summary>Computes the gradient of one step's weighted inputs from that of its hidden state.</summary>
    public static void Backward(in TanhStep step, WorkerPool pool)
    {
        step.RequireBackward();
        var job = new BackwardJob { Step = step, Parts = new StreamParts(step.Streams, step.Size) };
        pool.Run(job.Parts.Count, ref job);
    }

    private struct ForwardJob : IParallelJob
    {
        public TanhStep Step;
        public StreamParts Parts;

        public readonly void Run(int part, int worker)
        {
            Parts.Range(part, out int row, out int end, out int first, out int last);
            for (; row < end; row++)
            {
                nint start = (nint)row * Step.Size;
                float marker = Step.NextMarkers == null ? 1 : Step.NextMarkers[row];
                for (int j = first; j < last; j += Lanes.Width)
                {
                    int count = last - j;
                    Vector512<float> sum = Lanes.Load(Step.Hidden + start + j, count);
                    if (Step.StaticSums != null)
                    {
                        sum += Lanes.Load(Step.StaticSums + start + j, count);
                    }

                    Vector512<float> hidden = VectorMath.Tanh(sum);
                    Lanes.Store(hidden, Step.Hidden + start + j, count);
                    Lanes.Store(Lanes.Continue(hidden, marker), Step.NextHidden + start + j, count);
                }
            }
        }
    }

    private struct BackwardJob : IParallelJob
    {
        public TanhStep Step;
        public StreamParts Parts;

        public readonly void Run(int part, int worker)
        {
            Parts.Range(part, out int row, out int end, out int first, out int last);
            for (; row < end; row++)
            {
                nint start = (nint)row * Step.Size;
                float marker = Step.NextMarkers == null ? 1 : Step.NextMarkers[row];
                for (int j = first; j < last; j += Lanes.Width)
                {
                    int count = last - j;
                    Vector512<float> dh = Lanes.Load(Step.HiddenDiff + start + j, count);
                    if (Step.NextHiddenDiff != null)
                    {
                        dh += Lanes.Continue(Lanes.Load(Step.NextHiddenDiff + start + j, count), marker);
                    }

                    Vector512<float> hidden = Lanes.Load(Step.Hidden + start + j, count);
                    Lanes.Store(dh * (Vector512<float>.One - (hidden * hidden)), Step.SumsDiff + start + j, count);
                }
            }
        }
    }
}
