using System.Globalization;
using System.Text.RegularExpressions;
using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public partial class TrainCommandTests
{
    private static readonly string PluginNet = Repository.PathOf("Models", "plugin-layer", "snake_train_test.prototxt");

    [Fact]
    public void APluginsLayerTrains()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run(
            "train", "--solver", PluginSolver(folder), "--plugin", Repository.PluginAssembly, "--iterations", "200");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("Trained Snake for 200 iterations", run.Output, StringComparison.Ordinal);
        Match accuracy = AccuracyOfTheEnd().Match(run.Output);
        Assert.True(double.Parse(accuracy.Groups[1].Value, CultureInfo.InvariantCulture) > 0.7, run.Output);
        Assert.True(File.Exists(folder["snake_iter_200.caffemodel"]));
        Assert.Contains($"--plugin {Repository.PluginAssembly}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void APluginThatOnlyTheSolverNamesIsNotLoaded()
    {
        using var folder = new TemporaryFolder();
        string solver = PluginSolver(folder);

        CommandLine run = CommandLine.Run("train", "--solver", solver);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"{solver}:2:9: the solver asks for the plug-in", run.Error, StringComparison.Ordinal);
        Assert.Contains("--allow-plugins", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AllowingPluginsLoadsThoseOfTheSolver()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run("train", "--solver", PluginSolver(folder), "--allow-plugins", "--iterations", "2");

        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void AMisspeltOptionOfAPluginIsLocated()
    {
        using var folder = new TemporaryFolder();
        string net = folder.Write("net.prototxt", File.ReadAllText(PluginNet).Replace("alpha: 0.5", "alhpa: 0.5", StringComparison.Ordinal));

        CommandLine run = CommandLine.Run("summary", "--model", net, "--plugin", Repository.PluginAssembly);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "net.prototxt:38:5: layer 'snake': unknown option 'alhpa' of a Snake layer; did you mean 'alpha'?\n"
            + "        alhpa: 0.5\n        ^",
            run.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TheLogGoesToAFileAsWell()
    {
        using var folder = new TemporaryFolder();
        string logs = folder["logs"];

        CommandLine run = CommandLine.Run(
            "train", "--solver", Small(folder), "--log-dir", logs);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(run.Error, File.ReadAllText(Assert.Single(Directory.GetFiles(logs))));
    }

    [Fact]
    public void LogLinesHaveFourWordsBeforeTheMessage()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run("train", "--solver", Small(folder));

        Assert.All(
            run.Error.TrimEnd('\n').Split('\n').Where(l => l.Contains(" cnn:", StringComparison.Ordinal)),
            line => Assert.Matches(@"^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ \S+:\d+\] ", line));
        Assert.Contains("] Solving Small\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("] Iteration 0, lr = 0.01\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void TheSeedOfTheCommandLineWins()
    {
        using var folder = new TemporaryFolder();
        string solver = Small(folder);

        CommandLine run = CommandLine.Run("train", "--solver", solver, "--seed", "12");

        Assert.Contains("(seed 12)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ResumingTheLatestWithoutASnapshotStartsFromTheBeginning()
    {
        using var folder = new TemporaryFolder();
        string solver = Small(folder);

        CommandLine first = CommandLine.Run("train", "--solver", solver, "--resume", "latest");
        CommandLine second = CommandLine.Run("train", "--solver", solver, "--resume", "latest", "--iterations", "3");

        Assert.Contains("starting from the beginning", first.Error, StringComparison.Ordinal);
        Assert.Contains("for 2 iterations", first.Output, StringComparison.Ordinal);
        Assert.Contains("] Resuming from ", second.Error, StringComparison.Ordinal);
        Assert.Contains("for 1 iterations", second.Output, StringComparison.Ordinal);
    }

    // Two iterations, everything written to the folder.
    private static string Small(TemporaryFolder folder)
    {
        folder.Write("net.prototxt", SmallTraining.Net);
        return folder.Write("solver.prototxt", SmallTraining.Solver(2, 0, "random_seed: 7")
            .Replace("\"snap\"", $"\"{folder["snap"]}\"", StringComparison.Ordinal));
    }

    private static string PluginSolver(TemporaryFolder folder) => folder.Write("solver.prototxt", $"""
        net: "{PluginNet}"
        plugin: "{Repository.PluginAssembly}"
        test_iter: 5
        test_interval: 100
        test_initialization: false
        base_lr: 0.05
        momentum: 0.9
        lr_policy: "fixed"
        max_iter: 500
        snapshot_prefix: "{folder["snake"]}"
        random_seed: 1
        """);

    [GeneratedRegex(@"accuracy ([0-9.]+)")]
    private static partial Regex AccuracyOfTheEnd();
}
