using System.Diagnostics;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Snapshots;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;
using Serilog;

namespace Cnn.Runner.Commands.Support;

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
        Loaded<SolverParameter> loaded = ProtoFile.LoadSolver(settings.Solver);
        var plugins = new PluginChoice(settings.Plugins);
        plugins.LoadFrom(loaded, settings.AllowPlugins);
        SolverParameter definition = loaded.Message;
        definition.RandomSeed = settings.Seed ?? definition.RandomSeed;
        definition.MaxIter = settings.Iterations ?? definition.MaxIter;
        using var pool = new WorkerPool(settings.Threads ?? 0);
        using var display = TrainingDisplay.For(console);
        using var log = RunLog.Create(display.Sink, settings.LogFolder, "train");
        log.Warn(loaded.Warnings);
        OptionValues.WarnOfGpu(
            log,
            settings.Gpu || definition is { HasSolverMode: true, SolverMode: SolverParameter.Types.SolverMode.Gpu });
        var watch = Stopwatch.StartNew();
        var files = new PathResolver(loaded.Path);
        string? start = Start(definition, log);
        string[] weights = start is not null ? []
            : settings.Weights.Length > 0 ? settings.Weights
            : Array.ConvertAll(OptionValues.SplitAtCommas([.. definition.Weights]), files.Find);
        Solver solver = Prepare(loaded, new SolverOptions
        {
            DefersFilling = true,
            Pool = pool,
            Layers = plugins.Layers,
            Fillers = plugins.Fillers,
            Sources = loaded.Sources,
            Files = files,
            Log = log,
            ResumeFrom = start,
            RestartsData = settings.RestartsData,
            Level = settings.Level,
            Stages = settings.Stages,
        });
        CopyWeights(solver, weights, log);
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
        TellResult(solver, solver.Iteration - first, watch.Elapsed, TestModel(definition, files), plugins);
        return ExitCode.Done;
    }

    private static Solver Prepare(Loaded<SolverParameter> loaded, SolverOptions options)
    {
        try
        {
            return new Solver(loaded.Message, options);
        }
        catch (CnnException exception) when (loaded.Format == ProtoFormat.Binary)
        {
            throw exception.In(loaded.Path);
        }
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

    // The test nets share the training net's parameters; what only they have comes from the files too.
    private void CopyWeights(Solver solver, string[] paths, ILogger log)
    {
        StartingWeights.Copy(solver.TrainNet, paths, settings.WeightsStrict, log);
        foreach (Net net in solver.TestNets.Where(t => HasParametersOfItsOwn(t, solver.TrainNet)))
        {
            foreach (string path in paths)
            {
                net.CopyWeightsFrom(path);
            }
        }

        solver.FillParameters();
    }

    private static bool HasParametersOfItsOwn(Net test, Net train) =>
        test.Layers.Any(l => l.Parameters.Count > 0 && train.Layers.All(t => t.Name != l.Name));

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
    private static string? TestModel(SolverParameter definition, PathResolver files) =>
        definition.TestIter.Count == 0 ? null
        : definition.TestNet.Count > 0 ? files.Find(definition.TestNet[0])
        : definition.HasNet ? files.Find(definition.Net)
        : null;

    private static string WeightsOf(string statePath)
    {
        int at = statePath.LastIndexOf(".solverstate", StringComparison.Ordinal);
        return string.Concat(statePath.AsSpan(0, at), ".caffemodel", statePath.AsSpan(at + ".solverstate".Length));
    }
}
