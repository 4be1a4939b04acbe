namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class DrawCommandTests : IDisposable
{
    private static readonly string LeNet = Repository.PathOf("Models", "lenet", "lenet_train_test.prototxt");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("net.svg", "<svg xmlns=")]
    [InlineData("net.PNG", "\u0089PNG")]
    [InlineData("net.dot", "digraph \"LeNet\"")]
    [InlineData("net.mmd", "---\ntitle: \"LeNet ")]
    public void ADrawingIsOfTheKindThatItsNameSays(string name, string start)
    {
        CommandLine run = CommandLine.Run("draw", LeNet, "-o", folder[name]);

        Assert.Equal((0, $"wrote {folder[name]}\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.StartsWith(
            start, System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(folder[name])), StringComparison.Ordinal);
    }

    [Fact]
    public void SeveralDrawingsOfOneNetAreWritten()
    {
        CommandLine run = CommandLine.Run(
            "draw", "--model", LeNet, "--phase", "TRAIN", "--title", "my net", "-o", folder["a.svg"],
            "-o", folder["b.mmd"]);

        Assert.Equal(0, run.ExitCode);
        string svg = File.ReadAllText(folder["a.svg"]);
        Assert.Contains(">my net</text>", svg, StringComparison.Ordinal);
        Assert.Contains("TRAIN phase", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("Accuracy", svg, StringComparison.Ordinal);
        Assert.Contains("flowchart TD", File.ReadAllText(folder["b.mmd"]), StringComparison.Ordinal);
    }

    [Fact]
    public void DataThatIsNotHereIsMadeUp()
    {
        CommandLine run = CommandLine.Run(
            "draw", Repository.PathOf("Models", "googlenet", "train_val.prototxt"), "-o", folder["g.svg"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("inception_5b", File.ReadAllText(folder["g.svg"]), StringComparison.Ordinal);
        Assert.Contains("is made up", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ModulesAreFoldedOrNotAsIsAsked()
    {
        string net = Repository.PathOf("Models", "resnet50", "deploy.prototxt");

        CommandLine.Run("draw", net, "-o", folder["folded.dot"]);
        CommandLine.Run("draw", net, "--unfold", "-o", folder["all.dot"]);

        Assert.Contains(
            "res4b … res4f (5 equal modules)", File.ReadAllText(folder["folded.dot"]), StringComparison.Ordinal);
        Assert.Contains("\"res4d_branch2b\\n", File.ReadAllText(folder["all.dot"]), StringComparison.Ordinal);
    }

    [Fact]
    public void ADarkPictureDiffersFromALightOne()
    {
        CommandLine.Run("draw", LeNet, "-o", folder["light.png"]);
        CommandLine.Run("draw", LeNet, "--dark", "-o", folder["dark.png"]);

        Assert.NotEqual(File.ReadAllBytes(folder["light.png"]), File.ReadAllBytes(folder["dark.png"]));
    }

    [Fact]
    public void AnotherKindOfFileIsRefusedBeforeAnythingIsWritten()
    {
        CommandLine run = CommandLine.Run("draw", LeNet, "-o", folder["a.svg"], "-o", folder["b.pdf"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"cnn: --output {folder["b.pdf"]}: unknown picture format; "
            + "its name should end in .svg, .png, .dot or .mmd\n",
            run.Error);
        Assert.False(File.Exists(folder["a.svg"]));
    }

    [Fact]
    public void FoldAndUnfoldContradictEachOther()
    {
        CommandLine run = CommandLine.Run("draw", LeNet, "--fold", "--unfold", "-o", folder["a.svg"]);

        Assert.Equal(
            (1, "cnn: --fold and --unfold contradict each other; give one of them\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public void ANetThatCannotBeBuiltSaysWhere()
    {
        string net = folder.Write("wrong.prototxt", """
            layer { name: "a" type: "ReLU" bottom: "nothing" top: "a" }
            """);

        CommandLine run = CommandLine.Run("draw", net, "-o", folder["a.svg"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("wrong.prototxt:1:", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["a.svg"]));
    }
}
