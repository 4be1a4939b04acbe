using System.CommandLine;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn train</c>: trains a net as a solver file says.</summary>
internal static class TrainCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string> solver = OptionValues.RequiredFile("--solver", "The solver file: what to train and how.");
        Option<string[]> weights = OptionValues.OfPath(new Option<string[]>("--weights")
        {
            Description = "Weights to start from, layer by layer of the same names; commas separate several files.",
            HelpName = "files",
        });
        Option<string?> snapshot = OptionValues.OfPath(new Option<string?>("--snapshot")
        {
            Description = "A .solverstate to go on from.",
            HelpName = "file",
        });
        Option<string?> resume = OptionValues.OfPath(new Option<string?>("--resume")
        {
            Description = "'latest' goes on from the newest whole snapshot of the solver's snapshot_prefix (from the "
                + "beginning if there is none); a file is the same as --snapshot.",
            HelpName = "latest|file",
        });
        Option<string[]> plugin = OptionValues.Plugin();
        var allowPlugins = new Option<bool>("--allow-plugins")
        {
            Description = "Load the plug-ins that the solver file names; their code runs.",
        };
        Option<int?> threads = OptionValues.ThreadsOfProcess();
        Option<bool> mpi = OptionValues.Mpi();
        var seed = new Option<long?>("--seed")
        {
            Description = "Seed of everything random, instead of the solver's random_seed.",
            HelpName = "n",
        };
        Option<int?> iterations = OptionValues.AtLeast(
            new Option<int?>("--iterations")
            {
                Description = "Iterations to train in all, instead of the solver's max_iter.",
                HelpName = "n",
            },
            1);
        Option<int?> patience = OptionValues.AtLeast(
            new Option<int?>("--patience")
            {
                Description = "Iterations that early stopping waits at least, instead of the solver's patience.",
                HelpName = "n",
            },
            1);
        Option<string?> logFolder = OptionValues.LogFolder();
        Option<string?> run = OptionValues.OfPath(new Option<string?>("--run")
        {
            Description = "A folder to write the run to: figures, histograms, pictures, the log and a page to watch "
                + "it; instead of the solver's run. It must be new, unless the run is resumed.",
            HelpName = "folder",
        });
        Option<int?> serve = OptionValues.Between(
            new Option<int?>("--serve")
            {
                Description = "Serve the page of the run while it goes on, with buttons for a snapshot and to stop "
                    + "it: to this machine alone, at an address that is shown; on a free port if none is given.",
                HelpName = "port",
                Arity = ArgumentArity.ZeroOrOne,
            },
            0,
            ushort.MaxValue);
        Option<int?> level = OptionValues.Level();
        Option<string[]> stage = OptionValues.Stage();
        var restartData = new Option<bool>("--restart-data")
        {
            Description = "Start the data again when resuming, as Caffe does, instead of continuing where the run "
                + "stopped.",
        };
        Option<bool> strict = OptionValues.WeightsStrict();
        var fromRoot = new Option<bool>("--weights-from-root")
        {
            Description = "Let rank 0 alone read the weights or the snapshot to start from and send them to the other "
                + "processes, which need no such files then.",
        };
        Option<string?> gpu = OptionValues.Gpu();
        Option<string> interrupt = OptionValues.SignalEffectOf("--sigint_effect", "Ctrl-C", SignalEffect.Stop);
        Option<string> hangUp = OptionValues.SignalEffectOf("--sighup_effect", "a hang-up", SignalEffect.Snapshot);
        var command = new CommandWithExamples(
            "train",
            "Trains a net. Ctrl-C ends the iteration, writes a snapshot and stops; a second one stops at once.",
            "cnn train --solver Models/lenet/solver.prototxt",
            "cnn train --solver Models/lenet/solver.prototxt --resume latest",
            "cnn train --solver mine/solver.prototxt --weights base.caffemodel --log-dir logs",
            "cnn train --solver Models/lenet/solver.prototxt --run runs/lenet --serve",
            "mpirun -n 4 cnn train --solver mine/solver.prototxt")
        {
            solver, weights, strict, fromRoot, snapshot, resume, restartData, plugin, allowPlugins, threads, mpi, seed,
            iterations, patience, logFolder, run, serve, level, stage, interrupt, hangUp, gpu,
        };
        var file = new PositionalFile(solver, "solver");
        file.AddTo(command);
        command.SetAction(parsed => TrainingRun.Run(console, new TrainingSettings
        {
            Solver = file.Read(parsed),
            Weights = OptionValues.SplitAtCommas(parsed.GetValue(weights)),
            RestartsData = parsed.GetValue(restartData),
            WeightsStrict = parsed.GetValue(strict),
            WeightsFromRoot = parsed.GetValue(fromRoot),
            Gpu = parsed.GetValue(gpu) is not null,
            OnInterrupt = Enum.Parse<SignalEffect>(parsed.GetValue(interrupt)!, ignoreCase: true),
            OnHangUp = Enum.Parse<SignalEffect>(parsed.GetValue(hangUp)!, ignoreCase: true),
            Snapshot = parsed.GetValue(snapshot),
            Resume = parsed.GetValue(resume),
            Plugins = parsed.GetValue(plugin) ?? [],
            AllowPlugins = parsed.GetValue(allowPlugins),
            WarnOfPlugin = PluginChoice.WarningsTo(parsed),
            Threads = parsed.GetValue(threads),
            Mpi = parsed.GetValue(mpi),
            Seed = parsed.GetValue(seed),
            Iterations = parsed.GetValue(iterations),
            Patience = parsed.GetValue(patience),
            LogFolder = parsed.GetValue(logFolder),
            Run = parsed.GetValue(run),
            CommandLine = ProgramName.Text + string.Concat(parsed.Tokens.Select(t => " " + Quoted(t.Value))),
            ServePort = parsed.GetResult(serve) is null ? null : parsed.GetValue(serve) ?? 0,
            Level = parsed.GetValue(level),
            Stages = OptionValues.SplitAtCommas(parsed.GetValue(stage)),
        }));
        return command;
    }

    private static string Quoted(string word) => word.Length > 0 && !word.Any(char.IsWhiteSpace) ? word : $"\"{word}\"";
}
