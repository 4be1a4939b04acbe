using System.CommandLine;
using System.Globalization;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets.ImageSets;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn data images</c>: makes databases of a folder with a folder of images for each class.</summary>
internal static class DataImagesCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> folder = OptionValues.OfPath(new Argument<string>("folder")
        {
            Description = "The folder with a folder for each class; their sorted names are the classes 0, 1, ...",
        });
        Option<string> to = OptionValues.OfPath(new Option<string>("--to")
        {
            Description = "The database to create.", Required = true, HelpName = "db",
        });
        var resize = new Option<string?>("--resize")
        {
            Description = "Columns and rows to resize to, such as 256x256.", HelpName = "WxH",
        };
        var validation = new Option<string?>("--validation")
        {
            Description = "Make DB_train and DB_val, with this share of the images in the second, such as 10%.",
            HelpName = "share",
        };
        var choice = new ImageSetChoice();
        var command = new CommandWithExamples(
            "images",
            "Makes a database of a folder of class folders, shuffled, with the names of the classes in labels.txt.",
            "cnn data images flowers --to flowers_lmdb --resize 256x256",
            "cnn data images flowers --to flowers --resize 256x256 --encoded --validation 10%")
        {
            folder, to, resize, choice.Width, choice.Height, choice.Gray, choice.CheckSize, choice.Encoded,
            choice.EncodeType, validation, choice.Seed, choice.Resume, choice.Threads,
        };
        command.SetAction((parsed, cancel) =>
        {
            using var cancelling = new CancelOnInterrupt(cancel);
            return Task.FromResult(choice.Convert(
                parsed,
                console,
                ImageSizeText.Parse(parsed.GetValue(resize)),
                (options, progress, skipped) => ImageSetConverter.ConvertFolder(
                    parsed.GetRequiredValue(folder),
                    parsed.GetRequiredValue(to),
                    options,
                    ShareOf(parsed.GetValue(validation)),
                    parsed.GetValue(choice.Seed),
                    parsed.GetValue(choice.Resume),
                    progress,
                    skipped,
                    cancelling.Token)));
        });
        return command;
    }

    private static double ShareOf(string? text)
    {
        if (text is null)
        {
            return 0;
        }

        bool isPercent = text.EndsWith('%');
        string number = isPercent ? text[..^1] : text;
        double share = double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value / (isPercent ? 100 : 1)
            : 0;
        return share is > 0 and < 1
            ? share
            : throw new CnnException($"--validation is '{text}', it must be a share such as 10% or 0.1");
    }
}
