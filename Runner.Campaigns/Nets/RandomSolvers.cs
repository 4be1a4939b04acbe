using Cnn.Engine.Solvers;
using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.Nets;

/// <summary>Draws valid solvers.</summary>
internal static class RandomSolvers
{
    private static readonly string[] Types = [.. new SolverRegistry().Types];

    /// <summary>Draws a solver without its net.</summary>
    public static SolverParameter Draw(PhiloxRandom random, int iterations)
    {
        string type = Types[random.Next(Types.Length)];
        var solver = new SolverParameter
        {
            Type = type,
            BaseLr = 1e-4f * random.Next(1, 20),
            LrPolicy = Of("fixed", "step", "exp", "inv", "multistep", "poly", "sigmoid"),
            Gamma = Of(0.5f, 0.9f),
            Power = Of(0.5f, 1),
            MaxIter = iterations,
            SolverMode = SolverParameter.Types.SolverMode.Cpu,
            RandomSeed = random.Next(1, 1000),
            RegularizationType = type == "AdamW" ? "L2" : Of("L1", "L2"),
            SnapshotFormat = Of(
                SolverParameter.Types.SnapshotFormat.Hdf5, SolverParameter.Types.SnapshotFormat.Binaryproto),
            SnapshotAfterTrain = false,
            SnapshotPrefix = "s",
            IterSize = Of(1, 1, 2, 3),
            Delta = 1e-6f,
        };
        solver.Stepsize = random.Next(1, 3);
        solver.Stepvalue.Add([2, 4]);
        if (type is not ("AdaGrad" or "RMSProp"))
        {
            solver.Momentum = Of(0f, 0.5f, 0.9f, 0.99f);
        }

        if (random.Next(2) == 0)
        {
            solver.WeightDecay = Of(0.0005f, 0.01f);
        }

        if (random.Next(3) == 0)
        {
            solver.ClipGradients = Of(0.1f, 1, 10);
        }

        if (random.Next(4) == 0)
        {
            (solver.WarmupIter, solver.WarmupStart) = (2, 1e-5f);
        }

        solver.AverageLoss = random.Next(1, 4);
        return solver;

        T Of<T>(params ReadOnlySpan<T> values) => values[random.Next(values.Length)];
    }
}
