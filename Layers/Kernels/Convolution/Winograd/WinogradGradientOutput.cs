using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels;

/// <summary>The sums of products transformed back and added to the gradients of the weights: a part is an output.</summary>
internal unsafe struct WinogradGradientOutput<T> : IParts
    where T : struct, IWinogradTransform
{
    public WinogradGradientProblem Problem;

    /// <summary>[outputs, channels, taps].</summary>
    public float* Dw;

    public readonly void Run(int part, int worker)
    {
        int all = T.Taps * T.Taps;
        float* down = stackalloc float[5 * 8 * 16];
        float* taps = stackalloc float[5 * 5 * 16];
        float* from = Problem.M + ((nint)part * Problem.Channels), to = Dw + ((nint)part * Problem.Channels * all);
        nint step = Problem.ProductsStep;
        for (int channel = 0; channel < Problem.Channels; channel += 16, from += 16, to += 16 * all)
        {
            for (int j = 0; j < T.Size; j++)
            {
                T.WeightGradients(from + (j * step), T.Size * step, down + (16 * j), 16 * T.Size);
            }

            for (int r = 0; r < T.Taps; r++)
            {
                T.WeightGradients(down + (16 * T.Size * r), 16, taps + (16 * T.Taps * r), 16);
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
