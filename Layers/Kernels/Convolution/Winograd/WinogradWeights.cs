using System.Runtime.CompilerServices;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>Transforms and packs the weights. A part is a panel of outputs.</summary>
internal unsafe struct WinogradWeights<T> : IParallelJob
    where T : struct, IWinogradTransform
{
    public WinogradProblem Problem;

    // Channels whose taps are interleaved at a time, if they are contiguous.
    private const int ChannelsAtOnce = 8;

    [SkipLocalsInit]
    public readonly void Run(int part, int worker)
    {
        int first = part * Problem.PanelRows, rows = Math.Min(Problem.PanelRows, Problem.Outputs - first),
            all = T.Taps * T.Taps;
        float* memory = stackalloc float[(((ChannelsAtOnce * 5) + 8) * 5 * T.Lanes) + CacheLine.Floats];
        float* taps = CacheLine.From(memory), columns = taps + (ChannelsAtOnce * 5 * 5 * T.Lanes);
        int atOnce = Problem.ChannelStep == all ? ChannelsAtOnce : 1, blockDepth = Problem.Depth;
        for (int block = 0; block * blockDepth < Problem.Channels; block++)
        {
            int channel = block * blockDepth, end = Math.Min(Problem.Channels, channel + blockDepth);
            float* to = Problem.WeightPanels(block) + (part * Packing.PanelSize(Problem.PanelRows, end - channel));
            for (; channel < end; channel += atOnce)
            {
                int count = Math.Min(atOnce, end - channel);
                float* from = Problem.Weights + (first * Problem.OutputStep) + (channel * Problem.ChannelStep);
                PlaneLanes.Load(from, Problem.OutputStep, rows, count * all, taps, T.Lanes);
                for (int i = 0; i < count; i++, to += rows)
                {
                    Transform(taps + (i * all * T.Lanes), columns, to);
                }
            }
        }
    }

    // Transforms the taps of a vector of outputs down, then across. The next channel overwrites what is stored past the
    // last row of the panel.
    private readonly void Transform(float* taps, float* columns, float* to)
    {
        int last = (T.Taps * T.Taps) - 1;
        for (int j = 0; j < T.Taps; j++)
        {
            float* from = Problem.IsRotated ? taps + (T.Lanes * (last - j)) : taps + (T.Lanes * j);
            T.Weights(
                from, Problem.IsRotated ? -T.Lanes * T.Taps : T.Lanes * T.Taps, columns + (T.Lanes * T.Size * j),
                T.Lanes);
        }

        nint step = Problem.WeightsStep;
        for (int r = 0; r < T.Size; r++)
        {
            T.Weights(columns + (T.Lanes * r), T.Lanes * T.Size, to + (T.Size * r * step), step);
        }
    }
}
