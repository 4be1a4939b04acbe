namespace Cnn.Tests.Runner.Commands;

/// <summary>
/// Names in the files of others that a terminal would carry out: they set the title, clear the screen, hide a part of
/// a line.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class HostileNamesTests : IDisposable
{
    // In prototxt: escape, bell, carriage return, backspace, the one-character CSI (U+009B), right-to-left override
    // (U+202E).
    private const string Hostile = @"\033]0;owned\007\033[2J\r\b\302\2332J\342\200\256x";
    private const string Shown = @"\u001b]0;owned\u0007\u001b[2J\u000d\u0008\u009b2J\u202ex";

    private static readonly string Raw = "\u001b]0;owned\u0007\u001b[2J\r\b\u009b2J\u202ex";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("summary", "NET")]
    [InlineData("check", "NET")]
    [InlineData("time", "--model", "NET", "--iterations", "1")]
    [InlineData("test", "--model", "NET", "--weights", "NET", "--iterations", "1")]
    [InlineData("forward", "NET")]
    [InlineData("draw", "NET", "-o", "FOLDER/net.svg")]
    [InlineData("export", "NET", "-o", "FOLDER/net.onnx")]
    public void WhatANetIsCalledIsShownAndNotCarriedOut(params string[] words)
    {
        string net = folder.Write("net.prototxt", Net(Hostile));

        CommandLine run = CommandLine.Run(
        [
            .. words.Select(w => w.Replace("NET", net, StringComparison.Ordinal)
                .Replace("FOLDER", folder.Path, StringComparison.Ordinal)),
        ]);

        AssertHarmless(run);
    }

    [Fact]
    public void TheLogAndTheListOfRunsAreHarmless()
    {
        folder.Write("net.prototxt", Net(Hostile));
        string solver = folder.Write(
            "solver.prototxt",
            $"net: \"net.prototxt\" base_lr: 0.01 lr_policy: \"fixed\" max_iter: 2 display: 1 debug_info: true "
            + $"snapshot_prefix: \"{folder["snap"].Replace('\\', '/')}\"");

        CommandLine trained = CommandLine.Run("train", "--solver", solver, "--run", folder["runs/one"]);
        CommandLine listed = CommandLine.Run("runs", folder["runs"]);

        Assert.True(trained.ExitCode == 0, trained.Error);
        AssertHarmless(trained);
        Assert.Contains(Shown, trained.Error, StringComparison.Ordinal);
        AssertHarmless(listed);
        foreach (string log in Directory.GetFiles(folder["runs/one"], "*.log"))
        {
            AssertHarmless(File.ReadAllText(log));
        }
    }

    [Theory]
    [InlineData("layer { name: \"HOSTILE\" type: \"None\" }")]
    [InlineData("layer { name: \"a\" type: \"HOSTILE\" }")]
    [InlineData("layer { name: \"a\" type: \"ReLU\" bottom: \"HOSTILE\" top: \"b\" }")]
    [InlineData("layer { name: \"a\" type: \"Data\" top: \"b\" data_param { source: \"HOSTILE\" batch_size: 1 } }")]
    [InlineData("layer { name: \"a\" type: \"ImageData\" top: \"b\" image_data_param { source: \"HOSTILE\" } }")]
    public void MistakesAreHarmless(string layer)
    {
        string net = folder.Write("net.prototxt", layer.Replace("HOSTILE", Hostile, StringComparison.Ordinal));

        CommandLine run = CommandLine.Run("summary", net);

        Assert.Equal(1, run.ExitCode);
        AssertHarmless(run);
        Assert.Contains("owned", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ANameOnTheCommandLineIsHarmless() => AssertHarmless(CommandLine.Run("summary", Raw));

    [Fact]
    public void LabelsAndFilesAreHarmless()
    {
        string net = folder.Write(
            "net.prototxt",
            """
            input: "data" input_shape { dim: 1 dim: 3 dim: 4 dim: 4 }
            layer { name: "pool" type: "Pooling" bottom: "data" top: "pool"
              pooling_param { pool: AVE global_pooling: true } }
            layer { name: "prob" type: "Softmax" bottom: "pool" top: "prob" }
            """);
        string labels = folder.Write("labels.txt", $"{Raw}1\n{Raw}2\n{Raw}3\n");
        string weights = folder["weights.caffemodel"];
        using (var built = Cnn.Engine.Graph.Net.Load(net))
        {
            built.SaveWeights(weights);
        }

        string image = folder[OperatingSystem.IsWindows() ? "a.bmp" : "a\u001b[2J.bmp"];
        string images = Repository.PathOf("Runner.Tests", "Goldens", "images");
        File.Copy(Directory.GetFiles(images, "*.png", SearchOption.AllDirectories)[0], image);

        CommandLine run = CommandLine.Run("classify", "--model", net, "--weights", weights, "--labels", labels, image);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("owned", run.Output, StringComparison.Ordinal);
        AssertHarmless(run);
    }

    [Fact]
    public void TextThatIsHarmlessStaysAsItIs()
    {
        CommandLine run = CommandLine.Run("summary", folder.Write("net.prototxt", Net("Straße\\tмир")));

        Assert.Contains("Straße\tмир", run.Output, StringComparison.Ordinal);
    }

    private static string Net(string name) => $$"""
        name: "{{name}}"
        layer { name: "{{name}}d" type: "DummyData" top: "{{name}}t" top: "label"
          dummy_data_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }
        layer { name: "{{name}}" type: "InnerProduct" bottom: "{{name}}t" top: "{{name}}o"
          inner_product_param { num_output: 2 } }
        layer { name: "{{name}}l" type: "SoftmaxWithLoss" bottom: "{{name}}o" bottom: "label" top: "{{name}}s" }
        """;

    private static void AssertHarmless(CommandLine run)
    {
        AssertHarmless(run.Output);
        AssertHarmless(run.Error);
    }

    private static void AssertHarmless(string text) => Assert.DoesNotContain(
        text.ReplaceLineEndings("\n"),
        c => (char.IsControl(c) && c is not ('\n' or '\t')) || c is >= '\u202a' and <= '\u202e');
}
