using System.Globalization;
using System.Text.RegularExpressions;

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

        CommandLine run = CommandLine.Run(
            "train", "--solver", PluginSolver(folder), "--allow-plugins", "--iterations", "2");

        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void AMisspeltOptionOfAPluginIsLocated()
    {
        using var folder = new TemporaryFolder();
        string net = folder.Write(
            "net.prototxt", File.ReadAllText(PluginNet).Replace("alpha: 0.5", "alhpa: 0.5", StringComparison.Ordinal));

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

    [Fact]
    public void ASigmoidPolicyThatFallsIsShownInTheLog()
    {
        using var folder = new TemporaryFolder();
        string solver = Small(folder, iterations: 4);
        File.WriteAllText(solver, File.ReadAllText(solver)
            .Replace("base_lr: 0.01", "base_lr: 0.1 stepsize: 2", StringComparison.Ordinal)
            .Replace("\"inv\"", "\"sigmoid\"", StringComparison.Ordinal)
            .Replace("gamma: 0.0001", "gamma: -0.5", StringComparison.Ordinal)
            .Replace("display: 50", "display: 1", StringComparison.Ordinal));

        CommandLine run = CommandLine.Run("train", "--solver", solver);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(
            ["0.0731059", "0.0622459", "0.05", "0.0377541"],
            RateOfTheLog().Matches(run.Error).Select(m => m.Groups[1].Value));
    }

    [Theory]
    [InlineData(2, "Test net #0 at iteration 0: accuracy ")]
    [InlineData(50, "Test net #0: accuracy ")]
    public void ScoresThatAreNotOfTheEndSayOfWhichIterationTheyAre(int iterations, string expected)
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run("train", "--solver", Small(folder, iterations));

        Assert.Contains("\n" + expected, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsAdvisedAfterTheLastIterationTrainsOn()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run("train", "--solver", Small(folder), "--iterations", "7", "--seed", "5");
        CommandLine next = RunAdvice(run, "train");

        Assert.Contains("] Resuming from ", next.Error, StringComparison.Ordinal);
        Assert.Contains("for 7 iterations", next.Output, StringComparison.Ordinal);
        Assert.Contains("(seed 5)", next.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(12)]
    public void WhatIsAdvisedAfterEarlyStoppingTrainsOn(int iterations)
    {
        using var folder = new TemporaryFolder();
        string solver = EarlyStopping(folder, iterations);

        CommandLine run = CommandLine.Run("train", "--solver", solver);
        CommandLine again = CommandLine.Run("train", "--solver", solver, "--resume", "latest");
        CommandLine next = RunAdvice(run, "train");

        Assert.Contains("for 12 iterations", run.Output, StringComparison.Ordinal);
        Assert.Equal(
            iterations > 12,
            run.Output.Contains("Early stopping ended the run after iteration 12.", StringComparison.Ordinal));
        Assert.Contains("for 0 iterations", again.Output, StringComparison.Ordinal);
        Assert.Equal(0, next.ExitCode);
        Assert.Contains("for 12 iterations", next.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheWeightsThatAreAdvisedForATestAreTheBest()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run("train", "--solver", EarlyStopping(folder, 1000));
        CommandLine test = RunAdvice(run, "test");

        Assert.Contains($"--weights {folder["snap_best.caffemodel"]}", run.Output, StringComparison.Ordinal);
        Assert.True(test.ExitCode == 0, test.Error);
    }

    [Fact]
    public void ASnapshotThatIsNotTheLatestOfItsNameIsAdvisedByItsPath()
    {
        using var folder = new TemporaryFolder();
        string solver = Small(folder);
        CommandLine.Run("train", "--solver", solver, "--iterations", "9");

        CommandLine run = CommandLine.Run("train", "--solver", solver);
        CommandLine next = RunAdvice(run, "train");

        Assert.Contains($"--resume {folder["snap_iter_2.solverstate"]}", run.Output, StringComparison.Ordinal);
        Assert.Contains("for 2 iterations", next.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsAdvisedAfterAnInterruptIsTheSameRun()
    {
        using var folder = new TemporaryFolder();
        SmallTraining.Write(folder, 2, snapshot: 0);
        using CnnProcess run = CnnProcess.Start(
            folder.Path, "train", "--solver", "solver.prototxt", "--iterations", "1000000", "--seed", "12");
        await run.WaitForError("Iteration 50 ");
        run.Signal("INT");

        var (exitCode, output, error) = await run.Finish();

        Assert.True(exitCode == 130, error);
        Assert.Contains(
            "train --solver solver.prototxt --resume latest --iterations 1000000 --seed 12\n",
            output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void PatienceWithoutEarlyStoppingIsAnError()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run("train", "--solver", Small(folder), "--patience", "5");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--patience is for early stopping", run.Error, StringComparison.Ordinal);
    }

    private static CommandLine RunAdvice(CommandLine run, string command)
    {
        string line = run.Output[run.Output.IndexOf("Next:", StringComparison.Ordinal)..]
            .Split('\n').First(l => l.Contains($" {command} --", StringComparison.Ordinal));
        return CommandLine.Run(line[line.IndexOf($" {command} --", StringComparison.Ordinal)..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    // The weight grows by 1 each iteration from 0; its score, (w - 6)^2, is best at iteration 6, so the run ends at 12.
    private static string EarlyStopping(TemporaryFolder folder, int iterations)
    {
        folder.Write("net.prototxt", """
            name: "Growing"
            layer { name: "w" type: "Parameter" top: "w" parameter_param { shape { dim: 1 } } }
            layer { name: "sum" type: "Reduction" bottom: "w" top: "sum" loss_weight: -1 include { phase: TRAIN } }
            layer { name: "square" type: "Power" bottom: "w" top: "score" power_param { power: 2 shift: -6 scale: 1 }
              include { phase: TEST } }
            """);
        return folder.Write("solver.prototxt", $$"""
            net: "net.prototxt" base_lr: 1 lr_policy: "fixed" random_seed: 1 test_iter: 1 test_interval: 1
            max_iter: {{iterations}} snapshot_prefix: "{{folder["snap"]}}"
            early_stopping { output: "score" patience: 4 patience_increase: 2 improvement_threshold: 0.9 }
            """);
    }

    // Runs two iterations and writes everything to the folder.
    private static string Small(TemporaryFolder folder, int iterations = 2)
    {
        folder.Write("net.prototxt", SmallTraining.Net);
        return folder.Write("solver.prototxt", SmallTraining.Solver(iterations, 0, "random_seed: 7")
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

    [GeneratedRegex(@"lr = (\S+)")]
    private static partial Regex RateOfTheLog();

    [GeneratedRegex(@"accuracy ([0-9.]+)")]
    private static partial Regex AccuracyOfTheEnd();
}
