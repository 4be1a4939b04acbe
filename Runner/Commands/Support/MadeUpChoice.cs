using System.CommandLine;
using System.Globalization;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// The options of a command that only looks at a net, which say what the data is like that is not here.
/// </summary>
internal sealed class MadeUpChoice
{
    private const string Form = "write blob=1x3x227x227";

    /// <summary><c>--shape</c>.</summary>
    public Option<string[]> Shape { get; } = new("--shape")
    {
        Description = "The shape of an input, or of data that is not here and so is made up: data=1x3x227x227. "
            + "May be given for several blobs.",
        HelpName = "blob=shape",
    };

    /// <summary><c>--batch</c>.</summary>
    public Option<int?> Batch { get; } = OptionValues.AtLeast(
        new Option<int?>("--batch")
        {
            Description = "Items in a batch of all data layers and inputs, instead of what the net says.",
            HelpName = "n",
        },
        1);

    /// <summary>Reads the options.</summary>
    /// <exception cref="CnnException">A shape is not of its form, or a blob is named twice.</exception>
    public MadeUpData Read(ParseResult parsed)
    {
        var shapes = new Dictionary<string, int[]>();
        foreach (string text in OptionValues.SplitAtCommas(parsed.GetValue(Shape)))
        {
            int at = text.LastIndexOf('=');
            if (at <= 0)
            {
                throw new CnnException($"--shape {text} names no blob and shape", Form);
            }

            string blob = text[..at];
            if (!shapes.TryAdd(blob, [.. text[(at + 1)..].Split('x', 'X').Select(size => Size(size, text))]))
            {
                throw new CnnException($"--shape names '{blob}' twice");
            }
        }

        return new MadeUpData { Shapes = shapes, Batch = parsed.GetValue(Batch) };
    }

    private static int Size(string size, string text) =>
        int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw new CnnException($"--shape {text}: '{size}' is no size", Form);
}
