using System.CommandLine;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn time</c>: measures how long each layer takes.</summary>
internal static class TimeCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var madeUp = new MadeUpChoice();
        var choice = new NetChoice("TRAIN");
        Option<int?> iterations = OptionValues.AtLeast(
            new Option<int?>("--iterations") { Description = "Rounds to time; 50 if not given.", HelpName = "n" }, 1);
        Option<int?> threads = OptionValues.Threads();
        Option<string?> gpu = OptionValues.Gpu();
        var weights = new Option<string?>("--weights")
        {
            Description = "Accepted for Caffe's sake; times do not depend on them.", HelpName = "file",
        };
        var command = new CommandWithExamples(
            "time",
            "Times the layers of a net, forward and backward, after a second to warm up, and prints their share of "
            + "the machine's peak.",
            "cnn time --model Models/lenet/lenet_train_test.prototxt --iterations 20 --threads 1",
            "cnn time --model train_val.prototxt --batch 8")
        {
            choice.Model, iterations, choice.Phase, choice.Plugin, threads, madeUp.Shape, madeUp.Batch,
            choice.Level, choice.Stage, weights, gpu,
        };
        choice.TakeArgument(command);
        command.SetAction(parsed =>
        {
            using var pool = new WorkerPool(parsed.GetValue(threads) ?? 0);
            using var log = RunLog.Create(console.LogSink, null, "time");
            OptionValues.WarnOfGpu(log, parsed.GetValue(gpu) is not null);
            using Net net = choice.Build(parsed, pool, log, options => options with
            {
                BuildsQuietly = true,
                MadeUp = madeUp.Read(parsed),
            });
            using var progress = new DataProgress(console);
            string times = LayerTimes.Measure(
                net,
                parsed.GetValue(iterations) ?? 50,
                pool,
                log,
                progress.Of<WriteProgress>(p => p));
            progress.End();
            console.Out.Write(times);
            return ExitCode.Done;
        });
        return command;
    }
}
