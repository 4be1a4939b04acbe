using System.Security.Cryptography;
using Cnn.Engine.Runs;
using Cnn.Tests.Runner.Commands;

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

    public static TheoryData<string, string> NetsAndMpis =>
        [.. from net in (string[])["LeNet", "Normalized", "Siamese"] from mpi in MpiLauncher.Names select (net, mpi)];

    public static TheoryData<string> Mpis => [.. MpiLauncher.Names];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(NetsAndMpis))]
    public async Task TwoProcessesAndThenFourEndAsOneDoes(string net, string mpi)
    {
        var launcher = MpiLauncher.OrSkip(mpi);
        Write(net);
        TrainAlone();

        await Train(launcher, 2, Together);
        await Train(launcher, 4, Resumed, "--snapshot", Snapshot(Together, Half));

        Assert.Equal(Digests(Alone, Half, End), Digests(Together, Half, End));
        Assert.Equal(Digests(Alone, End), Digests(Resumed, End));
        Assert.Equal(Figures(Alone, 0), Figures(Together, 0));
        Assert.Equal(Figures(Alone, Half), Figures(Resumed, Half));
    }

    [Theory]
    [MemberData(nameof(Mpis))]
    public async Task FourProcessesAndThenOneEndAsOneDoes(string mpi)
    {
        var launcher = MpiLauncher.OrSkip(mpi);
        Write("LeNet");
        TrainAlone();

        await Train(launcher, 4, Together);
        TrainAlone(Resumed, "--snapshot", Snapshot(Together, Half));

        Assert.Equal(Digests(Alone, Half, End), Digests(Together, Half, End));
        Assert.Equal(Digests(Alone, End), Digests(Resumed, End));
        Assert.Equal(Figures(Alone, 0), Figures(Together, 0));
    }

    // Three batches to test, which two processes cannot share evenly.
    private void Write(string net)
    {
        folder.Write("net.prototxt", net switch
        {
            "LeNet" => DistributedNets.LeNet,
            "Normalized" => DistributedNets.Normalized,
            _ => DistributedNets.Siamese,
        });
        foreach (string run in (string[])[Alone, Together, Resumed])
        {
            Directory.CreateDirectory(folder[run]);
            folder.Write($"{run}.prototxt", $"""
                net: "net.prototxt" test_iter: 3 test_interval: 20 base_lr: 0.01 momentum: 0.9 weight_decay: 0.0005
                lr_policy: "inv" gamma: 0.0001 power: 0.75 display: 10 max_iter: {End} snapshot: {Half} iter_size: 4
                random_seed: 7 snapshot_prefix: "{run}/snap" {(net == "Siamese" ? "clip_gradients: 0.5" : "")}
                """);
        }
    }

    private void TrainAlone(string run = Alone, params string[] more)
    {
        string[] arguments = Arguments(run, more);
        CommandLine command = CommandLine.Run(
            [.. arguments.Select(a => a.EndsWith(".prototxt", StringComparison.Ordinal) ? folder[a] : a)]);

        Assert.True(command.ExitCode == 0, command.Error);
    }

    private async Task Train(MpiLauncher launcher, int processes, string run, params string[] more)
    {
        using MpiJob job = MpiJob.Cnn(launcher, processes, folder, Arguments(run, more));

        Assert.True(await job.Finish() == 0, $"{job.Output}\n{job.Error}");
        Assert.Single(job.Error.Split('\n'), l => l.EndsWith("Starting Optimization", StringComparison.Ordinal));
    }

    private string[] Arguments(string run, string[] more) =>
        ["train", "--solver", $"{run}.prototxt", "--threads", "1", "--run", folder[$"{run}.run"], .. more];

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
        .. from curve in RunFolder.Read(folder[$"{run}.run"]).Curves
           where curve.Name.EndsWith("loss", StringComparison.Ordinal) || curve.Name is "test/accuracy"
           orderby curve.Name
           from point in curve.Points
           where point.Iteration > after
           select $"{curve.Name} {point.Iteration} {point.Value:R}",
    ];
}
