using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Runner.Commands;

/// <summary>Caffe's upgrade tools: scripts rely on their names, arguments, formats and exit codes.</summary>
[Trait("Category", "Unit")]
public sealed class UpgradeCommandTests : IDisposable
{
    private const string Old = "layers { name: 'r' type: RELU bottom: 'x' top: 'y' }";
    private const string Current = "layer {\n  name: \"r\"\n  type: \"ReLU\"\n  bottom: \"x\"\n  top: \"y\"\n}\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("new.prototxt")]
    [InlineData("new")]
    [InlineData("new.caffemodel")]
    public void ANetIsWrittenAsTextWhateverTheFileIsCalled(string name)
    {
        CommandLine run = CommandLine.Run("upgrade_net_proto_text", folder.Write("old.prototxt", Old), folder[name]);
        Assert.Equal((0, $"Wrote {folder[name]}"), (run.ExitCode, run.Output.TrimEnd()));
        Assert.Equal("", run.Error);
        Assert.Equal(Current, File.ReadAllText(folder[name]));
    }

    [Theory]
    [InlineData("new.caffemodel")]
    [InlineData("new")]
    [InlineData("new.prototxt")]
    public void WeightsAreWrittenAsBinaryWhateverTheFileIsCalled(string name)
    {
        string old = folder["old"];
        var model = TextFormat.Parse<NetParameter>(
            "layers { layer { name: 'c' type: 'conv' num_output: 1 "
                + "blobs { num: 1 channels: 1 height: 1 width: 2 data: 1 data: 2 } } }", "n");
        File.WriteAllBytes(old, model.ToByteArray());

        Assert.Equal(0, CommandLine.Run("upgrade_net_proto_binary", old, folder[name]).ExitCode);

        NetParameter upgraded = NetParameter.Parser.ParseFrom(File.ReadAllBytes(folder[name]));
        LayerParameter layer = Assert.Single(upgraded.Layer);
        Assert.Equal(("c", "Convolution", 1u), (layer.Name, layer.Type, layer.ConvolutionParam.NumOutput));
        Assert.Equal([1f, 2f], Assert.Single(layer.Blobs).Data);
    }

    [Fact]
    public void ANetCanBecomeYaml()
    {
        Assert.Equal(
            0,
            CommandLine.Run("upgrade_net_proto_text", folder.Write("old.prototxt", Old), folder["new.yaml"]).ExitCode);
        Assert.Equal(Current, TextFormat.Print(ProtoFile.Load<NetParameter>(folder["new.yaml"]).Message));
    }

    [Fact]
    public void OfASolverOnlyTheTypeChanges()
    {
        string old = folder.Write("solver.prototxt", "net: 'n' solver_type: ADAM");
        Assert.Equal(0, CommandLine.Run("upgrade_solver_proto_text", old, folder["new"]).ExitCode);
        Assert.Equal("net: \"n\"\ntype: \"Adam\"\n", File.ReadAllText(folder["new"]));
    }

    [Theory]
    [InlineData("upgrade_net_proto_text", Current)]
    [InlineData("upgrade_net_proto_binary", Current)]
    [InlineData("upgrade_solver_proto_text", "type: \"Adam\"\n")]
    public void AFileOfTodayIsWrittenToo(string tool, string text)
    {
        CommandLine run = CommandLine.Run(tool, folder.Write("current", text), folder["new"]);
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^W\d{4} \S+ +\d+ \S+\] .*current is in the current format already\n$", run.Error);
        Assert.True(new FileInfo(folder["new"]).Length > 0);
    }

    [Fact]
    public void ANetThatLosesSomethingIsWrittenAndTheExitCodeIsOne()
    {
        string old = folder.Write(
            "old.prototxt", "layers {\n layer { name: 'r' type: 'relu' stride: 2 } bottom: 'x' top: 'y' }");
        CommandLine run = CommandLine.Run("upgrade_net_proto_text", old, folder["new.prototxt"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Matches(@"^W\d{4} \S+ +\d+ \S+\] .*old\.prototxt:2:\d+: layer 'r': field 'stride' .*\n$", run.Error);
        Assert.Equal(Current, File.ReadAllText(folder["new.prototxt"]));
    }

    [Theory]
    [InlineData("upgrade_net_proto_text", "layers { layer { name: 'r' type: 'relo' } }", 1)]
    [InlineData("upgrade_net_proto_binary", "layer { name: 'a' } layers { name: 'b' }", 1)]
    [InlineData("upgrade_solver_proto_text", "type: 'Adam' solver_type: ADAM", 1)]
    [InlineData("upgrade_net_proto_text", "layer { nome: 'r' }", 2)]
    [InlineData("upgrade_net_proto_binary", "layer { nome: 'r' }", 2)]
    [InlineData("upgrade_solver_proto_text", "layer { name: 'r' }", 2)]
    public void AFileThatCannotBeUpgradedIsOneThatCannotBeReadIsTwo(string tool, string text, int exitCode)
    {
        string old = folder.Write("old", text);
        CommandLine run = CommandLine.Run(tool, old, folder["new"]);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.StartsWith($"{old}:1:", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["new"]));
    }

    [Theory]
    [InlineData("upgrade_net_proto_text")]
    [InlineData("upgrade_net_proto_text", "one")]
    [InlineData("upgrade_net_proto_binary", "one", "two", "three")]
    [InlineData("upgrade_solver_proto_text")]
    public void AnotherNumberOfArgumentsThanTwoIsAMistakeOfUsage(params string[] arguments)
    {
        CommandLine run = CommandLine.Run(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"'cnn {arguments[0]} --help' shows the usage", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ACommandTellsWhatTheUpgradeOfItsNetDropped()
    {
        string net = folder.Write(
            "net.prototxt",
            "input: 'x' input_dim: [1, 1, 2, 2, 9]\nlayer { name: 'r' type: 'ReLU' bottom: 'x' top: 'y' }");
        CommandLine run = CommandLine.Run("time", "-model", net, "-iterations", "1");
        Assert.Equal(0, run.ExitCode);
        Assert.Single(
            run.Error.Split('\n'),
            l => l.StartsWith('W') && l.EndsWith("what is too many is dropped", StringComparison.Ordinal));
    }
}
