using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Serilog;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>Solvers of small nets for tests, in this process.</summary>
internal static class Training
{
    /// <summary>Builds a solver from the text of its definition, which holds its net.</summary>
    public static Solver Prepare(
        string solver, WorkerPool pool, ILogger? log = null, string? resumeFrom = null, string? run = null)
    {
        var sources = new SourceMap();
        SolverParameter definition = TextFormat.Parse<SolverParameter>(solver, "solver.prototxt", sources);
        return new Solver(
            new SolverDefinition(definition, sources),
            new SolverOptions { Pool = pool, Log = log, ResumeFrom = resumeFrom, Run = run });
    }

    /// <summary>Returns the learned values of all parameters in a row.</summary>
    public static float[] Weights(Solver solver) =>
        [.. solver.TrainNet.Learnable.SelectMany(p => p.Blob.Data.ToArray())];
}
