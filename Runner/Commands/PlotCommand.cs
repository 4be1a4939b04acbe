using System.CommandLine;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn plot</c>: draws the curves of training logs as a picture.</summary>
internal static class PlotCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string[]> logs = OptionValues.OfPath(new Argument<string[]>("logs")
        {
            Description = "Logs of training runs; LABEL=FILE names one in the legend.",
            Arity = ArgumentArity.OneOrMore,
        });
        Option<string> output = OptionValues.RequiredFile("--output", "The picture to write: .png or .svg.");
        var values = new Option<string[]>("--value")
        {
            Description = $"What to draw: outputs of test nets, or '{TrainingLog.TrainLoss}'; commas separate several. "
                + "Everything if not given.",
            HelpName = "names",
        };
        var error = new Option<bool>("--error") { Description = "Draw accuracies as errors in per cent." };
        var title = new Option<string?>("--title") { Description = "The title of the picture.", HelpName = "text" };
        var least = new Option<double?>("--min")
        {
            Description = "The least value of the left axis.", HelpName = "x",
        };
        var largest = new Option<double?>("--max")
        {
            Description = "The largest value of the left axis.", HelpName = "x",
        };
        var command = new CommandWithExamples(
            "plot",
            "Draws the losses and the test scores of training logs against iterations.",
            "cnn plot train.log --output curve.png",
            "cnn plot small=a.log large=b.log --value accuracy --error --max 5 --output errors.svg")
        {
            logs, output, values, error, title, least, largest,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(output);
            if (!path.EndsWith(".png", StringComparison.OrdinalIgnoreCase)
                && !path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase))
            {
                throw new CnnException(
                    $"--output {path}: no such kind of picture", "its name should end in .png or .svg");
            }

            string[] wanted = OptionValues.SplitAtCommas(parsed.GetValue(values));
            using var plot = new CurvePlot(parsed.GetValue(title));
            foreach (string log in parsed.GetRequiredValue(logs))
            {
                Add(plot, log, wanted, parsed.GetValue(error));
            }

            string left = wanted.Length == 1 ? wanted[0] : "loss";
            plot.Save(
                path,
                parsed.GetValue(error) ? "error, %" : left,
                "score",
                (parsed.GetValue(least) ?? double.NaN, parsed.GetValue(largest) ?? double.NaN));
            console.Out.WriteLine($"wrote {path}");
            return ExitCode.Done;
        });
        return command;
    }

    private static void Add(CurvePlot plot, string log, string[] wanted, bool asError)
    {
        int equals = log.IndexOf('=', StringComparison.Ordinal);
        string file = equals < 0 || File.Exists(log) ? log : log[(equals + 1)..];
        string label = file == log ? Path.GetFileNameWithoutExtension(log) : log[..equals];
        TrainingLog read = TrainingLog.Read(file);
        string? missing = wanted.FirstOrDefault(name => read.Curves.All(c => c.Name != name));
        if (missing is not null)
        {
            throw new CnnException(
                $"'{file}' has no '{missing}'", $"it has {string.Join(", ", read.Curves.Select(c => c.Name))}");
        }

        Curve[] chosen = [.. read.Curves.Where(c => wanted.Length == 0 || wanted.Contains(c.Name))];
        foreach (Curve curve in chosen)
        {
            string name = wanted.Length == 1 ? label : $"{label}: {curve.Name}";
            if (asError && !curve.IsLoss)
            {
                plot.AddError(name, curve);
            }
            else
            {
                plot.Add(name, curve, onLeft: wanted.Length == 1);
            }
        }
    }
}
