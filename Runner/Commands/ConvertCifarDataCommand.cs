using System.CommandLine;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets.Cifar;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn convert_cifar_data</c>: Caffe's tool that makes databases of CIFAR-10's binary version.</summary>
internal static class ConvertCifarDataCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> from = OptionValues.OfPath(new Argument<string>("in")
        {
            Description = "The folder with CIFAR-10's binary version, unpacked or not, or its archive.",
        });
        Argument<string> to = OptionValues.OfPath(new Argument<string>("out")
        {
            Description = "The folder to write cifar10_train_lmdb and cifar10_test_lmdb to.",
        });
        Argument<string> backend = BackendOption.Argument();
        var command = new CommandWithExamples(
            "convert_cifar_data",
            "Makes databases of CIFAR-10's files, as Caffe's tool does.",
            "cnn convert_cifar_data cifar-10-batches-bin . lmdb")
        {
            from, to, backend,
        };
        command.SetAction((parsed, cancel) =>
        {
            BackendOption.RequireWritable(parsed.GetRequiredValue(backend));
            using var cancelling = new CancelOnInterrupt(cancel);
            using var progress = new DataProgress(console);
            IReadOnlyList<string> written = Cifar10Converter.Convert(
                parsed.GetRequiredValue(from),
                parsed.GetRequiredValue(to),
                writesMean: false,
                progress,
                cancelling.Token);
            progress.End();
            DataFormatOption.LogWritten(console, written);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
