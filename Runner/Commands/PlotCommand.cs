using System.CommandLine;
using System.Globalization;
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
            Description = "Logs of training runs, or folders of cnn train --run; LABEL=FILE gives one a name.",
            Arity = ArgumentArity.OneOrMore,
        });
        Option<string> output = OptionValues.RequiredFile("--output", "The picture to write: .png or .svg.");
        output.Aliases.Add("-o");
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
            Description = "The least value of the axis, of the upper one where there are two.", HelpName = "x",
        };
        var largest = new Option<double?>("--max")
        {
            Description = "The largest value of the axis, of the upper one where there are two.", HelpName = "x",
        };
        var dark = new Option<bool>("--dark") { Description = "Draw on a dark ground." };
        var logarithmic = new Option<bool>("--log")
        {
            Description = "Draw losses and errors, or the single value, on a logarithmic axis.",
        };
        var size = new Option<string?>("--size")
        {
            Description = "Width and height, such as 800x480; a .png has twice as many pixels.", HelpName = "wxh",
        };
        var command = new CommandWithExamples(
            "plot",
            "Draws the losses and the test scores of training runs against iterations.",
            "cnn plot train.log --output curve.png",
            "cnn plot small=a.log large=b.log --value accuracy --error --max 5 --output errors.svg")
        {
            logs, output, values, error, title, least, largest, logarithmic, dark, size,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(output);
            if (!path.EndsWith(".png", StringComparison.OrdinalIgnoreCase)
                && !path.EndsWith(".svg", StringComparison.OrdinalIgnoreCase))
            {
                throw new CnnException(
                    $"--output {path}: unknown picture format", "its name should end in .png or .svg");
            }

            bool isLogarithmic = parsed.GetValue(logarithmic);
            (double, double) bounds = BoundsOf(parsed.GetValue(least), parsed.GetValue(largest), isLogarithmic);
            string[] wanted = OptionValues.SplitAtCommas(parsed.GetValue(values));
            (string Label, RunCurves Run)[] runs = [.. parsed.GetRequiredValue(logs).Select(Read)];
            string? shown = parsed.GetValue(title) ?? (runs.Length == 1 && wanted.Length != 1 ? runs[0].Label : null);
            (int, int)? sides = parsed.GetValue(size) is { } text ? SizeOf(text) : null;
            var plot = new CurvePlot(shown, parsed.GetValue(dark), sides);
            new RunsPlot(plot)
            {
                Wanted = wanted,
                DrawsErrors = parsed.GetValue(error),
                IsLogarithmic = isLogarithmic,
            }.Add(runs);
            plot.Save(path, bounds);
            console.Out.WriteLine($"wrote {path}");
            return ExitCode.Done;
        });
        return command;
    }

    private static (string Label, RunCurves Run) Read(string log)
    {
        int equals = log.IndexOf('=', StringComparison.Ordinal);
        string file = equals < 0 || Path.Exists(log) ? log : log[(equals + 1)..];
        RunCurves run = RunCurves.Read(file);
        return (file == log ? run.Name : log[..equals], run);
    }

    private static (double Least, double Largest) BoundsOf(double? least, double? largest, bool isLogarithmic)
    {
        Require("--min", least, isLogarithmic);
        Require("--max", largest, isLogarithmic);
        if (least >= largest)
        {
            throw new CnnException(
                string.Create(CultureInfo.InvariantCulture, $"--min {least} is not below --max {largest}"),
                "give a smaller --min or a larger --max");
        }

        return (least ?? double.NaN, largest ?? double.NaN);
    }

    private static void Require(string option, double? bound, bool isLogarithmic)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{option} {bound}");
        if (bound is { } value && !double.IsFinite(value))
        {
            throw new CnnException($"{text} is not a finite number");
        }

        if (isLogarithmic && bound <= 0)
        {
            throw new CnnException(
                $"{text} is not above 0, and a logarithmic axis has no other values",
                $"give a larger {option}, or leave --log out");
        }
    }

    private static (int Width, int Height) SizeOf(string text)
    {
        string[] sides = text.Split('x', 'X');
        return sides.Length == 2
            && int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            && int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int height)
            && width is >= CurvePlot.LeastSide and <= CurvePlot.MostSide
            && height is >= CurvePlot.LeastSide and <= CurvePlot.MostSide
            ? (width, height)
            : throw new CnnException(
                $"--size is '{text}', it must be width x height such as 800x480",
                $"each from {CurvePlot.LeastSide} to {CurvePlot.MostSide}");
    }
}
