using System.Diagnostics;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Snapshots;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Reports;
using Serilog;

namespace Cnn.Runner.Commands;

/// <summary>A run of <c>cnn train</c> from the solver file to the last word on what was written.</summary>
internal sealed class TrainingRun(CommandConsole console, TrainingSettings settings)
{
    private readonly Dictionary<int, TestScores> scores = [];
    private (int Iteration, string Path)? written;
    private string? best;

    /// <summary>Trains.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        RequireOneStart();
        SolverDefinition solverFile = SolverDefinition.Load(settings.Solver);
        var plugins = new PluginChoice(settings.Plugins);
        plugins.LoadFrom(solverFile, settings.AllowPlugins);
        SolverParameter definition = solverFile.Message;
        definition.RandomSeed = settings.Seed ?? definition.RandomSeed;
        definition.MaxIter = settings.Iterations ?? definition.MaxIter;
        using var pool = new WorkerPool(settings.Threads ?? 0);
        using var display = TrainingDisplay.For(console);
        using var log = RunLog.Create(display.Sink, settings.LogFolder, "train");
        OptionValues.WarnOfGpu(
            log,
            settings.Gpu || definition is { HasSolverMode: true, SolverMode: SolverParameter.Types.SolverMode.Gpu });
        var watch = Stopwatch.StartNew();
        string? start = Start(definition, log);
        using var solver = new Solver(solverFile, new SolverOptions
        {
            Pool = pool,
            Layers = plugins.Layers,
            Fillers = plugins.Fillers,
            Log = log,
            Weights = settings.Weights.Length > 0 && start is null ? settings.Weights : null,
            WeightsAreStrict = settings.WeightsStrict,
            ResumeFrom = start,
            RestartsData = settings.RestartsData,
            Level = settings.Level,
            Stages = settings.Stages,
        });
        solver.Tested += s => scores[s.TestNet] = s;
        solver.BestWritten += path => best = path;
        solver.SnapshotWritten += path => written = (solver.Iteration, path);
        using var signals = new RunSignals(solver.Control, settings.OnInterrupt, settings.OnHangUp);
        log.Information("Starting Optimization");
        int first = solver.Iteration;
        bool ended = display.Run(solver, solver.Solve);
        if (!ended)
        {
            if (written?.Iteration != solver.Iteration)
            {
                solver.WriteSnapshot();
            }

            TellInterrupted(solver, plugins);
            return ExitCode.Interrupted;
        }

        log.Information("Optimization Done.");
        TellResult(solver, solver.Iteration - first, watch.Elapsed, TestModel(solverFile), plugins);
        return ExitCode.Done;
    }

    private void RequireOneStart()
    {
        if (settings.Snapshot is not null && settings.Resume is not null)
        {
            throw new CnnException("--snapshot and --resume both say where to go on from", "give one of them");
        }

        if (settings.Weights.Length > 0 && (settings.Snapshot ?? settings.Resume) is not null)
        {
            throw new CnnException(
                "--weights starts anew, --snapshot and --resume go on with a run", "give one of them");
        }
    }

    private string? Start(SolverParameter definition, ILogger log)
    {
        if (settings.Resume is null or not "latest")
        {
            return settings.Snapshot ?? settings.Resume;
        }

        string? latest = SnapshotFiles.FindLatest(definition.SnapshotPrefix);
        if (latest is null)
        {
            log.Warning("{Line:l}", $"No whole snapshot of {definition.SnapshotPrefix} found; starting from the beginning");
        }

        return latest;
    }

    private void TellResult(Solver solver, int iterations, TimeSpan time, string? testModel, PluginChoice plugins)
    {
        console.Out.WriteLine(
            $"Trained {solver.TrainNet.Name} for {iterations} iterations in {time.TotalSeconds:0.0} s (seed {solver.Seed}).");
        foreach (TestScores test in scores.Values)
        {
            // Without ", loss = ", by which scripts that parse logs find training lines, in output of both streams too.
            string values = string.Join(", ", test.Outputs.Select(o => $"{o.Blob} {CaffeNumber.Format(o.Mean)}"));
            console.Out.WriteLine($"Test net #{test.TestNet}: {values}");
        }

        if (best is not null)
        {
            console.Out.WriteLine($"Wrote {best} (the best weights)");
        }

        if (written is { } snapshot)
        {
            string weights = WeightsOf(snapshot.Path);
            console.Out.WriteLine($"Wrote {weights} (the weights)");
            console.Out.WriteLine($"  and {snapshot.Path} (to go on from)");
            console.Out.WriteLine("Next:");
            if (testModel is not null)
            {
                console.Out.WriteLine($"  {ProgramName.Text} test --model {testModel} --weights {weights}{Flags(plugins)}");
            }

            console.Out.WriteLine($"  {ProgramName.Text} train --solver {settings.Solver} --resume latest "
                + $"--iterations {solver.MaxIterations * 2L}{Flags(plugins)}");
        }
    }

    private void TellInterrupted(Solver solver, PluginChoice plugins)
    {
        console.Out.WriteLine($"Stopped after iteration {solver.Iteration} of {solver.MaxIterations}.");
        console.Out.WriteLine($"Wrote {written?.Path}");
        console.Out.WriteLine($"Go on with: {ProgramName.Text} train --solver {settings.Solver} --resume latest{Flags(plugins)}");
    }

    private static string Flags(PluginChoice plugins) => string.Concat(plugins.Paths.Select(p => " --plugin " + p));

    // A test needs a net file with a TEST phase: the solver's, if it has one.
    private static string? TestModel(SolverDefinition solver) =>
        solver.Message.TestIter.Count == 0 ? null
        : solver.Message.TestNet.Count > 0 ? solver.Files.Find(solver.Message.TestNet[0])
        : solver.Message.HasNet ? solver.Files.Find(solver.Message.Net)
        : null;

    private static string WeightsOf(string statePath)
    {
        int at = statePath.LastIndexOf(".solverstate", StringComparison.Ordinal);
        return string.Concat(statePath.AsSpan(0, at), ".caffemodel", statePath.AsSpan(at + ".solverstate".Length));
    }
}
