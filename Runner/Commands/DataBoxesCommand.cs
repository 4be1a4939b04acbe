using System.CommandLine;
using System.Globalization;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets.Boxes;
using Cnn.Runner.DataSets.ImageSets;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn data boxes</c>: makes a database of images with boxes around their objects.</summary>
internal static class DataBoxesCommand
{
    private const int MostSkippedShown = 100;

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string> from = OptionValues.OfPath(new Option<string>("--from")
        {
            Description = "The folder of Pascal VOC's XML files, one an image; with --coco that of the images.",
            Required = true,
            HelpName = "folder",
        });
        Option<string> to = OptionValues.OfPath(new Option<string>("--to")
        {
            Description = "The database to create.", Required = true, HelpName = "db",
        });
        Option<string?> coco = OptionValues.OfPath(new Option<string?>("--coco")
        {
            Description = "COCO's JSON file of the annotations.", HelpName = "file",
        });
        Option<string?> labels = OptionValues.OfPath(new Option<string?>("--labels")
        {
            Description = "The classes, a name a line from class 1 on, or SSD's labelmap; all that occur if not given.",
            HelpName = "file",
        });
        var resize = new Option<string?>("--resize")
        {
            Description = "Columns and rows to resize to, such as 300x300.", HelpName = "WxH",
        };
        var encoded = new Option<bool>("--encoded")
        {
            Description = "Keep the image files as they are; false stores pixels.", DefaultValueFactory = _ => true,
        };
        Option<int?> threads = OptionValues.Threads();
        var command = new CommandWithExamples(
            "boxes",
            "Makes a database of images with boxes for AnnotatedData, with the names of the classes in labels.txt.",
            "cnn data boxes --from VOC2007/Annotations --to voc_lmdb --labels labelmap_voc.prototxt",
            "cnn data boxes --from val2017 --coco instances_val2017.json --to coco_lmdb --resize 512x512")
        {
            from, to, coco, labels, resize, encoded, threads,
        };
        command.SetAction((parsed, cancel) =>
        {
            using var cancelling = new CancelOnInterrupt(cancel);
            using var progress = new DataProgress(console);
            (int Height, int Width)? size = ImageSizeText.Parse(parsed.GetValue(resize));
            ClassNames? names = parsed.GetValue(labels) is { } file ? ClassNames.Read(file) : null;
            string folder = parsed.GetRequiredValue(from);
            BoxedSet set = parsed.GetValue(coco) is { } json
                ? BoxSetConverter.ReadCoco(json, folder, names)
                : BoxSetConverter.ReadVoc(folder, names, cancelling.Token);
            var options = new BoxSetOptions
            {
                ResizeHeight = size?.Height ?? 0,
                ResizeWidth = size?.Width ?? 0,
                Encoded = parsed.GetValue(encoded),
                Threads = parsed.GetValue(threads) ?? 0,
            };
            ImageSetResult result = BoxSetConverter.Convert(
                set, parsed.GetRequiredValue(to), options, progress, Tell(progress), cancelling.Token);
            progress.End();
            Report(console, result);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static Action<SkippedImage> Tell(DataProgress progress)
    {
        long skipped = 0;
        return image =>
        {
            if (++skipped <= MostSkippedShown)
            {
                progress.WriteLine($"image {image.Index} ('{image.Name}') is skipped: {image.Reason}");
            }
        };
    }

    private static void Report(CommandConsole console, ImageSetResult result)
    {
        if (result.Skipped > MostSkippedShown)
        {
            console.WriteNote($"{result.Skipped - MostSkippedShown} more images are skipped");
        }

        string skipped = result.Skipped > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {result.Skipped} skipped")
            : "";
        console.Out.WriteLine($"Wrote {result.Path} ({result.Written} images{skipped})");
    }
}
