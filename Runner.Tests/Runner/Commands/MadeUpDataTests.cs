namespace Cnn.Tests.Runner.Commands;

/// <summary>The commands that only look at a net, on nets whose data is not here.</summary>
[Trait("Category", "Unit")]
public sealed class MadeUpDataTests : IDisposable
{
    private const string Head = """
        name: "Absent"
        layer { name: "db" type: "Data" top: "data" top: "label" data_param { source: "no/lmdb" batch_size: 3 } SIZE }
        """;

    private const string Body = """

        layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
          inner_product_param { num_output: 5 weight_filler { value: 0 } } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss" }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("summary")]
    [InlineData("forward")]
    [InlineData("time", "--iterations", "1")]
    public void ANetThatTellsItsShapesNeedsNothingSaid(string command, params string[] options)
    {
        CommandLine run = Run(command, "transform_param { crop_size: 9 }", options);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            "net.prototxt:2:79: layer 'db': 'data' (3 x 3 x 9 x 9) is made up: 'no/lmdb' is not here\n",
            run.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("summary")]
    [InlineData("forward")]
    [InlineData("time", "--iterations", "1")]
    public void AShapeIsGivenToOneThatDoesNot(string command, params string[] options)
    {
        CommandLine run = Run(command, "", [.. options, "--shape", "data=2x1x6x7"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("'data' (2 x 1 x 6 x 7) is made up", run.Error, StringComparison.Ordinal);

        CommandLine without = Run(command, "", options);

        Assert.Equal((1, ""), (without.ExitCode, without.Output));
        Assert.Contains(
            "'no/lmdb' is not here, and nothing tells the size of its images; --shape data=3x3x227x227 would\n",
            without.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TheSummaryHasTheGivenShapeOrBatchSize()
    {
        CommandLine shape = Run("summary", "", "--shape", "data=2x1x6x7");
        CommandLine batch = Run("summary", "transform_param { crop_size: 9 }", "--batch", "7");

        Assert.Contains("data [2, 1, 6, 7], label [2]", shape.Output, StringComparison.Ordinal);
        Assert.Contains("data [7, 3, 9, 9], label [7]", batch.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AnInputTakesAShapeOrABatchSizeToo()
    {
        string net = folder.Write(
            "net.prototxt",
            "layer { name: 'in' type: 'Input' top: 'data' input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }");

        Assert.Contains("data [4, 3, 8, 8]", CommandLine.Run("summary", "--model", net, "--batch", "4").Output);
        Assert.Contains("data [1, 2]", CommandLine.Run("summary", "--model", net, "--shape", "data=1x2").Output);
    }

    [Theory]
    [InlineData("1x3x2x2", "--shape 1x3x2x2 names no blob and shape; write blob=1x3x227x227")]
    [InlineData("=1x3", "--shape =1x3 names no blob and shape")]
    [InlineData("data=", "--shape data=: '' is no size")]
    [InlineData("data=1x3xA", "--shape data=1x3xA: 'A' is no size")]
    [InlineData("data=1x3x-2x2", "'-2' is no size")]
    [InlineData("data=1x3x99999999999x2", "'99999999999' is no size")]
    [InlineData("data=1x3x0x2", "'data' cannot have the shape '1 x 3 x 0 x 2'; 1 to 32 axes, 1 or more each")]
    [InlineData("data=99999x99999x9x9", "where a blob holds at most")]
    [InlineData("data=1x1,data=2x1", "--shape names 'data' twice")]
    [InlineData("date=1x3x2x2", "did you mean 'data'?")]
    [InlineData("data=1x2x2", "images are N x C x H x W")]
    public void AWrongShapeIsNamed(string shape, string expected)
    {
        CommandLine run = Run("summary", "", "--shape", shape);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "--batch is 0, it must be 1 or more")]
    [InlineData("many", "--batch is many, it must be a whole number")]
    [InlineData("99999999", "batch_size 99999999 is too large")]
    public void AWrongBatchSizeIsNamed(string batch, string expected)
    {
        CommandLine run = Run("summary", "transform_param { crop_size: 9 }", "--batch", batch);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TestingAndTrainingMakeNothingUp()
    {
        string net = folder.Write("net.prototxt", TextOf("transform_param { crop_size: 9 }"));
        string solver = folder.Write(
            "solver.prototxt", $"net: '{net}' base_lr: 0.1 lr_policy: 'fixed' max_iter: 1 snapshot_prefix: '{net}'");

        Assert.Equal(1, CommandLine.Run("test", "--model", net, "--iterations", "1").ExitCode);
        CommandLine train = CommandLine.Run("train", "--solver", solver);

        Assert.Equal(1, train.ExitCode);
        Assert.Contains("cannot read 'no/lmdb': it does not exist", train.Error, StringComparison.Ordinal);
    }

    private static string TextOf(string size) => Head.Replace("SIZE", size, StringComparison.Ordinal) + Body;

    private CommandLine Run(string command, string size, params string[] options) =>
        CommandLine.Run([command, "--model", folder.Write("net.prototxt", TextOf(size)), .. options]);
}
