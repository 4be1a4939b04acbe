using System.CommandLine;
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
        var command = new CommandWithExamples(
            "digits",
            "Writes the digits that a Digits layer draws, for other programs.",
            "cnn data digits --to digits_lmdb --count 60000",
            "cnn data digits --to digits --count 1000 --format idx --seed 7")
        {
            to, count, seed, first, format,
        };
        command.SetAction((parsed, cancel) =>
        {
            using var cancelling = new CancelOnInterrupt(cancel);
            using var progress = new DataProgress(console);
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
