using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// A part is a block of tiles from image to result, in its thread's own memory: what lies between the transforms does
/// not leave the second-level cache, and the threads wait for each other once.
/// </summary>
internal unsafe struct WinogradThreadBlocks<T> : IParallelJob
    where T : struct, IWinogradTransform
{
    public WinogradProblem Problem;
    public WorkerPool Pool;
    public int AllTiles;

    /// <summary>
    /// Of each worker, whether it has transformed the weights for itself; null where they are those of all.
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

    // Once in a pass.
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
