using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// Runs the batched GEMM of a block and adds it to those of the blocks before. A part is one value of the tiles, for as
/// many channels as the second-level cache holds.
/// </summary>
internal unsafe struct WinogradGradientBatchedGemm : IParallelJob
{
    public WinogradGradientProblem Problem;
    public int PanelsOfPart, PartsOfValue;
    public bool IsFirst;

    public readonly void Run(int part, int worker)
    {
        int value = part / PartsOfValue, channel = part % PartsOfValue * PanelsOfPart * MicroKernels.Columns;
        int mr = Problem.PanelRows,
            channels = Math.Min(PanelsOfPart * MicroKernels.Columns, Problem.Channels - channel);
        float* to = Problem.M + (value * Problem.ProductsStep) + channel;
        for (int run = 0; run < Problem.Runs; run++)
        {
            int tiles = Problem.RowsIn(run) * Problem.TilesAcross;
            float* right = Problem.ChannelsOf(run) + (value * Problem.ChannelsStep) + ((nint)channel * tiles);
            for (int output = 0; output < Problem.Outputs; output += mr)
            {
                PackedGemm.Run(
                    Math.Min(mr, Problem.Outputs - output),
                    channels,
                    tiles,
                    mr,
                    Problem.OutputsOf(run, output) + (value * Problem.OutputsStep),
                    right,
                    to + ((nint)output * Problem.Channels),
                    Problem.Channels,
                    IsFirst && run == 0 ? GemmAddend.Nothing : GemmAddend.Existing,
                    null,
                    MicroKernels.Width);
            }
        }
    }
}
