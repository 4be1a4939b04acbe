using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// Runs the batched GEMM of a block, [outputs, channels] by [channels, tiles]. A part is one value of the tiles.
/// </summary>
internal unsafe struct WinogradBatchedGemm : IParallelJob
{
    public WinogradProblem Problem;

    public readonly void Run(int part, int worker)
    {
        float* to = Problem.M + (part * Problem.ProductsStep);
        nint weights = part * Problem.WeightsStep, tiles = part * Problem.TilesStep;
        for (int first = 0, block = 0; first < Problem.Channels; first += Problem.Depth, block++)
        {
            PackedGemm.Run(
                Problem.Outputs,
                Problem.Columns,
                Math.Min(Problem.Depth, Problem.Channels - first),
                Problem.PanelRows,
                Problem.WeightPanels(block) + weights,
                Problem.TilePanels(block) + tiles,
                to,
                Problem.Columns,
                first == 0 ? GemmAddend.Nothing : GemmAddend.Existing,
                null);
        }
    }
}
