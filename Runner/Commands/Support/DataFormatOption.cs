using System.CommandLine;
using Cnn.Runner.DataSets;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands.Support;

/// <summary>The option <c>--format</c> of the data commands, and the lines that end their output.</summary>
internal static class DataFormatOption
{
    /// <summary>Creates the option.</summary>
    public static Option<string> Create()
    {
        var option = new Option<string>("--format")
        {
            Description = "lmdb for Data layers and Caffe, idx for IdxData layers.",
            DefaultValueFactory = _ => "lmdb",
        };
        return OptionValues.OneOf(option, StringComparison.Ordinal, "lmdb", "idx");
    }

    /// <summary>Returns the format that the option's value names.</summary>
    public static DataSetFormat Of(string value) => value == "idx" ? DataSetFormat.Idx : DataSetFormat.Lmdb;

    /// <summary>Prints what was written.</summary>
    public static void LogWritten(CommandConsole console, IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            console.Out.WriteLine($"Wrote {path}");
        }
    }
}
