using System.Security.Cryptography;
using Cnn.Engine.Runs;

namespace Cnn.Tests.Runner.Distributed;

/// <summary>
/// However many processes train, and whatever MPI carries their messages, a run ends in the same bits.
/// </summary>
[Trait("Category", "Resume")]
public sealed class SameBitsTests : IDisposable
{
    private const int Half = 30;
    private const int End = 60;
    private const string Alone = "alone";
    private const string Together = "together";
    private const string Resumed = "resumed";

    private readonly TemporaryFolder folder = new();

    // What carries the messages does not see the net: one net for each MPI, and the others for one of them.
    public static TheoryData<string, string> NetsAndMpis =>
    [
        .. MpiLauncher.Names.Select(mpi => ("LeNet", mpi)),
        ("Normalized", MpiLauncher.Names[0]), ("Siamese", MpiLauncher.Names[^1]),
    ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(NetsAndMpis))]
    public async Task TwoProcessesAndThenFourEndAsOneDoes(string net, string mpi)
    {
        var launcher = MpiLauncher.OrSkip(mpi);
        Write(net);

        await TrainAlone(Alone);
        await Train(launcher, 2, Together);
        await Train(launcher, 4, Resumed, "--snapshot", Snapshot(Together, Half));

        Assert.Equal(Digests(Alone, Half, End), Digests(Together, Half, End));
        Assert.Equal(Digests(Alone, End), Digests(Resumed, End));
        Assert.NotEmpty(Figures(Alone, Half));
        Assert.Equal(Figures(Alone, 0), Figures(Together, 0));
        Assert.Equal(Figures(Alone, Half), Figures(Resumed, Half));
    }

    [Fact]
    public async Task FourProcessesAndThenOneEndAsOneDoes()
    {
        var launcher = MpiLauncher.OrSkip(MpiLauncher.Names[0]);
        Write("LeNet");

        await TrainAlone(Alone);
        await Train(launcher, 4, Together);
        await TrainAlone(Resumed, "--snapshot", Snapshot(Together, Half));

        Assert.Equal(Digests(Alone, Half, End), Digests(Together, Half, End));
        Assert.Equal(Digests(Alone, End), Digests(Resumed, End));
        Assert.Equal(Figures(Alone, 0), Figures(Together, 0));
    }

    // A solver state names its weights, so each run has a folder of its own, where files have the same names. Three
    // batches are tested, which two processes cannot share evenly.
    private void Write(string net)
    {
        string text = net switch
        {
            "LeNet" => DistributedNets.LeNet,
            "Normalized" => DistributedNets.Normalized,
            _ => DistributedNets.Siamese,
        };
        foreach (string run in (string[])[Alone, Together, Resumed])
        {
            Directory.CreateDirectory(folder[run]);
            folder.Write($"{run}/net.prototxt", text);
            folder.Write($"{run}/solver.prototxt", $"""
                net: "net.prototxt" test_iter: 3 test_interval: 20 base_lr: 0.01 momentum: 0.9 weight_decay: 0.0005
                lr_policy: "inv" gamma: 0.0001 power: 0.75 display: 10 max_iter: {End} snapshot: {Half} iter_size: 4
                random_seed: 7 snapshot_prefix: "snap" {(net == "Siamese" ? "clip_gradients: 0.5" : "")}
                """);
        }
    }

    private async Task TrainAlone(string run, params string[] more)
    {
        using CnnProcess process = CnnProcess.Start(folder[run], Arguments(more));
        var (exitCode, _, error) = await process.Finish();

        Assert.True(exitCode == 0, error);
    }

    private async Task Train(MpiLauncher launcher, int processes, string run, params string[] more)
    {
        string[] arguments = [MpiJob.Program, .. Arguments(more)];
        using MpiJob job = MpiJob.Start(launcher, folder[run], [], (processes, folder[run], arguments));

        Assert.True(await job.Finish() == 0, $"{job.Output}\n{job.Error}");
        Assert.Single(job.Error.Split('\n'), l => l.EndsWith("Starting Optimization", StringComparison.Ordinal));
    }

    private static string[] Arguments(string[] more) =>
        ["train", "--solver", "solver.prototxt", "--threads", "1", "--run", "run", .. more];

    private string Snapshot(string run, int iteration) => folder[$"{run}/snap_iter_{iteration}.solverstate"];

    private string[] Digests(string run, params int[] iterations) =>
    [
        .. from iteration in iterations
           from end in (string[])["caffemodel", "solverstate"]
           let bytes = File.ReadAllBytes(Path.ChangeExtension(Snapshot(run, iteration), end))
           select $"{iteration} {end} {Convert.ToHexString(SHA256.HashData(bytes))}",
    ];

    // Losses and scores as they were recorded, with all their digits; times differ.
    private string[] Figures(string run, int after) =>
    [
        .. from curve in RunFolder.Read(folder[$"{run}/run"]).Curves
           where curve.Name.EndsWith("loss", StringComparison.Ordinal) || curve.Name is "test/accuracy"
           orderby curve.Name
           from point in curve.Points
           where point.Iteration > after
           select $"{curve.Name} {point.Iteration} {point.Value:R}",
    ];
}
