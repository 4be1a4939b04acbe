using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// Transforms the products, or several sums of them, back and adds them to the gradients of the weights. A part is an
/// output.
/// </summary>
internal unsafe struct WinogradGradientOutput<T> : IParallelJob
    where T : struct, IWinogradGradientTransform
{
    public WinogradGradientProblem Problem;

    /// <summary>Number of sums; they are added first to last.</summary>
    public int Sums;

    /// <summary>The gradients of the weights, [outputs, channels, taps].</summary>
    public float* Dw;

    [SkipLocalsInit]
    public readonly void Run(int part, int worker)
    {
        int all = T.Taps * T.Taps;
        float* memory = stackalloc float[(8 * 8 * 16) + (5 * 8 * 16) + (5 * 5 * 16) + CacheLine.Floats];
        float* values = CacheLine.From(memory), down = values + (8 * 8 * 16), taps = down + (5 * 8 * 16);
        float* from = Problem.M + ((nint)part * Problem.Channels), to = Dw + ((nint)part * Problem.Channels * all);
        nint step = Problem.ProductsStep;
        for (int channel = 0; channel < Problem.Channels; channel += 16, from += 16, to += 16 * all)
        {
            for (int value = 0; value < T.Size * T.Size; value++)
            {
                float* at = from + (value * step);
                // There are more parallel streams than the hardware prefetches.
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(at + 32);
                }

                Vector512<float> total = Vector512.Load(at);
                for (int sum = 1; sum < Sums; sum++)
                {
                    total += Vector512.Load(at + (sum * Problem.Values * step));
                }

                total.Store(values + (16 * value));
            }

            for (int j = 0; j < T.Size; j++)
            {
                for (int lane = 0; lane < 16; lane += T.Lanes)
                {
                    T.WeightGradients(values + (16 * j) + lane, 16 * T.Size, down + (16 * j) + lane, 16 * T.Size);
                }
            }

            for (int r = 0; r < T.Taps; r++)
            {
                for (int lane = 0; lane < 16; lane += T.Lanes)
                {
                    T.WeightGradients(down + (16 * T.Size * r) + lane, 16, taps + (16 * T.Taps * r) + lane, 16);
                }
            }

            for (int i = 0; i < Math.Min(16, Problem.Channels - channel); i++)
            {
                for (int tap = 0; tap < all; tap++)
                {
                    to[(i * all) + tap] += taps[(16 * tap) + i];
                }
            }
        }
    }
}
