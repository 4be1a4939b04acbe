using Cnn.Runner;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public class UsageTests
{
    [Fact]
    public void WithoutACommandAllAreNamed()
    {
        CommandLine run = CommandLine.Run();
        string[] commands = [.. CommandLineProgram.Root(new CommandConsole(TextWriter.Null, TextWriter.Null))
            .Subcommands.Select(command => command.Name)];

        Assert.True(commands.Length > 10);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        Assert.Equal(
            $"cnn: 'cnn' needs a command: {string.Join(", ", commands)}; 'cnn --help' shows the usage",
            run.Error.TrimEnd());
    }

    [Theory]
    [InlineData("cnn: unknown command 'trains'; did you mean 'train'? 'cnn --help' shows the usage", "trains")]
    [InlineData(
        "cnn: unknown option '--slover'; did you mean '--solver'? 'cnn train --help' shows the usage", "train",
        "--slover", "x")]
    [InlineData(
        "cnn: the solver is missing; write 'cnn train FILE' or --solver FILE; 'cnn train --help' shows the usage",
        "train")]
    [InlineData("cnn: Option '--weights' is required; 'cnn test --help' shows the usage", "test", "net.prototxt")]
    [InlineData(
        "cnn: --threads is 0, it must be 1 or more; 'cnn train --help' shows the usage", "train", "--solver", "x",
        "--threads", "0")]
    [InlineData(
        "cnn: --threads is 100000, at most 1024; 'cnn train --help' shows the usage", "train", "--solver", "x",
        "--threads", "100000")]
    [InlineData(
        "cnn: --threads is 99999999999999999999, at most 1024; 'cnn forward --help' shows the usage", "forward",
        "--model", "x", "--threads", "99999999999999999999")]
    [InlineData(
        "cnn: --threads is two, it must be a whole number; 'cnn train --help' shows the usage", "train", "--solver",
        "x", "--threads", "two")]
    [InlineData(
        "cnn: --seed is abc, it must be a whole number; 'cnn train --help' shows the usage", "train", "--solver", "x",
        "--seed", "abc")]
    [InlineData(
        "cnn: --seed is empty, it must be a whole number; 'cnn train --help' shows the usage", "train", "--solver", "x",
        "--seed", "")]
    [InlineData(
        "cnn: --seed is 1.5, it must be a whole number; 'cnn train --help' shows the usage", "train", "--solver", "x",
        "--seed", "1.5")]
    [InlineData(
        "cnn: --seed is 9223372036854775808, at most 9223372036854775807; 'cnn train --help' shows the usage", "train",
        "--solver", "x", "--seed", "9223372036854775808")]
    [InlineData("cnn: --seed needs a value; 'cnn train --help' shows the usage", "train", "--solver", "x", "--seed")]
    [InlineData(
        "cnn: --seed is given 2 values, it takes 1; 'cnn train --help' shows the usage", "train", "--solver", "x",
        "--seed", "1", "--seed", "2")]
    [InlineData(
        "cnn: --iterations is 0, it must be 1 or more; 'cnn test --help' shows the usage", "test", "--model", "x",
        "--weights", "x", "--iterations", "0")]
    [InlineData(
        "cnn: --level is x, it must be a whole number; 'cnn summary --help' shows the usage", "summary", "--model", "x",
        "--level", "x")]
    [InlineData(
        "cnn: --first is -1, at least 0; 'cnn data digits --help' shows the usage", "data", "digits", "--to", "x",
        "--first", "-1")]
    [InlineData(
        "cnn: --count is many, it must be a whole number; 'cnn data digits --help' shows the usage", "data", "digits",
        "--to", "x", "--count", "many")]
    [InlineData(
        "cnn: --min is low, it must be a number; 'cnn plot --help' shows the usage", "plot", "x", "--output", "x.png",
        "--min", "low")]
    [InlineData(
        "cnn: --phase is 'TSET', it must be TRAIN or TEST; did you mean 'TEST'? 'cnn summary --help' shows the usage",
        "summary", "--model", "x", "--phase", "TSET")]
    [InlineData(
        "cnn: --format is 'png', it must be lmdb or idx; 'cnn data digits --help' shows the usage", "data", "digits",
        "--to", "x", "--format", "png")]
    [InlineData("cnn: <out> is missing; 'cnn convert --help' shows the usage", "convert", "x")]
    [InlineData(
        "cnn: 'cnn data' needs a command: mnist, cifar10, digits, images, boxes, inspect; 'cnn data --help' "
        + "shows the usage",
        "data")]
    [InlineData("cnn: 'nowhere.prototxt' does not exist", "summary", "--model", "nowhere.prototxt")]
    [InlineData(
        "cnn: neither --from nor --download says where MNIST's files are; give one of them", "data", "mnist",
        "--to", "x")]
    [InlineData(
        "cnn: --snapshot and --resume both say where to go on from; give one of them", "train", "--solver", "x",
        "--snapshot", "a", "--resume", "latest")]
    [InlineData(
        "cnn: --weights starts anew, --snapshot and --resume go on with a run; give one of them", "train", "--solver",
        "x", "--weights", "a", "--resume", "latest")]
    public void AMistakeIsOneLineAndExitCode1(string expected, params string[] arguments)
    {
        CommandLine run = CommandLine.Run(arguments);

        Assert.Equal(expected, run.Error.TrimEnd());
        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
    }

    [Fact]
    public void EveryOptionThatTakesANumberRefusesAWordWithoutNamingTypes()
    {
        var root = CommandLineProgram.Root(new CommandConsole(TextWriter.Null, TextWriter.Null));
        var commands = root.Subcommands.SelectMany(
            c => c.Subcommands.Count > 0 ? c.Subcommands.Select(s => (c.Name, s)) : [("", c)]);
        int numbers = 0;
        foreach (var (group, command) in commands)
        {
            foreach (var option in command.Options.Where(
                o => (Nullable.GetUnderlyingType(o.ValueType) ?? o.ValueType) is { IsPrimitive: true } type
                    && type != typeof(bool)))
            {
                string[] path = group.Length > 0 ? [group, command.Name] : [command.Name];
                string error = CommandLine.Run([.. path, option.Name, "word"]).Error;
                Assert.True(
                    error.StartsWith($"cnn: {option.Name} is word, it must be a ", StringComparison.Ordinal), error);
                numbers++;
            }
        }

        Assert.True(numbers > 15, $"only {numbers} options take a number");
    }

    [Fact]
    public void ANameThatBeginsWithAnAtSignIsAFile()
    {
        using var folder = new TemporaryFolder();
        folder.Write(
            "@net.prototxt", "layer { name: 'data' type: 'Input' top: 'data' input_param { shape { dim: 2 } } }");
        Assert.Contains(
            "'@nowhere' does not exist", CommandLine.Run("summary", "--model", "@nowhere").Error,
            StringComparison.Ordinal);
        CommandLine run = CommandLine.Run("summary", "--model", folder["@net.prototxt"]);
        Assert.True(run.ExitCode == 0, run.Error);
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
    [InlineData("classify", "cnn classify cat.jpg --model deploy.prototxt")]
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
