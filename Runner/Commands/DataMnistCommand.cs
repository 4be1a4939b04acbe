using System.CommandLine;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets.Mnist;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn data mnist</c>: checks and converts MNIST's idx files, downloading them first on request.</summary>
internal static class DataMnistCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string?> from = OptionValues.OfPath(new Option<string?>("--from")
        {
            Description = "The folder with MNIST's four idx files, gzip or plain.", HelpName = "folder",
        });
        Option<string> to = OptionValues.OfPath(new Option<string>("--to")
        {
            Description = "The folder to write to.", Required = true, HelpName = "folder",
        });
        var download = new Option<bool>("--download")
        {
            Description = "Fetch the files first, into --from if given, else into --to; broken downloads are resumed.",
        };
        Option<string> format = DataFormatOption.Create();
        var command = new CommandWithExamples(
            "mnist",
            "Checks MNIST's files and writes mnist_train_lmdb and mnist_test_lmdb, or plain idx files.",
            "cnn data mnist --from downloads --to Models/lenet",
            "cnn data mnist --download --to Models/lenet")
        {
            from, to, download, format,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            string target = parsed.GetRequiredValue(to);
            string? source = parsed.GetValue(from);
            if (source is null && !parsed.GetValue(download))
            {
                throw new CnnException(
                    "neither --from nor --download says where MNIST's files are", "give one of them");
            }

            source ??= target;
            using var cancelling = new CancelOnInterrupt(cancel);
            using var progress = new DataProgress(console);
            if (parsed.GetValue(download))
            {
                await MnistSource.DownloadAsync(source, progress, cancelling.Token).ConfigureAwait(false);
            }

            IReadOnlyList<string> written = MnistConverter.Convert(
                source, target, DataFormatOption.Of(parsed.GetValue(format)!), progress, cancelling.Token);
            progress.End();
            DataFormatOption.LogWritten(console, written);
            return ExitCode.Done;
        });
        return command;
    }
}
