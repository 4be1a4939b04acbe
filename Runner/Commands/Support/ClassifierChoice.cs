using System.CommandLine;
using System.Globalization;
using Cnn.Engine.Classification;
using Cnn.Proto;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// The options by which a command says how images become a net's input. They are those of pycaffe's classify.py, whose
/// spelling is accepted too.
/// </summary>
internal sealed class ClassifierChoice
{
    private readonly Option<string?> mean = new("--mean", "--mean_file")
    {
        Description = "The mean to subtract: a .binaryproto, a .npy, or a value for each channel such as 104,117,123.",
        HelpName = "file|values",
    };

    private readonly Option<bool> oversample = new("--oversample")
    {
        Description = "Take the mean over ten crops: corners, centre, and the same mirrored.",
    };

    private readonly Option<bool> centreOnly = new("--center-only", "--center_only")
    {
        Description = "Take the crop of the centre alone; so it is without --oversample.",
    };

    private readonly Option<string?> size = new("--images-dim", "--images_dim")
    {
        Description = "Height and width to resize images to before cropping; the input's, with --oversample 256,256.",
        HelpName = "h,w",
    };

    private readonly Option<double?> rawScale = Finite(new Option<double?>("--raw-scale", "--raw_scale")
    {
        Description = "Factor before the mean, for images from 0 to 1; 255 if not given.", HelpName = "x",
    });

    private readonly Option<double?> inputScale = Finite(new Option<double?>("--input-scale", "--input_scale")
    {
        Description = "Factor after the mean.", HelpName = "x",
    });

    private readonly Option<string?> channelSwap = new("--channel-swap", "--channel_swap")
    {
        Description = "The order of the channels; 2,1,0 if not given, which makes RGB the BGR of Caffe.",
        HelpName = "c,c,c",
    };

    private readonly Option<bool> gray = new("--gray")
    {
        Description = "Make images grey; so it is for a net with one channel.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command) =>
        Add(command, [mean, oversample, centreOnly, size, rawScale, inputScale, channelSwap, gray]);

    /// <summary>Adds the options to a command that looks at the centre of an image alone.</summary>
    public void AddCentreTo(Command command) => Add(command, [mean, size, rawScale, inputScale, channelSwap]);

    /// <summary>Reads the options.</summary>
    /// <exception cref="CnnException">A value is wrong.</exception>
    public ClassifierOptions Read(ParseResult parsed)
    {
        if (parsed.GetValue(oversample) && parsed.GetValue(centreOnly))
        {
            throw new CnnException(
                "--oversample and --center-only say different things about the crops", "give one of them");
        }

        return new ClassifierOptions
        {
            ImageSize = parsed.GetValue(size) is { } sides ? SizeOf(sides) : null,
            Oversample = parsed.GetValue(oversample),
            ChannelSwap = parsed.GetValue(channelSwap) is { } order ? ChannelsOf(order) : null,
            RawScale = (float)(parsed.GetValue(rawScale) ?? 255),
            Mean = parsed.GetValue(mean) is { Length: > 0 } given ? InputMean.Parse(given) : null,
            InputScale = (float)(parsed.GetValue(inputScale) ?? 1),
        };
    }

    /// <summary>Requires that a net takes grey images where the user says so.</summary>
    /// <exception cref="CnnException">It takes colour.</exception>
    public void RequireGrey(ParseResult parsed, ImageClassifier classifier)
    {
        if (parsed.GetValue(gray) && classifier.Channels != 1)
        {
            throw new CnnException(
                $"--gray makes images of one channel, the net's input has {classifier.Channels}", "leave it out");
        }
    }

    private static void Add(Command command, Option[] options)
    {
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }
    }

    private static (int Height, int Width) SizeOf(string text) =>
        WholeNumbers(text) is [> 0 and int height, > 0 and int width]
            ? (height, width)
            : throw new CnnException($"--images-dim is '{text}', it must be height,width such as 256,256");

    private static int[] ChannelsOf(string text) =>
        text.Length == 0
            ? []
            : WholeNumbers(text)
                ?? throw new CnnException($"--channel-swap is '{text}', it must be channels such as 2,1,0");

    private static int[]? WholeNumbers(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        var numbers = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        return numbers;
    }

    private static Option<double?> Finite(Option<double?> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1
                && double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double value)
                && !float.IsFinite((float)value))
            {
                result.AddError($"{option.Name} is {result.Tokens[0].Value}, it must be a finite number");
            }
        });
        return option;
    }
}
