using System.CommandLine;
using Cnn.Engine.Detection;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Layers.Threading;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;
using Serilog;
using Serilog.Core;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn test</c>: prints the mean outputs of a net with given weights.</summary>
internal static class TestCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var choice = new NetChoice("TEST");
        Option<string> weights = OptionValues.RequiredFile("--weights", "The weights; commas separate several files.");
        Option<bool> strict = OptionValues.WeightsStrict();
        Option<string?> gpu = OptionValues.Gpu();
        Option<int?> iterations = OptionValues.AtLeast(
            new Option<int?>("--iterations") { Description = "Batches to run; 50 if not given.", HelpName = "n" }, 1);
        var apVersion = new Option<string>("--ap-version")
        {
            Description = "How the average precision of detections is computed.",
            DefaultValueFactory = _ => AveragePrecision.Integral,
        };
        OptionValues.OneOf(apVersion, StringComparison.Ordinal, [.. AveragePrecision.Versions]);
        Option<int?> threads = OptionValues.ThreadsOfProcess();
        Option<bool> mpi = OptionValues.Mpi();
        Option<string?> logFolder = OptionValues.LogFolder();
        var command = new CommandWithExamples(
            "test",
            "Runs a net in its TEST phase and prints each output of each batch, the means and the loss.",
            "cnn test --model Models/lenet/lenet_train_test.prototxt --weights lenet_iter_2000.caffemodel "
            + "--iterations 100")
        {
            choice.Model, weights, strict, iterations, apVersion, choice.Plugin, threads, mpi, choice.Level,
            choice.Stage, logFolder, gpu,
        };
        choice.TakeArgument(command);
        command.SetAction(parsed => CommandProcesses.Run(console, parsed.GetValue(mpi), processes =>
        {
            int count = processes.ThreadsOf(parsed.GetValue(threads));
            using WorkerPool pool = processes.Together(() => new WorkerPool(count));
            string? logs = processes.IsRoot ? parsed.GetValue(logFolder) : null;
            using Logger log = processes.Together(() => RunLog.Create(console.LogSink, logs, "test"));
            processes.Log(log, count);
            OptionValues.WarnOfGpu(log, parsed.GetValue(gpu) is not null);
            string files = parsed.GetRequiredValue(weights);
            using Net net = processes.Together(() => choice.Build(parsed, pool, log, options => options with
            {
                Weights = File.Exists(files) ? [files] : OptionValues.SplitAtCommas(files),
                WeightsAreStrict = parsed.GetValue(strict),
                Inference = true,
            }));
            var test = new NetTestOptions { ApVersion = parsed.GetValue(apVersion)!, Processes = processes.Group };
            Run(net, parsed.GetValue(iterations) ?? 50, test, log, console);
            return ExitCode.Done;
        }));
        return command;
    }

    private static void Run(Net net, int iterations, NetTestOptions options, ILogger log, CommandConsole console)
    {
        using var progress = new DataProgress(console);
        log.Information("{Line:l}", $"Running for {iterations} iterations.");
        NetScores scores = NetTester.Test(net, iterations, options with
        {
            Progress = progress.Of<int>(done => new WriteProgress("test", done, iterations)),
            Tested = LogOutputs,
        });
        progress.End();
        Write($"Loss: {CaffeNumber.Format(scores.Loss)}");
        foreach (ClassPrecision found in scores.Precisions)
        {
            Write($"{found.Blob} of class {found.Label} = {CaffeNumber.Format(found.AveragePrecision)} "
                + $"({found.Objects} objects)");
        }

        foreach (var (name, mean) in scores.Outputs)
        {
            float weight = NetOutputs.LossWeight(net, name);
            Write($"{name} = {CaffeNumber.Format(mean)}{(weight == 0 ? "" : NetOutputs.LossSuffix(weight, mean))}");
        }

        void LogOutputs(NetBatch batch)
        {
            foreach (var (name, values) in net.Outputs.Zip(batch.Blobs))
            {
                if (OutputTally.IsOfDetections(net, name))
                {
                    continue;
                }

                foreach (float value in values.Data)
                {
                    log.Information("{Line:l}", $"Batch {batch.Index}, {name} = {CaffeNumber.Format(value)}");
                }
            }
        }

        void Write(string line)
        {
            log.Information("{Line:l}", line);
            console.Out.WriteLine(line);
        }
    }
}
