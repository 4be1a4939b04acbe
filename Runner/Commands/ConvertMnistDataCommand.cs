using System.CommandLine;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets.Mnist;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn convert_mnist_data</c>: Caffe's tool that makes a database of a pair of idx files.</summary>
internal static class ConvertMnistDataCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> images = OptionValues.OfPath(new Argument<string>("images")
        {
            Description = "The idx file of the images, plain or gzip.",
        });
        Argument<string> labels = OptionValues.OfPath(new Argument<string>("labels")
        {
            Description = "The idx file of their labels, plain or gzip.",
        });
        Argument<string> database = OptionValues.OfPath(new Argument<string>("db")
        {
            Description = "The database to create.",
        });
        Option<string> backend = BackendOption.Create();
        var command = new CommandWithExamples(
            "convert_mnist_data",
            "Makes a database of idx files, as Caffe's tool does.",
            "cnn convert_mnist_data train-images-idx3-ubyte train-labels-idx1-ubyte mnist_train_lmdb --backend lmdb")
        {
            images, labels, database, backend,
        };
        command.SetAction((parsed, cancel) =>
        {
            BackendOption.RequireWritable(parsed.GetValue(backend)!);
            string to = parsed.GetRequiredValue(database);
            using var cancelling = new CancelOnInterrupt(cancel);
            using var progress = new DataProgress(console);
            MnistConverter.ConvertPair(
                parsed.GetRequiredValue(images), parsed.GetRequiredValue(labels), to, progress, cancelling.Token);
            progress.End();
            DataFormatOption.LogWritten(console, [to]);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
