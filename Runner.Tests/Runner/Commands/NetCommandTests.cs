using Cnn.Proto;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public class NetCommandTests
{
    private static readonly string LeNet = Repository.PathOf("Models", "lenet", "lenet.prototxt");

    private const string Means = """
        name: "Means"
        layer { name: "in" type: "DummyData" top: "x" top: "y"
          dummy_data_param { shape { dim: 2 dim: 3 } data_filler { value: 2 } data_filler { value: 0.5 } } }
        layer { name: "fc" type: "InnerProduct" bottom: "x" top: "z"
          inner_product_param { num_output: 3 weight_filler { value: 0 } bias_filler { value: 1 } } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "z" bottom: "y" top: "distance" loss_weight: 2 }
        """;

    [Fact]
    public void SummaryCountsLeNet()
    {
        CommandLine run = CommandLine.Run("summary", "--model", LeNet);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("431,080", LineOf("total"), StringComparison.Ordinal);
        Assert.Contains("25,050", LineOf("conv2"), StringComparison.Ordinal);

        // One image: conv2 has 50 x 8 x 8 outputs of 20 x 5 x 5 multiply-adds each; ip1 has 500 of 800.
        string images = LineOf("data");
        long count = long.Parse(
            images[(images.IndexOf('[', StringComparison.Ordinal) + 1)..images.IndexOf(',', StringComparison.Ordinal)]);
        Assert.Contains($"{count * 50 * 64 * 500:N0}", LineOf("conv2"), StringComparison.Ordinal);
        Assert.Contains($"{count * 500 * 800:N0}", LineOf("ip1"), StringComparison.Ordinal);

        string LineOf(string layer) =>
            run.Output.Split('\n').Single(l => l.StartsWith(layer + " ", StringComparison.Ordinal));
    }

    [Fact]
    public void TestPrintsBatchesMeansAndLossAsCaffeDoes()
    {
        using var folder = new TemporaryFolder();
        string net = folder.Write("net.prototxt", Means), weights = folder["w.caffemodel"];
        ProtoFile.Save(new NetParameter { Layer = { new LayerParameter { Name = "other", Type = "ReLU" } } }, weights);

        CommandLine run = CommandLine.Run("test", "--model", net, "--weights", weights, "--iterations", "3");

        // z - y is 0.5 in 6 places: 6 x 0.25 / 2 / 2 images = 0.375, twice that in the loss.
        Assert.Equal("Loss: 0.75\ndistance = 0.375 (* 2 = 0.75 loss)\n", run.Output);
        Assert.Equal(0, run.ExitCode);
        for (int batch = 0; batch < 3; batch++)
        {
            Assert.Contains($"] Batch {batch}, distance = 0.375\n", run.Error, StringComparison.Ordinal);
        }

        Assert.Contains("] Ignoring source layer other\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TimeTellsEachLayerBothWays()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run("time", "--model", folder.Write("net.prototxt", Means), "--iterations", "2");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"\]         fc\tforward: [0-9.e-]+ ms\.\n", run.Error);
        Assert.Matches(@"\]         fc\tbackward: [0-9.e-]+ ms\.\n", run.Error);
        Assert.Matches(@"\] Average Forward-Backward: [0-9.e+-]+ ms\.\n", run.Error);
        Assert.Matches(
            @"(?m)^fc +InnerProduct +[0-9.]+ +[0-9.]+ +[0-9]+ % p +[0-9.]+ +[0-9.]+ +[0-9]+ % p$", run.Output);
        Assert.Matches(@"Measured in this run: peak [0-9.]+ GFLOP/s,\s+memory [0-9.]+ GB/s", run.Output);
    }

    [Fact]
    public void ConvertKeepsTheMessageThroughYamlAndBinary()
    {
        using var folder = new TemporaryFolder();
        string yaml = folder["net.yaml"], binary = folder["net.binaryproto"], text = folder["net.prototxt"];

        Assert.Equal(0, CommandLine.Run("convert", LeNet, yaml).ExitCode);
        Assert.Equal(0, CommandLine.Run("convert", yaml, binary).ExitCode);
        Assert.Equal(0, CommandLine.Run("convert", binary, text).ExitCode);

        Assert.Equal(ProtoFile.Load<NetParameter>(LeNet).Message, ProtoFile.Load<NetParameter>(text).Message);
    }

    [Fact]
    public void ConvertTellsASolverFromANet()
    {
        using var folder = new TemporaryFolder();
        string from = folder.Write("x.prototxt", "net: \"a\"\nbase_lr: 0.5\n"), to = folder["y.yaml"];

        Assert.Equal(0, CommandLine.Run("convert", from, to).ExitCode);

        Assert.Equal(0.5f, ProtoFile.Load<SolverParameter>(to).Message.BaseLr);
    }

    [Fact]
    public void ConvertWritesNothingWhenTheInputIsWrong()
    {
        using var folder = new TemporaryFolder();
        string to = folder["y.yaml"];

        CommandLine run = CommandLine.Run("convert", folder.Write("x.prototxt", "layer { nmae: \"a\" }"), to);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("x.prototxt:1:9: unknown field 'nmae'", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(to));
    }

    [Fact]
    public void DataDigitsWritesADatabase()
    {
        using var folder = new TemporaryFolder();
        string to = folder["digits_lmdb"];

        CommandLine run = CommandLine.Run("data", "digits", "--to", to, "--count", "20");

        Assert.Equal((0, $"Wrote {to}\n"), (run.ExitCode, run.Output));
        Assert.True(File.Exists(Path.Combine(to, "data.mdb")));
    }

    [Fact]
    public void DataMnistRefusesAFolderWithoutIt()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run("data", "mnist", "--from", folder.Path, "--to", folder["out"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("holds no train-images-idx3-ubyte", run.Error, StringComparison.Ordinal);
    }
}
