using System.CommandLine;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn forward</c>: runs a net over arrays from files.</summary>
internal static class ForwardCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var madeUp = new MadeUpChoice();
        var choice = new NetChoice("TEST");
        Option<string[]> weights = OptionValues.OfPath(new Option<string[]>("--weights")
        {
            Description = "The weights; commas separate several files. As filled, if not given.", HelpName = "files",
        });
        Option<bool> strict = OptionValues.WeightsStrict();
        var input = new Option<string[]>("--input")
        {
            Description = "An input blob's values: blob=x.npy, or blob=x.h5:dataset. The net takes the array's shape.",
            HelpName = "blob=file",
        };
        var output = new Option<string[]>("--output")
        {
            Description = "Where to write a blob's values: blob=y.npy or blob=y.h5.",
            HelpName = "blob=file",
        };
        Option<string?> all = OptionValues.OfPath(new Option<string?>("--all-blobs")
        {
            Description = "Write every blob to an HDF5 file, /data/BLOB, and with --backward /diff/BLOB and "
                + "/param/LAYER/INDEX.",
            HelpName = "file",
        });
        var backward = new Option<bool>("--backward") { Description = "Run backward too, down to the inputs." };
        var diff = new Option<string[]>("--diff")
        {
            Description = "With --backward, the gradient at an output blob: blob=dy.npy. A loss has its weight.",
            HelpName = "blob=file",
        };
        Option<int?> threads = OptionValues.Threads();
        var command = new CommandWithExamples(
            "forward",
            "Runs a net over arrays in .npy or HDF5 files and writes what comes out; prints shapes and times.",
            "cnn forward --model deploy.prototxt --weights w.caffemodel --input data=x.npy --output prob=y.npy",
            "cnn forward --model deploy.prototxt --weights w.caffemodel --input data=x.h5:images --all-blobs all.h5")
        {
            choice.Model, weights, strict, input, output, all, backward, diff, choice.Phase, choice.Plugin, threads,
            choice.Level, choice.Stage, madeUp.Shape, madeUp.Batch,
        };
        choice.TakeArgument(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(diff) is { Length: > 0 } && !parsed.GetValue(backward))
            {
                throw new CnnException("--diff has no meaning without --backward", "add --backward");
            }

            using var pool = new WorkerPool(parsed.GetValue(threads) ?? 0);
            using var log = RunLog.Create(console.LogSink, null, "forward");
            BlobFile[] outputs = BlobFile.ParseAll(parsed.GetValue(output));
            bool keepsAll = parsed.GetValue(backward) || parsed.GetValue(all) is not null;
            using Net net = choice.Build(parsed, pool, log, options => options with
            {
                BuildsQuietly = true,
                MadeUp = madeUp.Read(parsed),
                Weights = OptionValues.SplitAtCommas(parsed.GetValue(weights)),
                WeightsAreStrict = parsed.GetValue(strict),
                ForceBackward = parsed.GetValue(backward),
                Inference = !keepsAll,
                Keep = [.. outputs.Select(o => o.Blob)],
            });
            new ForwardRun(net, console)
            {
                Inputs = BlobFile.ParseAll(parsed.GetValue(input)),
                Outputs = outputs,
                Diffs = BlobFile.ParseAll(parsed.GetValue(diff)),
                AllBlobs = parsed.GetValue(all),
                RunsBackward = parsed.GetValue(backward),
            }.Run();
            return ExitCode.Done;
        });
        return command;
    }
}
