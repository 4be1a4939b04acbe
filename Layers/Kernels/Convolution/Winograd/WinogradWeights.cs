using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels;

/// <summary>The weights of a panel of outputs, transformed and packed: a part is a panel.</summary>
internal unsafe struct WinogradWeights : IParts
{
    public WinogradProblem Problem;

    public readonly void Run(int part, int worker)
    {
        int first = part * Problem.PanelRows, rows = Math.Min(Problem.PanelRows, Problem.Outputs - first);
        float* taps = stackalloc float[9 * 16];
        new Span<float>(taps, 9 * 16).Clear();
        Span<Vector512<float>> columns = stackalloc Vector512<float>[18];
        Span<Vector512<float>> row = stackalloc Vector512<float>[6];
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
                int tap = Problem.IsRotated ? 8 : 0, next = Problem.IsRotated ? -1 : 1;
                for (int j = 0; j < 9; j++, tap += next)
                {
                    taps[(16 * j) + i] = from[tap];
                }
            }

            // columns[6 * j + r]: row r of column j, transformed down.
            for (int j = 0; j < 3; j++)
            {
                float* at = taps + (16 * j);
                WinogradTransform.Weights(
                    Vector512.Load(at), Vector512.Load(at + 48), Vector512.Load(at + 96), columns.Slice(6 * j, 6));
            }

            for (int r = 0; r < 6; r++)
            {
                WinogradTransform.Weights(columns[r], columns[6 + r], columns[12 + r], row);
                for (int j = 0; j < 6; j++)
                {
                    // Past the last row of the panel lies what the next channel overwrites.
                    row[j].Store(to + (((6 * r) + j) * step));
                }
            }
        }
    }
}
