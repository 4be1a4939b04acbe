namespace Cnn.Tests.Runner.Commands;

/// <summary>The model or solver without its option's name.</summary>
[Trait("Category", "Unit")]
public sealed class PositionalFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ASolverNeedsNoOption()
    {
        CommandLine run = CommandLine.Run("train", Solver(), "--iterations", "2", "-q");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.True(File.Exists(folder["snap_iter_2.caffemodel"]));
        Assert.True(CommandLine.Run(
            "test", folder["net.prototxt"], "--weights", folder["snap_iter_2.caffemodel"], "--iterations", "1")
            .ExitCode == 0);
    }

    [Fact]
    public void AModelSaysTheSameWithAndWithoutTheOption()
    {
        string net = folder.Write("net.prototxt", SmallTraining.Net);

        CommandLine alone = CommandLine.Run("summary", "--phase", "TRAIN", net);

        Assert.True(alone.ExitCode == 0, alone.Error);
        Assert.Equal(CommandLine.Run("summary", "--model", net, "--phase", "TRAIN").Output, alone.Output);
        Assert.Equal(0, CommandLine.Run("time", net, "--iterations", "1", "--batch", "1").ExitCode);
        Assert.Equal(0, CommandLine.Run("forward", net).ExitCode);
    }

    [Theory]
    [InlineData("train", "--solver", "solver")]
    [InlineData("summary", "--model", "model")]
    [InlineData("test", "--model", "model", "--weights", "w")]
    [InlineData("time", "--model", "model")]
    [InlineData("forward", "--model", "model")]
    [InlineData("export", "--model", "model", "--to", "x.onnx")]
    public void NoneAndBothAreErrorsThatNameBothSpellings(
        string command, string option, string what, params string[] more)
    {
        string help = $"; 'cnn {command} --help' shows the usage";

        CommandLine none = CommandLine.Run([command, .. more]);
        CommandLine both = CommandLine.Run([command, "a", option, "b", .. more]);

        Assert.Equal(
            $"cnn: the {what} is missing; write 'cnn {command} FILE' or {option} FILE{help}", none.Error.TrimEnd());
        Assert.Equal(
            $"cnn: 'a' and {option} 'b' both name the {what}; give one of them{help}", both.Error.TrimEnd());
        Assert.Equal((1, 1), (none.ExitCode, both.ExitCode));
    }

    [Theory]
    [InlineData("cnn: unknown argument 'b'; 'cnn train --help' shows the usage", "train", "a", "b")]
    [InlineData("cnn: unknown option '--sovler'; did you mean '--solver'? 'cnn train --help' shows the usage", "train",
        "--sovler", "a")]
    [InlineData("cnn: unknown option '--fast'; 'cnn summary --help' shows the usage", "summary", "--fast")]
    [InlineData("cnn: unknown option '--fast'; 'cnn convert --help' shows the usage", "convert", "--fast", "x")]
    [InlineData("cnn: <model> is empty, it must be a path; 'cnn summary --help' shows the usage", "summary", "")]
    [InlineData("cnn: '--fast' does not exist", "summary", "--", "--fast")]
    public void AnOptionThatIsNoneIsNoFile(string expected, params string[] arguments) =>
        Assert.Equal(expected, CommandLine.Run(arguments).Error.TrimEnd());

    private string Solver()
    {
        folder.Write("net.prototxt", SmallTraining.Net);
        return folder.Write("solver.prototxt", SmallTraining.Solver(
            3, 0, prefix: folder["snap"].Replace('\\', '/')));
    }
}
