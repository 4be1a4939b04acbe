using Cnn.Runner.Commands.Support;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public class CaffeSpellingTests
{
    [Theory]
    [InlineData("-solver", "--solver")]
    [InlineData("-gpu=0", "--gpu=0")]
    [InlineData("-sigint_effect", "--sigint_effect")]
    [InlineData("--solver", "--solver")]
    [InlineData("-h", "-h")]
    [InlineData("-1", "-1")]
    [InlineData("-1e-3", "-1e-3")]
    [InlineData("solver.prototxt", "solver.prototxt")]
    public void OneDashStandsForTwo(string given, string expected) =>
        Assert.Equal([expected], CaffeSpelling.WithTwoDashes([given]));

    [Fact]
    public void WhatComesAfterTwoDashesIsNoOption() =>
        Assert.Equal(["--model", "--", "-file"], CaffeSpelling.WithTwoDashes(["-model", "--", "-file"]));

    [Fact]
    public void ACommandLineOfCaffesRunsUnchanged()
    {
        using var folder = new TemporaryFolder();
        string solver = Solver(folder, "solver_mode: GPU");

        CommandLine run = CommandLine.Run(
            "train", "-solver", solver, "-gpu", "0", "-sigint_effect=stop", "-sighup_effect", "snapshot",
            "-level", "0");

        Assert.Equal(0, run.ExitCode);
        Assert.Single(run.Error.Split('\n'), line => line.Contains("computes on the CPU", StringComparison.Ordinal));
        Assert.True(File.Exists(folder["snap_iter_3.caffemodel"]));
    }

    [Fact]
    public void AnUnknownEffectOfASignalIsNamedWithTheKnownOnes()
    {
        CommandLine run = CommandLine.Run("train", "-solver", "s.prototxt", "-sigint_effect", "explode");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'explode'", run.Error, StringComparison.Ordinal);
        Assert.Contains("snapshot", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightsFromSeveralFilesAreToldLayerByLayer()
    {
        using var folder = new TemporaryFolder();
        string solver = Solver(folder);
        Assert.Equal(0, CommandLine.Run("train", "--solver", solver).ExitCode);
        string all = folder["snap_iter_3.caffemodel"];
        string one = folder.Write("one.prototxt", "layer { name: 'conv1' type: 'Convolution' "
            + "blobs { shape { dim: [4, 1, 5, 5] } data: [" + string.Join(", ", Enumerable.Repeat("0.5", 100)) + "] } "
            + "blobs { shape { dim: 4 } data: [1, 2, 3, 4] } }");

        CommandLine run = CommandLine.Run(
            "test", "--model", folder["net.prototxt"], "--weights", $"{all},{one}", "--iterations", "1");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"conv1  from {one}", run.Error, StringComparison.Ordinal);
        Assert.Contains($"ip2    from {all}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void StrictWeightsFailWhereALayerFindsNone()
    {
        using var folder = new TemporaryFolder();
        Solver(folder);
        string one = folder.Write(
            "one.prototxt", "layer { name: 'other' type: 'InnerProduct' blobs { shape { dim: 1 } data: 4 } }");

        CommandLine run = CommandLine.Run(
            "test", "--model", folder["net.prototxt"], "--weights", one, "--weights-strict", "--iterations", "1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "3 layer(s) without weights in the files: conv1, ip1, ip2; 1 layer(s) of the files not in the net: other",
            run.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TheDeviceIsTheProcessor() =>
        Assert.StartsWith("CPU, ", CommandLine.Run("device_query", "-gpu", "all").Output, StringComparison.Ordinal);

    private static string Solver(TemporaryFolder folder, string more = "")
    {
        string net = folder.Write("net.prototxt", SmallTraining.Net);
        return folder.Write("solver.prototxt", $$"""
            net: "{{net.Replace('\\', '/')}}" base_lr: 0.01 lr_policy: "fixed" max_iter: 3 random_seed: 1
            snapshot_prefix: "{{folder["snap"].Replace('\\', '/')}}" {{more}}
            """);
    }
}
