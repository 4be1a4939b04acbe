namespace Cnn.Tests.Runner.Commands;

/// <summary>
/// An empty path, such as that of an unset shell variable, is reported as an error before any work is done.
/// </summary>
[Trait("Category", "Unit")]
public sealed class EmptyPathTests : IDisposable
{
    private const string Net = """
        layer { name: "d" type: "DummyData" top: "x" top: "t" dummy_data_param {
          shape { dim: 4 dim: 3 } shape { dim: 4 dim: 2 } data_filler { value: 0.5 } data_filler { value: 1 } } }
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param { num_output: 2 } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "t" top: "loss" }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train", "--solver")]
    [InlineData("train", "--snapshot", "--solver", "x")]
    [InlineData("train", "--resume", "--solver", "x")]
    [InlineData("train", "--log-dir", "--solver", "x")]
    [InlineData("train", "--plugin", "--solver", "x")]
    [InlineData("train", "--weights", "--solver", "x")]
    [InlineData("test", "--model", "--weights", "x")]
    [InlineData("test", "--weights", "--model", "x")]
    [InlineData("test", "--log-dir", "--model", "x", "--weights", "x")]
    [InlineData("time", "--model")]
    [InlineData("time", "--plugin", "--model", "x")]
    [InlineData("summary", "--model")]
    [InlineData("forward", "--model")]
    [InlineData("forward", "--weights", "--model", "x")]
    [InlineData("forward", "--all-blobs", "--model", "x")]
    [InlineData("classify", "--weights", "x", "--model", "x")]
    [InlineData("classify", "--labels", "x", "--model", "x", "--weights", "x")]
    [InlineData("classify", "--output", "x", "--model", "x", "--weights", "x")]
    [InlineData("plot", "--output", "x")]
    [InlineData("draw", "--output", "x")]
    [InlineData("data digits", "--to")]
    [InlineData("data mnist", "--to", "--from", "x")]
    [InlineData("data cifar10", "--from", "--to", "x")]
    [InlineData("data images", "--to", "x")]
    [InlineData("data inspect", "--sheet", "x")]
    public void AnOptionThatTakesAPathSaysThatItIsEmpty(string command, string option, params string[] others)
    {
        CommandLine run = CommandLine.Run([.. command.Split(' '), option, "", .. others]);

        Assert.StartsWith($"cnn: {option} is empty, it must be a path;", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("classify", "x", "", "--model", "x", "--weights", "x")]
    [InlineData("convert", "", "x")]
    [InlineData("convert", "x", "")]
    [InlineData("upgrade_net_proto_text", "", "x")]
    [InlineData("plot", "", "--output", "x.png")]
    [InlineData("convert_mnist_data", "x", "", "x")]
    [InlineData("convert_imageset", "x/", "", "x")]
    [InlineData("convert_imageset", "x/", "x", "")]
    [InlineData("compute_image_mean", "")]
    [InlineData("compute_image_mean", "x", "")]
    [InlineData("extract_features", "x", "", "fc7", "x", "1", "lmdb")]
    [InlineData("convert_cifar_data", "x", "", "lmdb")]
    public void AnArgumentThatIsAPathSaysThatItIsEmpty(string command, params string[] others)
    {
        CommandLine run = CommandLine.Run([command, .. others]);

        Assert.Contains("is empty, it must be a path", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("type: 'Data' top: 'x' data_param { source: '' backend: LMDB batch_size: 1 }", "source is missing")]
    [InlineData("type: 'HDF5Data' top: 'x' hdf5_data_param { source: '' batch_size: 1 }", "source is missing")]
    [InlineData("type: 'IdxData' top: 'x' idx_data_param { images: '' batch_size: 1 }", "names no images")]
    [InlineData(
        "type: 'Digits' top: 'x' transform_param { mean_file: '' } digits_param { batch_size: 1 }",
        "mean_file names no file")]
    public void AFileThatADefinitionLeavesEmptyIsToldAtItsPlace(string layer, string expected)
    {
        CommandLine run = CommandLine.Run(
            "summary", "--model", folder.Write("net.prototxt", $"layer {{ name: 'd' {layer} }}"));

        Assert.StartsWith(folder["net.prototxt"] + ":1:", run.Error, StringComparison.Ordinal);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("net: ''", ":1:6: ")]
    [InlineData("net: 'net.prototxt' snapshot_prefix: 'a\\000b'", ":1:38: snapshot_prefix: the path 'a\\000b")]
    public void APathInASolverThatNoSystemTakesIsToldAtItsPlace(string solver, string expected)
    {
        folder.Write("net.prototxt", Net);
        CommandLine run = CommandLine.Run(
            "train", "--solver", folder.Write("s.prototxt", solver + " base_lr: 0.1 lr_policy: 'fixed' max_iter: 2"));

        Assert.Contains(folder["s.prototxt"] + expected, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Iteration", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public void ASnapshotPrefixThatIsTooLongIsRefusedBeforeTheFirstIteration()
    {
        folder.Write("net.prototxt", Net);
        CommandLine run = CommandLine.Run("train", "--solver", folder.Write(
            "s.prototxt",
            "net: 'net.prototxt' base_lr: 0.1 lr_policy: 'fixed' max_iter: 2 "
                + $"snapshot_prefix: '{new string('p', 250)}'"));

        Assert.Contains("holds a name of 281 bytes, at most 255", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Iteration", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task AnEmptySnapshotPrefixWritesIntoTheWorkingFolderAsCaffeDoes()
    {
        folder.Write("net.prototxt", Net);
        folder.Write(
            "s.prototxt",
            "net: 'net.prototxt' base_lr: 0.1 lr_policy: 'fixed' max_iter: 2 snapshot: 2 snapshot_prefix: ''");
        using (CnnProcess run = CnnProcess.Start(folder.Path, "train", "--solver", "s.prototxt"))
        {
            var (exitCode, _, error) = await run.Finish();
            Assert.True(exitCode == 0, error);
        }

        Assert.True(File.Exists(folder["_iter_2.caffemodel"]));
        Assert.True(File.Exists(folder["_iter_2.solverstate"]));
        using CnnProcess resumed = CnnProcess.Start(
            folder.Path, "train", "--solver", "s.prototxt", "--resume", "latest", "--iterations", "4");
        Assert.Contains("Resuming from", (await resumed.Finish()).Error, StringComparison.Ordinal);
    }
}
