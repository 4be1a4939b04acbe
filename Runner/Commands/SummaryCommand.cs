using System.CommandLine;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn summary</c>: prints what a net is made of.</summary>
internal static class SummaryCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var madeUp = new MadeUpChoice();
        var choice = new NetChoice("TEST");
        var command = new CommandWithExamples(
            "summary",
            "Prints the layers of a net: shapes of their tops, parameters, connections of an item, "
            + "multiply-adds of a forward pass.",
            "cnn summary --model Models/lenet/lenet.prototxt",
            "cnn summary --model train_val.prototxt --shape data=1x3x227x227")
        {
            choice.Model, choice.Phase, choice.Plugin, choice.Level, choice.Stage,
            madeUp.Shape, madeUp.Batch,
        };
        choice.TakeArgument(command);
        command.SetAction(parsed =>
        {
            using var pool = new WorkerPool(1);
            using var log = RunLog.Create(console.LogSink, null, "summary");
            using Net net = choice.Build(parsed, pool, log, options => options with
            {
                BuildsQuietly = true,
                LeavesParametersZero = true,
                MadeUp = madeUp.Read(parsed),
            });
            console.Out.Write(NetSummary.Describe(net));
            return ExitCode.Done;
        });
        return command;
    }
}
