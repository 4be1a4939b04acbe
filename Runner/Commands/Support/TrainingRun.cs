using System.Diagnostics;
using Cnn.Engine.Distributed;
using Cnn.Engine.Runs;
using Cnn.Engine.Snapshots;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Display;
using Cnn.Runner.Display.Serving;
using Cnn.Runner.Reports;
using Serilog;
using Serilog.Core;

namespace Cnn.Runner.Commands.Support;

/// <summary>A run of <c>cnn train</c>, from reading the solver file to the report of what was written.</summary>
internal sealed class TrainingRun
{
    private readonly CommandConsole console;
    private readonly CommandProcesses processes;
    private readonly TrainingSettings settings;

    private TrainingRun(CommandConsole console, CommandProcesses processes, TrainingSettings settings) =>
        (this.console, this.processes, this.settings) = (console, processes, settings);

    /// <summary>Trains the net, in all processes of a job.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(CommandConsole console, TrainingSettings settings) => CommandProcesses.Run(
        console, settings.Mpi, processes => new TrainingRun(console, processes, settings).Run());

    private int Run()
    {
        var (solverFile, plugins) = processes.Together(ReadFiles);
        SolverParameter definition = solverFile.Message;
        using RunServer? server = processes.Together(() => Listen(definition));
        int threads = processes.ThreadsOf(settings.Threads);
        using WorkerPool pool = processes.Together(() => new WorkerPool(threads));
        using var display = TrainingDisplay.For(console, definition, SystemClock.Time);
        display.Page = server?.Address.ToString() ?? "";
        using var runLog = new DelayedLog();
        using Logger log = processes.Together(() => RunLog.Create(
            display.Sink, processes.IsRoot ? settings.LogFolder : null, "train", also: runLog));
        OptionValues.WarnOfGpu(
            log,
            settings.Gpu || definition is { HasSolverMode: true, SolverMode: SolverParameter.Types.SolverMode.Gpu });
        processes.Log(log, threads);
        var watch = Stopwatch.StartNew();
        string? latest = processes.FromRoot(() => Latest(definition, log));
        string? start = settings.Resume is "latest" ? latest : settings.Snapshot ?? settings.Resume;
        using Solver solver = Build(solverFile, new SolverOptions
        {
            Pool = pool,
            Layers = plugins.Layers,
            Fillers = plugins.Fillers,
            Solvers = plugins.Solvers,
            Log = log,
            Weights = settings.Weights.Length > 0 && start is null ? settings.Weights : null,
            WeightsAreStrict = settings.WeightsStrict,
            ResumeFrom = start,
            RestartsData = settings.RestartsData,
            Level = settings.Level,
            Stages = settings.Stages,
            Run = processes.IsRoot ? settings.Run : "",
            RunCommand = settings.CommandLine,
            ReplacesRun = settings.Resume is "latest",
            Time = SystemClock.Time,
            Processes = processes.Group,
        });
        runLog.Open(solver.RunWriter is { } run ? Path.Combine(run.Folder, RunFiles.Log) : null);
        if (solver.RunWriter is { } shown)
        {
            server?.Show(shown, solver.Control);
        }

        TrainingReport? report = processes.IsRoot
            ? new TrainingReport(console, settings, solver, definition, plugins)
            : null;
        using var signals = new RunSignals(
            solver.Control, processes.Group, settings.OnInterrupt, settings.OnHangUp);
        log.Information("Starting Optimization");
        if (!display.Run(solver, () => solver.Solve()))
        {
            report?.WriteInterrupted();
            return ExitCode.Interrupted;
        }

        log.Information("Optimization Done.");
        report?.WriteResult(watch.Elapsed, TestModel(solverFile));
        return ExitCode.Done;
    }

    private (SolverDefinition Solver, PluginChoice Plugins) ReadFiles()
    {
        RequireOneStart();
        SolverDefinition solverFile = SolverDefinition.Load(settings.Solver);
        var plugins = new PluginChoice(settings.Plugins, processes.IsRoot ? settings.WarnOfPlugin : null);
        plugins.LoadFrom(solverFile, settings.AllowPlugins);
        SolverParameter definition = solverFile.Message;
        definition.RandomSeed = settings.Seed ?? definition.RandomSeed;
        definition.MaxIter = settings.Iterations ?? definition.MaxIter;
        SetPatience(definition);
        return (solverFile, plugins);
    }

    private Solver Build(SolverDefinition solverFile, SolverOptions options)
    {
        bool fromRoot = processes.FromRoot(() => settings.WeightsFromRoot ? "yes" : null) is not null;
        using RootFiles? files = fromRoot && processes.Group is { } group
            ? RootFiles.Share(group, solverFile, options)
            : null;
        return processes.Together(() => new Solver(solverFile, files?.Options ?? options));
    }

    // Takes the port before there is a folder, so that a port that is taken leaves none behind; and tells the address
    // before a display begins. Quiet or not: without its address the page is of no use. A log must not keep it.
    private RunServer? Listen(SolverParameter definition)
    {
        if (settings.ServePort is not { } port || !processes.IsRoot)
        {
            return null;
        }

        if ((settings.Run ?? definition.Run) is not { Length: > 0 })
        {
            throw new CnnException(
                "--serve shows a run that is written to a folder",
                "give --run FOLDER, or the solver file run: \"FOLDER\"");
        }

        RunServer server = RunServer.Listen(port);
        console.Error.WriteLine($"Watch the run at {server.Address}");
        return server;
    }

    private void SetPatience(SolverParameter definition)
    {
        if (settings.Patience is not { } patience)
        {
            return;
        }

        if (definition.EarlyStopping is not { } early)
        {
            throw new CnnException(
                "--patience is for early stopping, which the solver file does not ask for",
                "leave it out, or give the solver file early_stopping { ... }");
        }

        early.Patience = patience;
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

    // The newest snapshot, where the user asks for it.
    private string? Latest(SolverParameter definition, ILogger log)
    {
        if (settings.Resume is not "latest")
        {
            return null;
        }

        string? latest = SnapshotFiles.FindLatest(definition.SnapshotPrefix);
        if (latest is null)
        {
            log.Warning(
                "{Line:l}", $"No whole snapshot of {definition.SnapshotPrefix} found; starting from the beginning");
        }

        return latest;
    }

// A test needs a net file with a TEST phase: the solver's, if it has one.
    private static string? TestModel(SolverDefinition solver) =>
        solver.Message.TestIter.Count == 0 ? null
        : solver.Message.TestNet.Count > 0 ? solver.Files.Find(solver.Message.TestNet[0])
        : solver.Message.HasNet ? solver.Files.Find(solver.Message.Net)
        : null;
}
