using System.Security.Cryptography;
using Cnn.Engine.Distributed;
using Cnn.Engine.Solvers;
using Cnn.Proto;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Engine.Distributed;

/// <summary>Files that rank 0 sends to the others.</summary>
[Trait("Category", "Unit")]
public sealed class RootFilesTests : IDisposable
{
    private static readonly SolverDefinition Nothing = new(new SolverParameter());

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The lengths are none, a part of a piece, a whole piece and more than two.
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(4 << 20)]
    [InlineData((9 << 20) + 3)]
    public void CopiesHaveTheBytesOfTheFileAndAreRemoved(int length)
    {
        var bytes = new byte[length];
        new Random(3).NextBytes(bytes);
        string[] paths = [folder["w.caffemodel"], folder["other"] + "/w.caffemodel"];
        Directory.CreateDirectory(folder["other"]);
        File.WriteAllBytes(paths[0], bytes);
        File.WriteAllBytes(paths[1], [1]);

        (string[] Paths, byte[] Digest)[] ranks = InProcessJob.Run(3, group =>
        {
            string[] mine = group.IsRoot ? paths : ["nosuch.caffemodel"];
            using var files = RootFiles.Share(group, Nothing, new SolverOptions { Weights = mine });
            string[] local = [.. files.Options.Weights!];
            return (local, SHA256.HashData(File.ReadAllBytes(local[0])));
        });

        Assert.Equal(paths, ranks[0].Paths);
        Assert.All(ranks, r => Assert.Equal(SHA256.HashData(bytes), r.Digest));
        Assert.All(ranks[1..], r => Assert.Equal(
            ["w.caffemodel", "w.caffemodel"], r.Paths.Select(path => Path.GetFileName(path))));
        Assert.Equal(4, ranks[1..].SelectMany(r => r.Paths).Distinct().Count());
        Assert.All(ranks[1..].SelectMany(r => r.Paths), path => Assert.False(Path.Exists(Path.GetDirectoryName(path))));
    }

    [Fact]
    public void TheWeightsOfASolverStateLieBesideItsCopy()
    {
        CommandLine run = CommandLine.Run(
            "train", SmallTraining.Write(folder, 1, 0, prefix: folder["snap"]), "--threads", "1");
        Assert.True(run.ExitCode == 0, run.Error);

        string[][] found = InProcessJob.Run(2, group =>
        {
            string state = group.IsRoot ? folder["snap_iter_1.solverstate"] : "nosuch.solverstate";
            using var files = RootFiles.Share(group, Nothing, new SolverOptions { ResumeFrom = state });
            string place = Path.GetDirectoryName(files.Options.ResumeFrom)!;
            return Directory.GetFiles(place, "snap*").Select(path => Path.GetFileName(path)).Order().ToArray();
        });

        Assert.Equal(["snap_iter_1.caffemodel", "snap_iter_1.solverstate"], found[1]);
    }

    [Fact]
    public void TheWeightsThatTheDefinitionOfRankZeroNamesAreSent()
    {
        string path = folder.Write("w.caffemodel", "weights");
        var definition = new SolverParameter();
        definition.Weights.Add(path);

        string[] texts = InProcessJob.Run(2, group =>
        {
            using var files = RootFiles.Share(
                group, group.IsRoot ? new SolverDefinition(definition) : Nothing, new SolverOptions());
            return File.ReadAllText(files.Options.Weights![0]);
        });

        Assert.Equal(["weights", "weights"], texts);
    }

    [Fact]
    public void AllStartFromASnapshotOrNone()
    {
        var error = Assert.Throws<CnnException>(() => InProcessJob.Run(2, group => RootFiles.Share(
            group, Nothing, new SolverOptions { ResumeFrom = group.IsRoot ? null : "snap.solverstate" })));

        Assert.Equal(
            "on rank 1: this rank starts from a snapshot, rank 0 from the beginning", error.Message);
    }

    [Fact]
    public void AFileThatRankZeroLacksIsAnErrorOfAll()
    {
        var error = Assert.Throws<CnnException>(() => InProcessJob.Run(2, group => RootFiles.Share(
            group, Nothing, new SolverOptions { Weights = [folder["nosuch"]] })));

        Assert.StartsWith("on rank 0: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(folder["nosuch"], error.Message, StringComparison.Ordinal);
    }
}
