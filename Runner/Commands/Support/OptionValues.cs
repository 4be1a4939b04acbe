using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Serilog;

namespace Cnn.Runner.Commands.Support;

/// <summary>Creates the options that several commands have, and reads their values.</summary>
internal static class OptionValues
{
    /// <summary>The largest number of threads: far above any machine's cores, far below any system's limit.</summary>
    public const int MostThreads = 1024;

    /// <summary>Creates an option that takes a path and must be given.</summary>
    public static Option<string> RequiredFile(string name, string description) =>
        OfPath(new Option<string>(name) { Description = description, Required = true, HelpName = "file" });

    /// <summary>Refuses empty values, such as of an unset shell variable, in an option that takes paths.</summary>
    public static T OfPath<T>(T option)
        where T : Option
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(t => t.Value.Trim().Length == 0))
            {
                result.AddError($"{option.Name} is empty, it must be a path");
            }
        });
        return option;
    }

    /// <summary>Refuses empty values in an argument that takes paths.</summary>
    public static Argument<T> OfPath<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens.Any(t => t.Value.Trim().Length == 0))
            {
                result.AddError($"<{argument.Name}> is empty, it must be a path");
            }
        });
        return argument;
    }

    /// <summary>Creates <c>--threads</c>.</summary>
    public static Option<int?> Threads() =>
        ThreadsOf($"Threads to compute with, at most {MostThreads}; one per core if not given.");

    /// <summary>Creates <c>--threads</c> of a command that several processes may run together.</summary>
    public static Option<int?> ThreadsOfProcess() => ThreadsOf(
        $"Threads of each process, at most {MostThreads}; if not given one per core, shared out among the processes "
        + "of the machine.");

    /// <summary>Creates <c>--mpi</c>.</summary>
    public static Option<bool> Mpi() => new("--mpi")
    {
        Description = "Use MPI even where no launcher tells of several processes; under mpirun, mpiexec or srun it is "
            + "used without this.",
    };

    /// <summary>Creates <c>--log-dir</c>.</summary>
    public static Option<string?> LogFolder() =>
        OfPath(new Option<string?>("--log-dir")
        {
            Description = "A folder to write the log to as well.", HelpName = "folder",
        });

    /// <summary>Creates <c>--level</c>.</summary>
    public static Option<int?> Level() =>
        new("--level") { Description = "Level of the net's state, for its include and exclude rules.", HelpName = "n" };

    /// <summary>Creates <c>--stage</c>.</summary>
    public static Option<string[]> Stage() =>
        new("--stage")
        {
            Description = "Stage of the net's state, for its include and exclude rules; commas separate several.",
            HelpName = "name",
        };

    /// <summary>Creates <c>--plugin</c>.</summary>
    public static Option<string[]> Plugin() => OfPath(new Option<string[]>("--plugin")
    {
        Description = "Layer types of your own: an assembly, or a C# file, which is compiled; may be given several "
            + "times.",
        HelpName = "dll|cs",
    });

    /// <summary>Creates <c>--weights-strict</c>.</summary>
    public static Option<bool> WeightsStrict() =>
        new("--weights-strict") { Description = "Fail where a layer finds no weights, or weights find no layer." };

    /// <summary>Creates <c>--gpu</c>, which Caffe's users give.</summary>
    public static Option<string?> Gpu() =>
        new("--gpu") { Description = "Accepted for Caffe's sake; everything runs on the CPU.", HelpName = "ids" };

    /// <summary>Creates an option that says what a signal does.</summary>
    public static Option<string> SignalEffectOf(string name, string signal, SignalEffect preset)
    {
        var option = new Option<string>(name)
        {
            Description = $"What {signal} does: stop, snapshot or none.",
            DefaultValueFactory = _ => preset.ToString().ToLowerInvariant(),
        };
        return OneOf(option, StringComparison.OrdinalIgnoreCase, "stop", "snapshot", "none");
    }

    /// <summary>Logs a warning when a GPU was asked for, since none is used.</summary>
    public static void WarnOfGpu(ILogger log, bool isAskedFor)
    {
        if (isAskedFor)
        {
            log.Warning(
                "{Line:l}", "A GPU was asked for (--gpu or solver_mode: GPU); this program computes on the CPU.");
        }
    }

    /// <summary>Creates <c>--phase</c>.</summary>
    public static Option<string> Phase(string preset)
    {
        var option = new Option<string>("--phase")
        {
            Description = "TRAIN or TEST: which layers the net has and how they behave.",
            DefaultValueFactory = _ => preset,
        };
        return OneOf(option, StringComparison.OrdinalIgnoreCase, "TRAIN", "TEST");
    }

    /// <summary>Refuses values other than the given words.</summary>
    public static Option<T> OneOf<T>(Option<T> option, StringComparison comparison, params string[] words)
    {
        option.CompletionSources.Add(words);
        option.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => !words.Any(w => w.Equals(t.Value, comparison))) is { } wrong)
            {
                string? near = Proto.Suggestion.For(wrong.Value, words);
                result.AddError($"{option.Name} is '{wrong.Value}', it must be {string.Join(" or ", words)}"
                    + (near is null ? "" : $"; {near}"));
            }
        });
        return option;
    }

    /// <summary>Refuses values of an argument other than the given words.</summary>
    public static void OneOf(Argument<string> argument, params string[] words)
    {
        argument.CompletionSources.Add(words);
        argument.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => !words.Contains(t.Value)) is { } wrong)
            {
                string? near = Proto.Suggestion.For(wrong.Value, words);
                result.AddError($"<{argument.Name}> is '{wrong.Value}', it must be {string.Join(" or ", words)}"
                    + (near is null ? "" : $"; {near}"));
            }
        });
    }

    /// <summary>Refuses values below a bound.</summary>
    public static Option<int?> AtLeast(Option<int?> option, int least) => Between(option, least, int.MaxValue);

    /// <summary>Refuses values outside two bounds.</summary>
    public static Option<int?> Between(Option<int?> option, int least, int most)
    {
        option.Validators.Add(result =>
        {
            // A number that does not fit the type is out of bounds too.
            if (result.Tokens.Count == 1 && BigInteger.TryParse(
                result.Tokens[0].Value,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out BigInteger value))
            {
                if (value < least)
                {
                    result.AddError($"{option.Name} is {value}, it must be {least} or more");
                }
                else if (value > most)
                {
                    result.AddError($"{option.Name} is {value}, at most {most}");
                }
            }
        });
        return option;
    }

    /// <summary>Splits the values of options that take comma-separated lists.</summary>
    public static string[] SplitAtCommas(params ReadOnlySpan<string> values)
    {
        var parts = new List<string>();
        foreach (string value in values)
        {
            parts.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }

        return [.. parts];
    }

    /// <summary>Returns a phase by its name.</summary>
    public static Proto.Phase PhaseOf(string name) =>
        name.Equals("TRAIN", StringComparison.OrdinalIgnoreCase) ? Proto.Phase.Train : Proto.Phase.Test;

    private static Option<int?> ThreadsOf(string description) =>
        Between(new Option<int?>("--threads") { Description = description, HelpName = "n" }, 1, MostThreads);
}
