using System.Diagnostics;
using Cnn.Campaigns.Running;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Campaigns.LongRuns;

/// <summary>
/// A million iterations of a net that takes some microseconds for one, in this process, recorded or not.
/// </summary>
internal static class MillionPart
{
    private const int Short = 20_000, Full = 1_000_000, Samples = 100;

    private const string Net = """
        layer { name: "data" type: "DummyData" top: "data" top: "target" dummy_data_param {
          shape { dim: 4 dim: 3 } shape { dim: 4 dim: 2 }
          data_filler { type: "uniform" } data_filler { type: "constant" } } }
        layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
          inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
        layer { name: "drop" type: "Dropout" bottom: "ip" top: "ip" }
        layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "target" top: "loss" }
        """;

    /// <summary>Trains with one of the solvers; every second case keeps the figures of the run in a folder.</summary>
    public static void Case(CampaignCase one, PartRun run)
    {
        string[] types = [.. new SolverRegistry().Types.Order(StringComparer.Ordinal)];
        string type = types[one.Number % types.Length];
        int iterations = one.Number == 0 ? Short : Full;
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(2);
        using Solver solver = Prepare(type, iterations, pool, one.Number % 2 == 1 ? folder["run"] : null);
        var samples = new List<ProcessSample>();
        var clock = Stopwatch.StartNew();
        while (solver.Iteration < iterations)
        {
            for (int next = solver.Iteration + (iterations / Samples); solver.Iteration < next;)
            {
                solver.Step();
            }

            GC.Collect();
            samples.Add(ProcessSample.Read(Environment.ProcessId, clock.Elapsed.TotalSeconds, solver.Iteration));
        }

        one.Count("iterations", iterations);
        LongCampaign.Judge(one, run, $"{iterations:N0} iterations with {type}", samples);
    }

    private static Solver Prepare(string type, int iterations, WorkerPool pool, string? run)
    {
        var sources = new SourceMap();
        string momentum = type is "AdaGrad" or "RMSProp" ? "" : "momentum: 0.9";
        SolverParameter definition = TextFormat.Parse<SolverParameter>(
            $"net_param {{ {Net} }} type: '{type}' {momentum} base_lr: 0.0001 lr_policy: 'fixed' "
            + $"max_iter: {iterations} random_seed: 3 average_loss: 20 snapshot_after_train: false run_interval: 100",
            "million.prototxt",
            sources);
        return new Solver(new SolverDefinition(definition, sources), new SolverOptions { Pool = pool, Run = run });
    }
}
