using System.CommandLine;
using System.Globalization;
using Cnn.Proto;
using Cnn.Runner.DataSets.ImageSets;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands.Support;

/// <summary>The options by which a command says how image files become records, and the report of the work.</summary>
internal sealed class ImageSetChoice
{
    private const int MostSkippedShown = 100;

    /// <summary><c>--gray</c>.</summary>
    public Option<bool> Gray { get; } = new("--gray") { Description = "Make the images grey." };

    /// <summary><c>--resize_width</c>.</summary>
    public Option<int?> Width { get; } = OptionValues.AtLeast(
        new Option<int?>("--resize_width")
        {
            Description = "Columns to resize to, with --resize_height.", HelpName = "n",
        },
        0);

    /// <summary><c>--resize_height</c>.</summary>
    public Option<int?> Height { get; } = OptionValues.AtLeast(
        new Option<int?>("--resize_height") { Description = "Rows to resize to.", HelpName = "n" }, 0);

    /// <summary><c>--encoded</c>.</summary>
    public Option<bool> Encoded { get; } = new("--encoded")
    {
        Description = "Keep image files in the database, unchanged where nothing has to change.",
    };

    /// <summary><c>--encode_type</c>.</summary>
    public Option<string?> EncodeType { get; } = new("--encode_type")
    {
        Description = "The type of those files: jpg, png or bmp; as each is named if not given.", HelpName = "type",
    };

    /// <summary><c>--check_size</c>.</summary>
    public Option<bool> CheckSize { get; } = new("--check_size") { Description = "Refuse images of different sizes." };

    /// <summary><c>--seed</c>.</summary>
    public Option<long> Seed { get; } = new("--seed")
    {
        Description = "The seed of what is random.", DefaultValueFactory = _ => 1, HelpName = "n",
    };

    /// <summary><c>--resume</c>.</summary>
    public Option<bool> Resume { get; } = new("--resume")
    {
        Description = "Go on with what an interrupted conversion left in DB.partial.",
    };

    /// <summary><c>--threads</c>.</summary>
    public Option<int?> Threads { get; } = OptionValues.Threads();

    /// <summary>Converts images as the command line says, and reports what is skipped and written.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="console">The console.</param>
    /// <param name="size">The rows and columns to resize to if another option gives them.</param>
    /// <param name="convert">Converts, given the options, what receives progress and skipped images.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CnnException">An option is wrong, or see <see cref="ImageSetConverter"/>.</exception>
    public int Convert(
        ParseResult parsed,
        CommandConsole console,
        (int Height, int Width)? size,
        Func<ImageSetOptions, DataProgress, Action<SkippedImage>, IReadOnlyList<ImageSetResult>> convert)
    {
        ImageSetOptions options = OptionsOf(parsed, size);
        if (options.ResizeHeight > 0 != (options.ResizeWidth > 0))
        {
            console.WriteNote(
                "cnn: of --resize_width and --resize_height only one is given, so nothing is resized");
        }

        using var progress = new DataProgress(console);
        long skipped = 0;
        try
        {
            IReadOnlyList<ImageSetResult> results = convert(options, progress, image =>
            {
                if (++skipped <= MostSkippedShown)
                {
                    progress.WriteLine($"image {image.Index} ('{image.Name}') is skipped: {image.Reason}");
                }
            });
            progress.End();
            Report(console, results, skipped);
        }
        catch (OperationCanceledException exception) when (exception.InnerException is not null)
        {
            progress.End();
            console.Error.WriteLine($"cnn: {exception.Message}");
            throw;
        }

        return ExitCode.Done;
    }

    private ImageSetOptions OptionsOf(ParseResult parsed, (int Height, int Width)? size) => new()
    {
        Gray = parsed.GetValue(Gray),
        ResizeHeight = size?.Height ?? parsed.GetValue(Height) ?? 0,
        ResizeWidth = size?.Width ?? parsed.GetValue(Width) ?? 0,
        CheckSize = parsed.GetValue(CheckSize),
        Encoded = parsed.GetValue(Encoded),
        EncodeType = parsed.GetValue(EncodeType) ?? "",
        Threads = parsed.GetValue(Threads) ?? 0,
    };

    private static void Report(CommandConsole console, IReadOnlyList<ImageSetResult> results, long shown)
    {
        if (shown > MostSkippedShown)
        {
            console.WriteNote($"{shown - MostSkippedShown} more images are skipped");
        }

        foreach (ImageSetResult result in results)
        {
            string skipped = result.Skipped > 0
                ? string.Create(CultureInfo.InvariantCulture, $", {result.Skipped} skipped")
                : "";
            console.Out.WriteLine($"Wrote {result.Path} ({result.Written} images{skipped})");
        }
    }
}
