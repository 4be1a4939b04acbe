using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels;

/// <summary>
/// The products of a block, added to those of the blocks before it: a part is one value of the tiles, and as many channels as
/// the second-level cache holds.
/// </summary>
internal unsafe struct WinogradGradientProducts : IParts
{
    public WinogradGradientProblem Problem;
    public int PanelsOfPart, PartsOfValue;
    public bool IsFirst;

    public readonly void Run(int part, int worker)
    {
        int value = part / PartsOfValue, channel = part % PartsOfValue * PanelsOfPart * TileKernels.Columns;
        float* to = Problem.M + (value * Problem.ProductsStep) + channel;
        for (int run = 0; run < Problem.Runs; run++)
        {
            int tiles = Problem.RowsIn(run) * Problem.TilesAcross;
            for (int output = 0; output < Problem.Outputs; output += Problem.PanelRows)
            {
                PanelProduct.Run(
                    Math.Min(Problem.PanelRows, Problem.Outputs - output),
                    Math.Min(PanelsOfPart * TileKernels.Columns, Problem.Channels - channel),
                    tiles,
                    Problem.PanelRows,
                    Problem.OutputsOf(run, output) + (value * Problem.OutputsStep),
                    Problem.ChannelsOf(run) + (value * Problem.ChannelsStep) + ((nint)channel * tiles),
                    to + ((nint)output * Problem.Channels),
                    Problem.Channels,
                    IsFirst && run == 0 ? AddTo.Nothing : AddTo.Existing,
                    null,
                    TileKernels.Width);
            }
        }
    }
}
