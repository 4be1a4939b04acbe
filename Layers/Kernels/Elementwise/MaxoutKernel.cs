using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Elementwise;

/// <summary>The largest of neighbouring channels: arrays [outer, channels, inner], a part for each row of a top channel.</summary>
internal static unsafe class MaxoutKernel
{
    /// <summary><c>y[c] = max of x[c pieces] to x[c pieces + pieces - 1]</c>.</summary>
    /// <param name="x">Values [rows * pieces, inner].</param>
    /// <param name="y">Result [rows, inner].</param>
    /// <param name="rows">Outer times top channels.</param>
    /// <param name="pieces">Channels a group.</param>
    /// <param name="inner">Values a channel.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Forward(float* x, float* y, int rows, int pieces, int inner, WorkerPool pool)
    {
        var job = new ForwardJob(x, y, pieces, inner);
        pool.Run(rows, ref job);
    }

    /// <summary>Gives the gradient to the first channel of a group that has the largest value, 0 to the others.</summary>
    public static void Backward(
        float* x, float* y, float* dy, float* dx, int rows, int pieces, int inner, WorkerPool pool)
    {
        var job = new BackwardJob(x, y, dy, dx, pieces, inner);
        pool.Run(rows, ref job);
    }

    private readonly struct ForwardJob(float* x, float* y, int pieces, int inner) : IParts
    {
        public void Run(int part, int worker)
        {
            float* from = x + ((long)part * pieces * inner), to = y + ((long)part * inner);
            new ReadOnlySpan<float>(from, inner).CopyTo(new Span<float>(to, inner));
            for (int piece = 1; piece < pieces; piece++)
            {
                from += inner;
                int i = 0;
                for (; i <= inner - Vector512<float>.Count; i += Vector512<float>.Count)
                {
                    Vector512.Max(Vector512.Load(to + i), Vector512.Load(from + i)).Store(to + i);
                }

                for (; i < inner; i++)
                {
                    to[i] = MathF.Max(to[i], from[i]);
                }
            }
        }
    }

    private readonly struct BackwardJob(float* x, float* y, float* dy, float* dx, int pieces, int inner) : IParts
    {
        public void Run(int part, int worker)
        {
            long top = (long)part * inner, bottom = top * pieces;
            int i = 0;
            for (; i <= inner - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                // What is left of the gradient once a channel has taken it is 0.
                Vector512<float> left = Vector512.Load(dy + top + i), largest = Vector512.Load(y + top + i);
                for (int piece = 0; piece < pieces; piece++)
                {
                    long at = bottom + ((long)piece * inner) + i;
                    Vector512<float> wins = Vector512.Equals(Vector512.Load(x + at), largest);
                    (left & wins).Store(dx + at);
                    left = Vector512.AndNot(left, wins);
                }
            }

            for (; i < inner; i++)
            {
                float left = dy[top + i];
                for (int piece = 0; piece < pieces; piece++)
                {
                    long at = bottom + ((long)piece * inner) + i;
                    bool wins = x[at] == y[top + i];
                    dx[at] = wins ? left : 0;
                    left = wins ? 0 : left;
                }
            }
        }
    }
}
