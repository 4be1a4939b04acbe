using System.CommandLine;
using Serilog;

namespace Cnn.Runner.Commands;

/// <summary>Options that several commands have, and how their values are read.</summary>
internal static class OptionValues
{
    /// <summary>An option that takes a path; must be given.</summary>
    public static Option<string> RequiredFile(string name, string description) =>
        new(name) { Description = description, Required = true, HelpName = "file" };

    /// <summary><c>--threads</c>.</summary>
    public static Option<int?> Threads() =>
        AtLeast(new Option<int?>("--threads") { Description = "Threads to compute with; one a core if not given.", HelpName = "n" }, 1);

    /// <summary><c>--level</c>.</summary>
    public static Option<int?> Level() =>
        new("--level") { Description = "Level of the net's state, for its include and exclude rules.", HelpName = "n" };

    /// <summary><c>--stage</c>.</summary>
    public static Option<string[]> Stage() =>
        new("--stage") { Description = "Stage of the net's state, for its include and exclude rules; commas separate several.", HelpName = "name" };

    /// <summary><c>--plugin</c>.</summary>
    public static Option<string[]> Plugin() =>
        new("--plugin") { Description = "An assembly with layer types of your own; may be given several times.", HelpName = "dll" };

    /// <summary><c>--weights-strict</c>.</summary>
    public static Option<bool> WeightsStrict() =>
        new("--weights-strict") { Description = "Fail where a layer finds no weights, or weights find no layer." };

    /// <summary><c>--gpu</c>, which Caffe's users give.</summary>
    public static Option<string?> Gpu() =>
        new("--gpu") { Description = "Accepted for Caffe's sake; everything runs on the CPU.", HelpName = "ids" };

    /// <summary>An option that says what a signal does.</summary>
    public static Option<string> SignalEffectOf(string name, string signal, SignalEffect preset)
    {
        var option = new Option<string>(name)
        {
            Description = $"What {signal} does: stop, snapshot or none.",
            DefaultValueFactory = _ => preset.ToString().ToLowerInvariant(),
        };
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "stop", "snapshot", "none");
        return option;
    }

    /// <summary>Says once that a GPU was asked for and is not used.</summary>
    public static void WarnOfGpu(ILogger log, bool isAskedFor)
    {
        if (isAskedFor)
        {
            log.Warning("{Line:l}", "A GPU was asked for (--gpu or solver_mode: GPU); this program computes on the CPU.");
        }
    }

    /// <summary><c>--phase</c>.</summary>
    public static Option<string> Phase(string preset)
    {
        var option = new Option<string>("--phase")
        {
            Description = "TRAIN or TEST: which layers the net has and how they behave.",
            DefaultValueFactory = _ => preset,
        };
        option.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "TRAIN", "TEST");
        return option;
    }

    /// <summary>Refuses values below a bound.</summary>
    public static Option<int?> AtLeast(Option<int?> option, int least)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int value) && value < least)
            {
                result.AddError($"{option.Name} is {value}, it must be {least} or more");
            }
        });
        return option;
    }

    /// <summary>The values of options that take lists at commas.</summary>
    public static string[] SplitAtCommas(params ReadOnlySpan<string> values)
    {
        var parts = new List<string>();
        foreach (string value in values)
        {
            parts.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }

        return [.. parts];
    }

    /// <summary>A phase by its name.</summary>
    public static Proto.Phase PhaseOf(string name) =>
        name.Equals("TRAIN", StringComparison.OrdinalIgnoreCase) ? Proto.Phase.Train : Proto.Phase.Test;
}
