using System.CommandLine;
using Cnn.Engine.Classification;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;
using Serilog;
using Serilog.Events;

namespace Cnn.Runner.Commands.Support;

/// <summary>The options of the commands that look into a net.</summary>
/// <param name="usualMost">The tiles of a section if nothing is said.</param>
internal sealed class LookChoice(int usualMost)
{
    private readonly NetChoice choice = new("TEST");
    private readonly MadeUpChoice madeUp = new();
    private readonly ClassifierChoice preprocessing = new();
    private readonly Option<bool> strict = OptionValues.WeightsStrict();
    private readonly Option<string> output = OptionValues.RequiredFile("--output", "The picture to write, a .png.");
    private readonly Option<int?> threads = OptionValues.Threads();
    private readonly Option<bool> dark = new("--dark") { Description = "Draw on a dark ground." };

    private readonly Option<string[]> weights = OptionValues.OfPath(new Option<string[]>("--weights")
    {
        Description = "The weights; commas separate several files. As filled, if not given.", HelpName = "files",
    });

    private readonly Option<int?> most = OptionValues.AtLeast(
        new Option<int?>("--most")
        {
            Description = $"Tiles of a section at most; {usualMost} if not given.", HelpName = "n",
        },
        1);

    private readonly Option<string?> image = OptionValues.OfPath(new Option<string?>("--image")
    {
        Description = "The image, or - for standard input; without one a net with data layers takes theirs.",
        HelpName = "file",
    });

    private readonly Option<int?> item = OptionValues.AtLeast(
        new Option<int?>("--item") { Description = "The image of the batch of a data layer, from 0.", HelpName = "n" },
        0);

    /// <summary>Creates <c>--layer</c>.</summary>
    public static Option<string[]> Layers() => new("--layer")
    {
        Description = "The layers with the filters; commas separate several. The first one with filters if not given.",
        HelpName = "names",
    };

    /// <summary>Creates <c>--blob</c>.</summary>
    /// <param name="usual">Which there are if none is given.</param>
    public static Option<string[]> Blobs(string usual) => new("--blob")
    {
        Description = $"The blobs; commas separate several. If not given, {usual}.", HelpName = "names",
    };

    /// <summary>Creates <c>--class</c>.</summary>
    public static Option<int?> Class(string description) => OptionValues.AtLeast(
        new Option<int?>("--class") { Description = description, HelpName = "n" }, 0);

    /// <summary>Adds the options of every such command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isTiled">Whether the number of tiles can be chosen.</param>
    public void AddTo(CommandWithExamples command, bool isTiled = true)
    {
        output.Aliases.Add("-o");
        Option[] all =
        [
            choice.Model, weights, strict, output, dark, choice.Phase, choice.Plugin, choice.Level, choice.Stage,
            madeUp.Shape,
        ];
        foreach (Option option in isTiled ? [.. all, most] : all)
        {
            command.Options.Add(option);
        }

        choice.TakeArgument(command);
    }

    /// <summary>Adds the options of a command that runs the net.</summary>
    public void AddInputTo(Command command)
    {
        foreach (Option option in (Option[])[image, item, madeUp.Batch, threads])
        {
            command.Options.Add(option);
        }

        preprocessing.AddCentreTo(command);
    }

    /// <summary>Returns whether the ground is dark.</summary>
    public bool IsDark(ParseResult parsed) => parsed.GetValue(dark);

    /// <summary>Returns how many tiles a section has at most.</summary>
    public int Most(ParseResult parsed) => parsed.GetValue(most) ?? usualMost;

    /// <summary>Builds the net, draws the picture and writes it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="console">Is told of the file.</param>
    /// <param name="runsBackward">Whether gradients are wanted.</param>
    /// <param name="draw">Draws the net.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CnnException">Something cannot be read, drawn or written.</exception>
    public int Draw(ParseResult parsed, CommandConsole console, bool runsBackward, Func<Net, LookPicture> draw)
    {
        string path = PathOf(parsed);

        // A command without the option runs no pass.
        bool runs = parsed.CommandResult.Command.Options.Contains(threads);
        using var pool = new WorkerPool(runs ? parsed.GetValue(threads) ?? 0 : 1);
        using var log = RunLog.Create(console.LogSink, null, "look", LogEventLevel.Warning);
        using Net net = Build(parsed, pool, log, runsBackward);
        draw(net).Save(path);
        console.Out.WriteLine($"wrote {path}");
        return ExitCode.Done;
    }

    /// <summary>Fills the input of the net with the image.</summary>
    /// <returns>The item of the batch to look at.</returns>
    /// <exception cref="CnnException">
    /// The image cannot be read or does not fit, or the net needs one that is not given.
    /// </exception>
    public int Fill(ParseResult parsed, Net net, CommandConsole console)
    {
        int chosen = parsed.GetValue(item) ?? 0;
        if (parsed.GetValue(image) is { } file)
        {
            NetImage.Set(net, ImageArguments.Find([file], console.OpenInput)[0], preprocessing.Read(parsed));
            return chosen == 0 ? 0 : throw new CnnException(
                "--item has no meaning for a single image", "it chooses one of a data layer's batch");
        }

        return net.Inputs.Count == 0 ? chosen : throw new CnnException(
            $"nothing fills input '{net.Inputs[0]}' of net '{net.Name}'", "give an image with --image");
    }

    /// <summary>Tells which net, weights and image are looked at.</summary>
    public string Describe(ParseResult parsed, Net net)
    {
        string[] files = WeightFiles(parsed);
        string[] parts =
        [
            net.Name.Length > 0 ? net.Name : "a net without a name",
            files.Length > 0 ? string.Join(", ", files.Select(Path.GetFileName)) : "weights as filled",
            .. parsed.GetValue(image) is { } file && file != "-" ? [Path.GetFileName(file)] : Array.Empty<string>(),
        ];
        return string.Join("  \u00b7  ", parts);
    }

    private string PathOf(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(output);
        return path.EndsWith(".png", StringComparison.OrdinalIgnoreCase)
            ? path
            : throw new CnnException($"--output {path}: unknown picture format", "its name should end in .png");
    }

    private Net Build(ParseResult parsed, WorkerPool pool, ILogger log, bool runsBackward)
    {
        if (parsed.GetValue(image) is not null)
        {
            ImageClassifier.RequireInput(choice.Load(parsed));
        }

        return choice.Build(parsed, pool, log, options => options with
        {
            BuildsQuietly = true,
            MadeUp = madeUp.Read(parsed),
            Weights = WeightFiles(parsed),
            WeightsAreStrict = parsed.GetValue(strict),
            ForceBackward = runsBackward,
        });
    }

    private string[] WeightFiles(ParseResult parsed) => OptionValues.SplitAtCommas(parsed.GetValue(weights));
}
