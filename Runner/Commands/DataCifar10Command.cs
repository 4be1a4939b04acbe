using System.CommandLine;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets.Cifar;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary>
/// <c>cnn data cifar10</c>: checks and converts CIFAR-10's binary version, downloading it first on request.
/// </summary>
internal static class DataCifar10Command
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string?> from = OptionValues.OfPath(new Option<string?>("--from")
        {
            Description = "The folder with CIFAR-10's binary version, unpacked or not, or its archive.",
            HelpName = "folder",
        });
        Option<string> to = OptionValues.OfPath(new Option<string>("--to")
        {
            Description = "The folder to write to.", Required = true, HelpName = "folder",
        });
        var download = new Option<bool>("--download")
        {
            Description = "Fetch the archive first, into --from if given, else into --to; "
                + "a broken download is resumed.",
        };
        var command = new CommandWithExamples(
            "cifar10",
            "Checks CIFAR-10's files and writes cifar10_train_lmdb, cifar10_test_lmdb and mean.binaryproto.",
            "cnn data cifar10 --from downloads --to Models/cifar10",
            "cnn data cifar10 --download --to Models/cifar10")
        {
            from, to, download,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            string target = parsed.GetRequiredValue(to);
            string? source = parsed.GetValue(from);
            if (source is null && !parsed.GetValue(download))
            {
                throw new CnnException("neither --from nor --download says where CIFAR-10 is", "give one of them");
            }

            source ??= target;
            using var cancelling = new CancelOnInterrupt(cancel);
            using var progress = new DataProgress(console);
            if (parsed.GetValue(download))
            {
                await Cifar10Source.DownloadAsync(source, progress, cancelling.Token).ConfigureAwait(false);
            }

            IReadOnlyList<string> written = Cifar10Converter.Convert(
                source, target, writesMean: true, progress, cancelling.Token);
            progress.End();
            DataFormatOption.LogWritten(console, written);
            return ExitCode.Done;
        });
        return command;
    }
}
