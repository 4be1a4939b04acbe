using System.CommandLine;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn extract_features</c>: Caffe's tool that writes what a net computes for its data.</summary>
internal static class ExtractFeaturesCommand
{
    private const string Hdf5 = "hdf5";

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> weights = OptionValues.OfPath(new Argument<string>("weights")
        {
            Description = "The weights; commas separate several files.",
        });
        Argument<string> model = OptionValues.OfPath(new Argument<string>("net")
        {
            Description = "The net, with the layers that read its data.",
        });
        var blobs = new Argument<string>("blobs") { Description = "The blobs to write; commas separate several." };
        Argument<string> targets = OptionValues.OfPath(new Argument<string>("dbs")
        {
            Description = "The database or file to create for each blob, separated by commas too.",
        });
        var batches = new Argument<string>("batches") { Description = "The passes to run." };
        Argument<string> backend = BackendOption.Argument(Hdf5);
        var device = new Argument<string[]>("device")
        {
            Description = "CPU, or GPU and a number; accepted for Caffe's sake, everything runs on the CPU.",
            Arity = new ArgumentArity(0, 2),
        };
        Option<string[]> plugin = OptionValues.Plugin();
        Option<int?> threads = OptionValues.ThreadsOfProcess();
        Option<bool> mpi = OptionValues.Mpi();
        var command = new CommandWithExamples(
            "extract_features",
            "Runs a net over its data in the TEST phase and writes what its blobs hold, as Caffe's tool does.",
            "cnn extract_features w.caffemodel net.prototxt fc7,prob fc7_lmdb,prob_lmdb 10 lmdb",
            "cnn extract_features w.caffemodel net.prototxt fc7 fc7.h5 10 hdf5")
        {
            weights, model, blobs, targets, batches, backend, device, plugin, threads, mpi,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(CommandProcesses.Run(
            console, parsed.GetValue(mpi), processes => Extract(parsed, processes, cancel))));
        return command;

        int Extract(ParseResult parsed, CommandProcesses processes, CancellationToken cancel)
        {
            string kind = parsed.GetRequiredValue(backend);
            int passes = processes.Together(() =>
            {
                RequireWritable(kind);
                return BatchesOf(parsed.GetRequiredValue(batches));
            });
            string[] names = OptionValues.SplitAtCommas(parsed.GetRequiredValue(blobs));
            string[] paths = OptionValues.SplitAtCommas(parsed.GetRequiredValue(targets));
            bool isGpu = processes.Together(() => IsGpu(parsed.GetValue(device) ?? []));
            using var cancelling = new CancelOnInterrupt(cancel);
            int count = processes.ThreadsOf(parsed.GetValue(threads));
            using WorkerPool pool = processes.Together(() => new WorkerPool(count));
            using var log = RunLog.Create(console.LogSink, null, "extract_features");
            OptionValues.WarnOfGpu(log, isGpu);
            processes.Log(log, count);
            PluginChoice plugins = processes.Together(() => PluginChoice.Of(parsed, plugin));
            using Net net = processes.Together(() => Net.Load(parsed.GetRequiredValue(model), options: new NetOptions
            {
                Phase = Phase.Test,
                Weights = OptionValues.SplitAtCommas(parsed.GetRequiredValue(weights)),
                Pool = pool,
                Layers = plugins.Layers,
                Fillers = plugins.Fillers,
                Log = log,
                BuildsQuietly = true,
                Inference = true,
                Keep = names,
            }));
            using var progress = new DataProgress(console);
            FeatureExtractor.Extract(
                net,
                names,
                paths,
                passes,
                new FeatureOptions
                {
                    Format = kind == Hdf5 ? FeatureFormat.Hdf5 : FeatureFormat.Lmdb,
                    Progress = progress,
                    Processes = processes.Group,
                },
                cancelling.Token);
            progress.End();
            DataFormatOption.LogWritten(console, paths);
            return ExitCode.Done;
        }
    }

    private static void RequireWritable(string kind)
    {
        if (kind != Hdf5)
        {
            BackendOption.RequireWritable(kind);
        }
    }

    private static int BatchesOf(string text) =>
        int.TryParse(text, out int batches) && batches > 0
            ? batches
            : throw new CnnException($"<batches> is '{text}', it must be a whole number from 1 on");

    // Caffe's device is a number, or DEVICE_ID=0.
    private static bool IsGpu(string[] device) => device.FirstOrDefault() switch
    {
        null or "CPU" => false,
        "GPU" => true,
        { } other => throw new CnnException($"the device is '{other}', it must be CPU or GPU"),
    };
}
