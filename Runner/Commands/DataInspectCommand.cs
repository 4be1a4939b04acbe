using System.CommandLine;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets.Inspection;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn data inspect</c>: tells what a source of images holds, and what of it cannot be decoded.</summary>
internal static class DataInspectCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> source = OptionValues.OfPath(new Argument<string>("source")
        {
            Description = "A database, a list of image files, a folder of class folders, an idx file of images, or "
                + "CIFAR-10's binary files.",
        });
        Argument<string?> labels = OptionValues.OfPath(new Argument<string?>("labels")
        {
            Description = "The idx file of the labels, if it is not beside the images.",
            Arity = ArgumentArity.ZeroOrOne,
        });
        var root = new Option<string?>("--root")
        {
            Description = "What is put in front of the names of a list, as it is.", HelpName = "folder/",
        };
        Option<string?> sheet = OptionValues.OfPath(new Option<string?>("--sheet")
        {
            Description = "Write the first images, small, to a PNG file.", HelpName = "file.png",
        });
        Option<int?> sheetImages = OptionValues.Between(
            new Option<int?>("--sheet-images")
            {
                Description = "Images on the sheet; 100 if not given.", HelpName = "n",
            },
            1,
            10_000);
        var json = new Option<bool>("--json") { Description = "Print a JSON object." };
        Option<int?> threads = OptionValues.Threads();
        var command = new CommandWithExamples(
            "inspect",
            "Decodes all images of a source and prints their number, sizes and labels, and those that cannot be "
            + "decoded; the exit code is 1 if there are any.",
            "cnn data inspect train_lmdb --sheet train.png",
            "cnn data inspect train.txt --root photos/ --json")
        {
            source, labels, root, sheet, sheetImages, json, threads,
        };
        command.SetAction((parsed, cancel) =>
        {
            using var cancelling = new CancelOnInterrupt(cancel);
            using var progress = new DataProgress(console);
            var options = new InspectionOptions
            {
                Labels = parsed.GetValue(labels),
                Root = parsed.GetValue(root) ?? "",
                Sheet = parsed.GetValue(sheet),
                Threads = parsed.GetValue(threads) ?? 0,
            };
            SourceReport report = SourceInspector.Inspect(
                parsed.GetRequiredValue(source),
                parsed.GetValue(sheetImages) is { } count ? options with { SheetImages = count } : options,
                progress,
                cancelling.Token);
            progress.End();
            if (parsed.GetValue(json))
            {
                console.Out.WriteLine(SourceReportText.Json(report));
            }
            else
            {
                console.Out.Write(SourceReportText.Describe(report));
                DataFormatOption.LogWritten(console, options.Sheet is { } file && report.Count > 0 ? [file] : []);
            }

            return Task.FromResult(report.BadCount == 0 ? ExitCode.Done : ExitCode.BadInput);
        });
        return command;
    }
}
