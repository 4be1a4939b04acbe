using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// Sums the products over rows of tiles, block by block in buffers of one thread, so that neither tiles nor products
/// leave the second-level cache. A part is the sum over some rows of tiles.
/// </summary>
internal unsafe struct WinogradGradientThreadSums<T> : IParallelJob
    where T : struct, IWinogradGradientTransform
{
    /// <summary>The problem; its rows are those of a block, which is a single run.</summary>
    public WinogradGradientProblem Problem;
    public WorkerPool Pool;
    public int AllRows, RowsOfSum;

    public readonly void Run(int part, int worker)
    {
        WinogradGradientProblem problem = Problem;
        problem.U = Pool.Scratch(worker, ScratchSlot.LeftPanels, problem.Values * problem.OutputsStep);
        problem.V = Pool.Scratch(worker, ScratchSlot.RightPanels, problem.Values * problem.ChannelsStep);
        problem.M += part * problem.Values * problem.ProductsStep;
        int first = part * RowsOfSum, end = Math.Min(AllRows, first + RowsOfSum);
        for (problem.FirstRow = first; problem.FirstRow < end; problem.FirstRow += Problem.Rows)
        {
            problem.Rows = Math.Min(Problem.Rows, end - problem.FirstRow);
            var tiles = new WinogradGradientTiles<T> { Problem = problem, Pool = Pool };
            for (int i = 0; i < tiles.Parts; i++)
            {
                tiles.Run(i, worker);
            }

            var products = new WinogradGradientBatchedGemm
            {
                Problem = problem, PanelsOfPart = problem.ChannelPanels, PartsOfValue = 1,
                IsFirst = problem.FirstRow == first,
            };
            for (int value = 0; value < problem.Values; value++)
            {
                products.Run(value, worker);
            }
        }
    }
}
