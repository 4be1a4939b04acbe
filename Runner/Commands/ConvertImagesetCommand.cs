using System.CommandLine;
using Cnn.Proto.Formats.ImageSets;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets.ImageSets;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn convert_imageset</c>: Caffe's tool that makes a database of a list of image files.</summary>
internal static class ConvertImagesetCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        // An empty root is possible: the list then has whole paths.
        var root = new Argument<string>("root")
        {
            Description = "What is put in front of each name in the list, as it is: a folder with its slash.",
        };
        Argument<string> list = OptionValues.OfPath(new Argument<string>("list")
        {
            Description = "The list: a line for each image with its name, a space and its label.",
        });
        Argument<string> database = OptionValues.OfPath(new Argument<string>("db")
        {
            Description = "The database to create.",
        });
        var shuffle = new Option<bool>("--shuffle") { Description = "Shuffle the list, as --seed says." };
        Option<string> backend = BackendOption.Create();
        var choice = new ImageSetChoice();
        var command = new CommandWithExamples(
            "convert_imageset",
            "Makes a database of image files, as Caffe's tool does.",
            "cnn convert_imageset --resize_height=256 --resize_width=256 --shuffle photos/ train.txt train_lmdb",
            "cnn convert_imageset --encoded --threads 4 photos/ train.txt train_lmdb",
            "cnn convert_imageset --resume photos/ train.txt train_lmdb")
        {
            root, list, database, choice.Gray, shuffle, backend, choice.Width, choice.Height, choice.CheckSize,
            choice.Encoded, choice.EncodeType, choice.Seed, choice.Resume, choice.Threads,
        };
        command.SetAction((parsed, cancel) =>
        {
            BackendOption.RequireWritable(parsed.GetValue(backend)!);
            using var cancelling = new CancelOnInterrupt(cancel);
            return Task.FromResult(choice.Convert(parsed, console, size: null, (options, progress, skipped) =>
            {
                IReadOnlyList<ImageSetEntry> images = ImageList.Read(parsed.GetRequiredValue(list));
                return
                [
                    ImageSetConverter.Convert(
                        parsed.GetValue(shuffle) ? ImageSetConverter.Shuffled(images, parsed.GetValue(choice.Seed))
                            : images,
                        parsed.GetRequiredValue(root),
                        parsed.GetRequiredValue(database),
                        options,
                        parsed.GetValue(choice.Resume),
                        progress,
                        skipped,
                        cancelling.Token),
                ];
            }));
        });
        return command;
    }
}
