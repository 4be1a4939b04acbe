using System.CommandLine;
using Cnn.Engine.Runs;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn runs</c>: lists the runs of a folder.</summary>
internal static class RunsCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> folder = OptionValues.OfPath(new Argument<string>("folder")
        {
            Description = "The folder of a run, or one with folders of runs in it, some levels down.",
        });
        var json = new Option<bool>("--json") { Description = "Print a JSON array, with all settings and figures." };
        var command = new CommandWithExamples(
            "runs",
            "Lists the runs of a folder, the earliest first: state, iterations, time, the settings that differ between "
            + "them, and the last and the best value of each test score and of the training loss, with the iteration "
            + "of the best.",
            "cnn runs runs/",
            "cnn runs runs/sweep --json")
        {
            folder, json,
        };
        command.SetAction(parsed =>
        {
            using var log = RunLog.Create(console.LogSink, null, "runs");
            var table = RunTable.Read(parsed.GetRequiredValue(folder), warning => log.Warn([warning]));
            if (parsed.GetValue(json))
            {
                console.Out.WriteLine(RunDocumentText.Json(table));
            }
            else
            {
                console.Out.Write(table.Describe(TerminalSize.Columns()));
            }

            return ExitCode.Done;
        });
        return command;
    }
}
