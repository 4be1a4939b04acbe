using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// Computes blocks of tiles, from image to result, in buffers of one thread: the transformed values do not leave the
/// second-level cache, and the threads synchronize only once. A part is a block.
/// </summary>
internal unsafe struct WinogradThreadBlocks<T> : IParallelJob
    where T : struct, IWinogradTransform
{
    public WinogradProblem Problem;
    public WorkerPool Pool;
    public int AllTiles;

    /// <summary>
    /// For each worker, whether it has transformed the weights for itself; null if all workers share them.
    /// </summary>
    public bool* HaveWeights;

    public readonly void Run(int part, int worker)
    {
        WinogradProblem problem = Problem;
        problem.FirstTile = part * Problem.Tiles;
        problem.Tiles = Math.Min(Problem.Tiles, AllTiles - problem.FirstTile);
        if (HaveWeights != null)
        {
            problem.U = Pool.Scratch(worker, ScratchSlot.OwnWeights, problem.Values * problem.WeightsStep);
            TransformWeights(problem, worker);
        }

        problem.V = Pool.Scratch(worker, ScratchSlot.RightPanels, problem.Values * problem.TilesStep);
        problem.M = Pool.Scratch(worker, ScratchSlot.LeftPanels, problem.Values * problem.ProductsStep);
        var input = new WinogradInput<T> { Problem = problem, Pool = Pool };
        for (int channel = 0; channel < problem.Channels; channel++)
        {
            input.Run(channel, worker);
        }

        var products = new WinogradBatchedGemm { Problem = problem };
        for (int value = 0; value < problem.Values; value++)
        {
            products.Run(value, worker);
        }

        var output = new WinogradOutput<T> { Problem = problem, Pool = Pool };
        for (int o = 0; o < problem.Outputs; o++)
        {
            output.Run(o, worker);
        }
    }

    // Transforms the weights once in a pass.
    private readonly void TransformWeights(in WinogradProblem problem, int worker)
    {
        if (HaveWeights[worker])
        {
            return;
        }

        var weights = new WinogradWeights<T> { Problem = problem };
        for (int panel = 0; panel < problem.Panels; panel++)
        {
            weights.Run(panel, worker);
        }

        HaveWeights[worker] = true;
    }
}
