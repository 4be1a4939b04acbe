using Cnn.Tests.Engine.Checks;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class CheckCommandTests : IDisposable
{
    private const string Text = """
        layer { name: 'in' type: 'Input' top: 'in' input_param { shape { dim: 2 dim: 3 dim: 2 } } }
        layer { name: 'mine' type: 'WrongGradient' bottom: 'in' top: 'out' }
        layer { name: 'fc' type: 'InnerProduct' bottom: 'out' top: 'fc'
          inner_product_param { num_output: 4 weight_filler { type: 'xavier' } } }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ATableTellsWhatHolds()
    {
        CommandLine run = CommandLine.Run(
            "check", "--model", Repository.PathOf("Models/lenet/lenet_train_test.prototxt"), "--batch", "2",
            "--threads", "2", "--points", "10", "--layer", "relu1,loss");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith(
            """
            layer  type             gradient    threads  allocation  in place  small shapes  reshaping
            relu1  ReLU             10 of 1000  1-2      0 bytes     same
            """,
            run.Output,
            StringComparison.Ordinal);
        Assert.EndsWith("\n2 layers: all hold.\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatDoesNotHoldIsToldWithItsPlaceAndTwoValues()
    {
        CommandLine run = Run();

        Assert.Equal((2, ""), (run.ExitCode, run.Error));
        Assert.Contains("mine   WrongGradient  FAILS", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "layer 'mine' (WrongGradient): gradient: bottom 'in' at [1, 0, 1], value ", run.Output,
            StringComparison.Ordinal);
        Assert.Contains("- does not apply: it has no bottoms (in)\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n3 layers: 1 does not hold.\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, Run("--layer", "fc").ExitCode);
    }

    [Theory]
    [InlineData("--layer", "mime", "has no layer 'mime'; did you mean 'mine'?")]
    [InlineData("--threads", "0", "--threads is 0, it must be 1 or more")]
    [InlineData("--threads", "65", "--threads is 65, at most 64")]
    [InlineData("--points", "0", "--points is 0, it must be 1 or more")]
    [InlineData("--seed", "x", "--seed is x")]
    public void WhatIsWrongWithTheCommandIsTold(string option, string value, string expected)
    {
        CommandLine run = Run(option, value);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private CommandLine Run(params string[] options) => CommandLine.Run(
    [
        "check", "--model", folder.Write("net.prototxt", Text), "--plugin",
        typeof(WrongGradientLayer).Assembly.Location, .. options,
    ]);
}
