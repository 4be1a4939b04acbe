using System.Globalization;
using Cnn.Bench.Scaling;
using Cnn.Engine.Solvers.Passes;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Reports;

namespace Cnn.Bench;

/// <summary>
/// Predicts the training step of a net on several nodes, from the times of its layers on this machine and a model of
/// the network, as tables for a page.
/// </summary>
internal static class ScalingBench
{
    private static readonly int[] NodeCounts = [2, 4, 8, 16, 32, 64, 128, 256];

    // TCP over one switch of 10 Gbit/s, and a network that moves memory without the system's help.
    private static readonly NetworkModel[] Networks =
    [
        new("10 Gbit/s", 10, 30e-6, 5e-6),
        new("100 Gbit/s", 100, 3e-6, 1e-6),
    ];

    public static int Run(string[] args)
    {
        string[] nets = [.. args.TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal))];
        if (nets.Length == 0)
        {
            Console.Error.WriteLine("scaling: the first arguments are nets' files or folders of Models");
            return 1;
        }

        int threads = Options.Number(args, "--threads", Environment.ProcessorCount);
        int passes = Options.Number(args, "--passes", 1), rounds = Options.Number(args, "--rounds", 10);
        int bucketBytes = 1024 * Options.Number(args, "--bucket", GradientBuckets.Most * sizeof(float) / 1024);
        int? batch = Options.Number(args, "--batch");
        int[]? shape = Options.Sizes(args, "--shape");
        int[] nodes = Options.Number(args, "--nodes") is { } count ? [count] : NodeCounts;
        NetworkModel[] networks = NetworksOf(args);
        using var pool = new WorkerPool(threads);
        double memory = MemoryOfOneThread();
        foreach (string name in nets)
        {
            NetParameter definition = SyntheticNet.Load(SyntheticNet.Find(name), Phase.Train, batch, shape, pool);
            StepProfile measured = StepProfile.Measure(definition, pool, rounds, bucketBytes);
            foreach (int speed in Options.Sizes(args, "--speeds") ?? [1])
            {
                Console.WriteLine(Text(measured.Faster(speed), passes, threads, speed, memory, networks, nodes));
            }
        }

        return 0;
    }

    private static NetworkModel[] NetworksOf(string[] args) => Options.Number(args, "--gbit") is { } gigabits
        ?
        [
            new NetworkModel(
                $"{gigabits} Gbit/s",
                gigabits,
                1e-6 * Options.Number(args, "--latency", 30),
                1e-6 * Options.Number(args, "--overhead", 5)),
        ]
        : Networks;

    // The communication thread copies and adds alone.
    private static double MemoryOfOneThread()
    {
        using var alone = new WorkerPool(1);
        return Bandwidth.Triad(alone);
    }

    private static string Text(
        StepProfile node,
        int passes,
        int threads,
        int speed,
        double memory,
        NetworkModel[] networks,
        int[] nodeCounts)
    {
        var simulation = new StepSimulation(node, passes, memory);
        double alone = simulation.Run(networks[0], 1).Step;
        string faster = speed > 1 ? $", computing {speed} times as fast" : "";
        string about = string.Create(
            CultureInfo.InvariantCulture,
            $"{node.Name}, {node.Batch} items a pass, passes of a node: {passes}, threads: {threads}{faster}. "
            + $"One node's step takes {1e3 * alone:F1} ms: forward {1e3 * passes * node.Forward:F1}, "
            + $"backward {1e3 * passes * node.Backward.Sum():F1}, update {1e3 * node.Update:F1}. "
            + $"Gradients: {1e-6 * node.Buckets.Sum(b => b.Bytes):F1} MB in {node.Buckets.Count} buckets. "
            + $"Memory of one thread: {1e-9 * memory:F1} GB/s.");
        return string.Join('\n',
        [
            about,
            "",
            Row(["nodes", .. networks.SelectMany(n => Headers(n.Name))]),
            Row(Enumerable.Repeat("---", 1 + (4 * networks.Length))),
            .. nodeCounts.Select(n => Row([$"{n}", .. networks.SelectMany(w => Cells(simulation.Run(w, n), n))])),
            "",
        ]);

        string[] Headers(string network) => [$"{network}: step", "efficiency", "hidden", "images/s"];

        string[] Cells(PredictedStep step, int nodes) =>
        [
            string.Create(CultureInfo.InvariantCulture, $"{1e3 * step.Step:F1} ms"),
            string.Create(CultureInfo.InvariantCulture, $"{100 * alone / step.Step:F1} %"),
            string.Create(CultureInfo.InvariantCulture, $"{100 * step.Hidden:F0} %"),
            string.Create(CultureInfo.InvariantCulture, $"{nodes * passes * node.Batch / step.Step:F0}"),
        ];
    }

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";
}
