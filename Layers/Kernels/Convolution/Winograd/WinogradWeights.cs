using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels;

/// <summary>The weights of a panel of outputs, transformed and packed: a part is a panel.</summary>
internal unsafe struct WinogradWeights<T> : IParts
    where T : struct, IWinogradTransform
{
    public WinogradProblem Problem;

    public readonly void Run(int part, int worker)
    {
        int first = part * Problem.PanelRows, rows = Math.Min(Problem.PanelRows, Problem.Outputs - first), all = T.Taps * T.Taps;
        float* taps = stackalloc float[5 * 5 * 16];
        float* columns = stackalloc float[5 * 8 * 16];
        new Span<float>(taps, all * 16).Clear();
        nint step = Problem.WeightsStep;
        int blockDepth = Problem.Depth;
        float* to = null;
        for (int channel = 0; channel < Problem.Channels; channel++, to += rows)
        {
            if (channel % blockDepth == 0)
            {
                int depth = Math.Min(blockDepth, Problem.Channels - channel);
                to = Problem.WeightPanels(channel / blockDepth) + (part * Packing.PanelSize(Problem.PanelRows, depth));
            }

            for (int i = 0; i < rows; i++)
            {
                float* from = Problem.Weights + ((first + i) * Problem.OutputStep) + (channel * Problem.ChannelStep);
                int tap = Problem.IsRotated ? all - 1 : 0, next = Problem.IsRotated ? -1 : 1;
                for (int j = 0; j < all; j++, tap += next)
                {
                    taps[(16 * j) + i] = from[tap];
                }
            }

            // columns[j, r]: row r of column j, transformed down.
            for (int j = 0; j < T.Taps; j++)
            {
                T.Weights(taps + (16 * j), 16 * T.Taps, columns + (16 * T.Size * j), 16);
            }

            for (int r = 0; r < T.Size; r++)
            {
                // Past the last row of the panel lies what the next channel overwrites.
                T.Weights(columns + (16 * r), 16 * T.Size, to + (T.Size * r * step), step);
            }
        }
    }
}
