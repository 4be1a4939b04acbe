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
        Option<string> model = OptionValues.RequiredFile("--model", "The net.");
        Option<string> phase = OptionValues.Phase("TEST");
        Option<string[]> plugin = OptionValues.Plugin();
        Option<int?> level = OptionValues.Level();
        Option<string[]> stage = OptionValues.Stage();
        var command = new CommandWithExamples(
            "summary",
            "Prints the layers of a net: shapes of their tops, parameters, connections of an item, "
            + "multiply-adds of a forward pass.",
            "cnn summary --model Models/lenet/lenet.prototxt")
        {
            model, phase, plugin, level, stage,
        };
        command.SetAction(parsed =>
        {
            using var pool = new WorkerPool(1);
            using var log = RunLog.Create(new WriterSink(console.Error), null, "summary");
            var plugins = new PluginChoice(parsed.GetValue(plugin) ?? []);
            using Net net = Net.Load(parsed.GetRequiredValue(model), options: new NetOptions
            {
                Phase = OptionValues.PhaseOf(parsed.GetValue(phase)!),
                Level = parsed.GetValue(level) ?? 0,
                Stages = OptionValues.SplitAtCommas(parsed.GetValue(stage)),
                Pool = pool,
                Layers = plugins.Layers,
                Fillers = plugins.Fillers,
                Log = log,
                BuildsQuietly = true,
            });
            console.Out.Write(NetSummary.Describe(net));
            return ExitCode.Done;
        });
        return command;
    }
}
