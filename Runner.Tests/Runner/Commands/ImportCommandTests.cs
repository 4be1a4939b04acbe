using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Tests.Engine.Import;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class ImportCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static OnnxFile Small => new OnnxFile().Input("x", -1, 2, 4, 4).Weights("conv.weight", [3, 2, 3, 3])
        .Weights("conv.bias", [3]).Node("Conv", "x conv.weight conv.bias", "y").Output("y");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("net.prototxt", "net.caffemodel")]
    [InlineData("net.yaml", "net.caffemodel.h5")]
    public void ANetAndItsWeightsAreWritten(string to, string weights)
    {
        CommandLine run = CommandLine.Run(
            "import", Small.Save(folder["net.onnx"]), "--to", folder[to], "--weights", folder[weights], "--batch", "3");
        Assert.Equal("", run.Error);
        Assert.Equal("imported main_graph: 2 layers, 57 parameters\n", run.Output);
        Assert.Equal(0, run.ExitCode);
        using var pool = new WorkerPool(1);
        using Net net = Net.Load(
            folder[to], folder[weights], new NetOptions { Pool = pool, WeightsAreStrict = true });
        Assert.Equal([3, 3, 2, 2], net.FindBlob("y").Shape.ToArray());
    }

    [Fact]
    public void NothingIsWrittenWhereAnOperationIsRefused()
    {
        string path = new OnnxFile().Input("x", 1, 2).Node("Erf", "x", "y").Output("y").Save(folder["net.onnx"]);
        CommandLine run = CommandLine.Run(
            "import", path, "--to", folder["n.prototxt"], "--weights", folder["w.caffemodel"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("node 'y' (Erf): no layer computes this operator", run.Error, StringComparison.Ordinal);
        Assert.Equal(["net.onnx"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void NoDefinitionIsLeftWhereTheWeightsCannotBeWritten()
    {
        CommandLine run = CommandLine.Run(
            "import", Small.Save(folder["net.onnx"]), "--to", folder["n.prototxt"], "--weights",
            folder["nowhere/w.caffemodel"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("there is no folder", run.Error, StringComparison.Ordinal);
        Assert.Equal(["net.onnx"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void TheFilesHaveToBeThree()
    {
        string path = Small.Save(folder["net.onnx"]);
        CommandLine run = CommandLine.Run("import", path, "--to", folder["n.prototxt"], "--weights", path);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("name the same file twice", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, CommandLine.Run("import", path, "--to", folder["n.xyz"], "--weights", folder["w"]).ExitCode);
    }

    [Fact]
    public void AMissingFileIsNamed()
    {
        CommandLine run = CommandLine.Run(
            "import", folder["no.onnx"], "--to", folder["n.yaml"], "--weights", folder["w"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("does not exist", run.Error, StringComparison.Ordinal);
    }
}
