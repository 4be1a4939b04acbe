using System.CommandLine;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn data digits</c>: writes the built-in digits to files.</summary>
internal static class DataDigitsCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string> to = OptionValues.OfPath(new Option<string>("--to")
        {
            Description = "The folder to write.", Required = true, HelpName = "folder",
        });
        var count = new Option<int>("--count")
        {
            Description = "Images.", DefaultValueFactory = _ => 10_000, HelpName = "n",
        };
        var seed = new Option<long>("--seed")
        {
            Description = "Seed of the stream of images.", DefaultValueFactory = _ => 1, HelpName = "n",
        };
        var first = new Option<ulong>("--first")
        {
            Description = "Index of the first image in the stream.", DefaultValueFactory = _ => 0, HelpName = "n",
        };
        Option<string> format = DataFormatOption.Create();
        var canvas = new Option<string?>("--canvas")
        {
            Description = "Scatter digits over images of this size: PNG files, and Pascal VOC's XML files with boxes.",
            HelpName = "WxH",
        };
        var command = new CommandWithExamples(
            "digits",
            "Writes the digits that a Digits layer draws, for other programs.",
            "cnn data digits --to digits_lmdb --count 60000",
            "cnn data digits --to digits --count 1000 --format idx --seed 7",
            "cnn data digits --to scattered --count 10 --canvas 96x96")
        {
            to, count, seed, first, format, canvas,
        };
        command.SetAction((parsed, cancel) =>
        {
            using var cancelling = new CancelOnInterrupt(cancel);
            using var progress = new DataProgress(console);
            if (ImageSizeText.Parse(parsed.GetValue(canvas), canvas.Name) is { } size)
            {
                if (parsed.GetResult(format) is { Implicit: false })
                {
                    throw new CnnException("--canvas writes image files", "leave --format away");
                }

                string folder = parsed.GetRequiredValue(to);
                CanvasExporter.Write(
                    folder,
                    parsed.GetValue(count),
                    size.Height,
                    size.Width,
                    parsed.GetValue(seed),
                    parsed.GetValue(first),
                    progress,
                    cancelling.Token);
                progress.End();
                DataFormatOption.LogWritten(console, [folder]);
                return Task.FromResult(ExitCode.Done);
            }

            IReadOnlyList<string> written = DigitsExporter.Write(
                parsed.GetRequiredValue(to),
                parsed.GetValue(count),
                parsed.GetValue(seed),
                DataFormatOption.Of(parsed.GetValue(format)!),
                parsed.GetValue(first),
                progress,
                cancelling.Token);
            progress.End();
            DataFormatOption.LogWritten(console, written);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
