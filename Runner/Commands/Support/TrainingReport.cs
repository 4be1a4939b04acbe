using System.Globalization;
using Cnn.Engine.Runs;
using Cnn.Engine.Snapshots;
using Cnn.Engine.Solvers;
using Cnn.Proto;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands.Support;

/// <summary>The closing lines of <c>cnn train</c>: what the run reached, what it wrote and how to continue.</summary>
internal sealed class TrainingReport
{
    private const double BearableWait = 0.05;

    private readonly CommandConsole console;
    private readonly TrainingSettings settings;
    private readonly Solver solver;
    private readonly SolverParameter definition;
    private readonly PluginChoice plugins;
    private readonly int first;
    private readonly SortedDictionary<int, TestScores> scores = [];
    private (int Iteration, string Path)? written;
    private string? best;

    /// <summary>Starts to listen to a solver that has not started to train.</summary>
    public TrainingReport(
        CommandConsole console,
        TrainingSettings settings,
        Solver solver,
        SolverParameter definition,
        PluginChoice plugins)
    {
        (this.console, this.settings, this.solver) = (console, settings, solver);
        (this.definition, this.plugins) = (definition, plugins);
        first = solver.Iteration;
        solver.Tested += s => scores[s.TestNet] = s;
        solver.BestWritten += path => best = path;
        solver.SnapshotWritten += path => written = (solver.Iteration, path);
    }

    /// <summary>Reports a run that reached its end.</summary>
    /// <param name="time">How long it took.</param>
    /// <param name="testModel">A net file to test the weights with; null when there is none.</param>
    public void WriteResult(TimeSpan time, string? testModel)
    {
        Write($"Trained {solver.TrainNet.Name} for {solver.Iteration - first} iterations in {time.TotalSeconds:0.0} s "
            + $"(seed {solver.Seed}).");
        if (solver.EndedEarly && solver.Iteration < solver.MaxIterations)
        {
            Write($"Early stopping ended the run after iteration {solver.Iteration}.");
        }

        if (solver.DataWaitShare > BearableWait)
        {
            string percent = (100 * solver.DataWaitShare).ToString("0", CultureInfo.InvariantCulture);
            Write($"Data was the bottleneck: {percent} % of the steps' time went by waiting for it.");
        }

        foreach (TestScores test in scores.Values)
        {
            Write(Describe(test));
        }

        if (best is not null)
        {
            Write($"Wrote {best} (the best weights)");
        }

        if (written is { } snapshot)
        {
            Write($"Wrote {WeightsOf(snapshot.Path)} (the weights)");
            Write($"  and {snapshot.Path} (to go on from)");
        }

        WriteAdvice(testModel);
    }

    /// <summary>Reports a run that was stopped; writes a snapshot if its last iteration has none.</summary>
    public void WriteInterrupted()
    {
        if (written?.Iteration != solver.Iteration)
        {
            solver.WriteSnapshot();
        }

        Write($"Stopped after iteration {solver.Iteration} of {solver.MaxIterations}.");
        Write($"Wrote {written?.Path}");
        Write($"Go on with: {Resume(settings.Iterations, settings.Patience)}");
    }

    // Avoids ", loss = ", by which scripts find training lines in logs, even where they read both streams.
    private string Describe(TestScores test)
    {
        string age = test.Iteration == solver.Iteration ? "" : $" at iteration {test.Iteration}";
        string values = string.Join(", ", test.Outputs.Select(o => $"{o.Blob} {CaffeNumber.Format(o.Mean)}"));
        return $"Test net #{test.TestNet}{age}: {values}";
    }

    private void WriteAdvice(string? testModel)
    {
        string? weights = best ?? (written is { } snapshot ? WeightsOf(snapshot.Path) : null);
        var advice = new List<string>();
        if (testModel is not null && weights is not null)
        {
            advice.Add($"{ProgramName.Text} test --model {testModel} --weights {weights}{PluginOptions()}");
        }

        if (written is not null)
        {
            // What ended this run must not end the next one before it has begun.
            bool isAtEnd = solver.Iteration >= solver.MaxIterations;
            advice.Add(Resume(
                isAtEnd ? Twice(solver.Iteration) : settings.Iterations,
                solver.EndedEarly ? Twice(solver.Iteration) : settings.Patience));
        }

        if (advice.Count > 0 && !console.IsQuiet)
        {
            Write("Next:");
            advice.ForEach(line => Write("  " + line));
        }
    }

    // Returns the command that resumes from the last snapshot, with the options that make it the same run.
    private string Resume(int? iterations, int? patience)
    {
        bool isLatest = SnapshotFiles.FindLatest(definition.SnapshotPrefix) is { } latest
            && Path.GetFullPath(latest) == Path.GetFullPath(written!.Value.Path);
        string from = isLatest ? "latest" : written!.Value.Path;
        return $"{ProgramName.Text} train --solver {settings.Solver} --resume {from}"
            + (settings.Run is { Length: > 0 } run ? " --run " + run : "")
            + Option("--iterations", iterations)
            + Option("--patience", patience)
            + Option("--seed", settings.Seed)
            + Option("--level", settings.Level)
            + string.Concat(settings.Stages.Select(s => " --stage " + s))
            + PluginOptions();
    }

    private string PluginOptions() => string.Concat(plugins.Paths.Select(p => " --plugin " + p));

    private void Write(string line) => console.Out.WriteLine(line);

    private static string Option(string name, long? value) =>
        value is { } given ? string.Create(CultureInfo.InvariantCulture, $" {name} {given}") : "";

    private static int Twice(int iterations) => (int)Math.Clamp(iterations * 2L, 1, int.MaxValue);

    private static string WeightsOf(string statePath)
    {
        int at = statePath.LastIndexOf(".solverstate", StringComparison.Ordinal);
        return string.Concat(statePath.AsSpan(0, at), ".caffemodel", statePath.AsSpan(at + ".solverstate".Length));
    }
}
