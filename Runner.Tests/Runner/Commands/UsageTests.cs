namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public class UsageTests
{
    [Theory]
    [InlineData("cnn: 'cnn' needs a command: train, test, time, summary, forward, convert, data, plot, device_query, upgrade_net_proto_text, upgrade_net_proto_binary, upgrade_solver_proto_text; 'cnn --help' shows the usage")]
    [InlineData("cnn: unknown command 'trains'; did you mean 'train'? 'cnn --help' shows the usage", "trains")]
    [InlineData("cnn: unknown option '--slover'; did you mean '--solver'? 'cnn train --help' shows the usage", "train", "--slover", "x")]
    [InlineData("cnn: Option '--solver' is required; 'cnn train --help' shows the usage", "train")]
    [InlineData("cnn: --threads is 0, it must be 1 or more; 'cnn train --help' shows the usage", "train", "--solver", "x", "--threads", "0")]
    [InlineData("cnn: 'cnn data' needs a command: mnist, cifar10, digits; 'cnn data --help' shows the usage", "data")]
    [InlineData("cnn: 'nowhere.prototxt' does not exist", "summary", "--model", "nowhere.prototxt")]
    [InlineData("cnn: neither --from nor --download says where MNIST's files are; give one of them", "data", "mnist", "--to", "x")]
    [InlineData("cnn: --snapshot and --resume both say where to go on from; give one of them", "train", "--solver", "x", "--snapshot", "a", "--resume", "latest")]
    [InlineData("cnn: --weights starts anew, --snapshot and --resume go on with a run; give one of them", "train", "--solver", "x", "--weights", "a", "--resume", "latest")]
    public void AMistakeIsOneLineAndExitCode1(string expected, params string[] arguments)
    {
        CommandLine run = CommandLine.Run(arguments);

        Assert.Equal(expected, run.Error.TrimEnd());
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void AWrongChoiceIsOneLineToo()
    {
        CommandLine run = CommandLine.Run("summary", "--model", "x", "--phase", "BOTH");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'BOTH'", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("train", "cnn train --solver Models/lenet/solver.prototxt --resume latest")]
    [InlineData("test", "cnn test --model")]
    [InlineData("time", "cnn time --model")]
    [InlineData("summary", "cnn summary --model")]
    [InlineData("convert", "cnn convert")]
    public void HelpEndsWithExamples(string command, string example)
    {
        CommandLine run = CommandLine.Run(command, "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Example", run.Output, StringComparison.Ordinal);
        Assert.Contains(example, run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void ANetWithoutLayersIsOneClearLine()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run("summary", "--model", folder.Write("empty.prototxt", "name: \"Empty\"\n"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("net 'Empty' has no layers", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ASolverWithoutANetIsOneClearLine()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run(
            "train", "--solver", folder.Write("solver.prototxt", "base_lr: 0.01\nlr_policy: \"fixed\"\nmax_iter: 1\n"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the solver names no net to train", run.Error, StringComparison.Ordinal);
    }
}
