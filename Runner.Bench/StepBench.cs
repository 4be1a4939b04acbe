using System.Text.Json;
using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Reports;

namespace Cnn.Bench;

/// <summary>
/// Measures a whole training step (forward, backward, update) of a net, or a forward pass, as a share of the peak.
/// </summary>
internal static class StepBench
{
    public static int Run(string[] args)
    {
        if (args.Length == 0 || args[0].StartsWith("--", StringComparison.Ordinal))
        {
            Console.Error.WriteLine("step: the first argument is the net's file or a folder of Models");
            return 1;
        }

        int threads = Options.Number(args, "--threads", Environment.ProcessorCount);
        bool forward = args.Contains("--forward");
        using var pool = new WorkerPool(threads);
        int[]? shape = Options.Sizes(args, "--shape");
        int? batch = Options.Number(args, "--batch");
        int classes = Options.Number(args, "--classes", 10), seconds = Options.Number(args, "--seconds", 5);
        int slowest = Options.Number(args, "--layers", 5);
        Phase phase = forward ? Phase.Test : Phase.Train;
        NetParameter definition = Load(args[0], phase, batch, shape, pool);
        var (net, action) = forward ? Forward(definition, pool) : Step(definition, pool);
        SyntheticNet.FillInputs(net, classes);
        double peak = Peak.Widest(threads);
        Measure measure = Measure.Of(action, seconds);
        double operations = 2 * net.Layers.Sum(l =>
            (double)l.Cost.MultiplyAdds + (forward ? 0 : l.BackwardMultiplyAdds));
        string memory = MemoryUse.Text(net, !forward);
        double bandwidth = Bandwidth.Triad(pool);
        Report(args, net, threads, peak, measure, operations, forward, bandwidth, memory);
        if (args.Contains("--layers"))
        {
            SlowestLayers.Print(net, slowest, forward, peak, bandwidth);
        }

        return 0;
    }

    private static NetParameter Load(string name, Phase phase, int? batch, int[]? shape, WorkerPool pool)
    {
        try
        {
            return SyntheticNet.Load(SyntheticNet.Find(name), phase, batch, shape, pool);
        }
        catch (CnnException error) when (shape is null)
        {
            throw new CnnException(
                $"{error.Message}\nthe net's data need not exist if the shape of an item is given: --shape 3x32x32");
        }
    }

    private static (Net Net, Action Action) Forward(NetParameter definition, WorkerPool pool)
    {
        Net net = Net.Build(
            new NetDefinition(definition), new NetOptions { Phase = Phase.Test, Pool = pool, Inference = true });
        return (net, () => net.Forward());
    }

    private static (Net Net, Action Action) Step(NetParameter definition, WorkerPool pool)
    {
        Solver solver = SyntheticNet.Trainer(definition, pool);
        return (solver.TrainNet, solver.Step);
    }

    private static void Report(
        string[] args,
        Net net,
        int threads,
        double peak,
        Measure measure,
        double operations,
        bool forward,
        double bandwidth,
        string memory)
    {
        if (args.Contains("--json"))
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                net = net.Name,
                threads,
                pass = forward ? "forward" : "step",
                peak_gflops = peak * 1e-9,
                least_ms = measure.Least * 1e3,
                median_ms = measure.Median * 1e3,
                gflop = operations * 1e-9,
                share_of_peak = operations / measure.Least / peak,
                bandwidth_gb = bandwidth * 1e-9,
                memory,
            }));
            return;
        }

        Console.WriteLine($"{net.Name}: {(forward ? "forward pass" : "training step")}, {threads} threads, "
            + $"{operations * 1e-9:F3} GFLOP, peak {peak * 1e-9:F1} GFLOP/s");
        Console.WriteLine(measure.Text(operations, peak));
        Console.WriteLine($"    {memory}; triad {bandwidth * 1e-9:F1} GB/s");
    }
}
