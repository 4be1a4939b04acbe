using System.CommandLine;
using Cnn.Engine.Pages;
using Cnn.Engine.Runs;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn report</c>: writes the page of a run, or one that compares several.</summary>
internal static class ReportCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string[]> runs = OptionValues.OfPath(new Argument<string[]>("runs")
        {
            Description = "Folders of runs, or logs of training runs, of Caffe too; LABEL=PATH names one in the page. "
                + "Several are compared.",
            Arity = ArgumentArity.OneOrMore,
        });
        Option<string?> output = OptionValues.OfPath(new Option<string?>("--output", "-o")
        {
            Description = "The page to write, an HTML file; if not given, run.html in the run's folder, or the log's "
                + "name with .html.",
            HelpName = "file",
        });
        var command = new CommandWithExamples(
            "report",
            "Writes a page that shows a run, or compares several: curves, scores, times, images and settings in one "
            + "HTML file.",
            "cnn report runs/lenet",
            "cnn report caffe.log --output caffe.html",
            "cnn report small=runs/a large=runs/b --output compared.html")
        {
            runs, output,
        };
        command.SetAction(parsed =>
        {
            (string? Label, string Path)[] given = [.. parsed.GetRequiredValue(runs).Select(Split)];
            string path = parsed.GetValue(output) ?? DefaultFor(given);
            if (Array.Exists(given, g => Path.GetFullPath(g.Path) == Path.GetFullPath(path)))
            {
                throw new CnnException($"'{path}' is the run itself", "write the page to another file");
            }

            using var log = RunLog.Create(console.LogSink, null, "report");
            RunRecord[] read = [.. given.Select(g => Read(g, warning => log.Warn([warning])))];

            // Nobody writes this page again, so it does not wait for news.
            RunPage.Write(path, read, new PageOptions
            {
                Written = SystemClock.Time.GetUtcNow(), Reload = TimeSpan.Zero,
            });
            console.Out.WriteLine($"wrote {path}");
            return ExitCode.Done;
        });
        return command;
    }

    private static (string? Label, string Path) Split(string argument)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals <= 0 || Path.Exists(argument) ? (null, argument) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static string DefaultFor((string? Label, string Path)[] given) => given switch
    {
        [var one] when Directory.Exists(one.Path) => Path.Combine(one.Path, PageRefresher.FileName),
        [var one] => Path.ChangeExtension(one.Path, ".html"),
        _ => throw new CnnException("several runs have no folder in common", "--output names the page"),
    };

    private static RunRecord Read((string? Label, string Path) given, Action<Diagnostic> warn)
    {
        RunRecord run = Directory.Exists(given.Path)
            ? RunFolder.Read(given.Path, warn, SystemClock.Time)
            : TrainingLogFile.Read(given.Path);
        run.Name = given.Label ?? run.Name;
        return run;
    }
}
