using System.CommandLine;
using Cnn.Engine.Runs;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;
using Google.Protobuf;

namespace Cnn.Runner.Commands;

/// <summary>
/// Caffe's three tools that upgrade old files, under their names and with their exit codes: <c>upgrade_net_proto_text
/// IN OUT</c>.
/// </summary>
internal static class UpgradeCommand
{
    // The tools distinguish a file that cannot be read (2) from one that could not be upgraded in all its parts (1).
    private const int Unreadable = 2;

    /// <summary>Creates the command that upgrades a net to text.</summary>
    public static Command NetText(CommandConsole console) =>
        Create<NetParameter>(console, "upgrade_net_proto_text", "a net", ProtoFormat.Text, NetUpgrade.IsNeeded, Net);

    /// <summary>Creates the command that upgrades a net, with its weights if it has any, to binary.</summary>
    public static Command NetBinary(CommandConsole console) =>
        Create<NetParameter>(
            console, "upgrade_net_proto_binary", "a net or weights", ProtoFormat.Binary, NetUpgrade.IsNeeded, Net);

    /// <summary>Creates the command that upgrades a solver to text; a missing snapshot_prefix stays missing.</summary>
    public static Command SolverText(CommandConsole console) =>
        Create<SolverParameter>(
            console,
            "upgrade_solver_proto_text",
            "a solver",
            ProtoFormat.Text,
            SolverUpgrade.IsNeeded,
            (loaded, warnings) => SolverUpgrade.Upgrade(loaded.Message, loaded.Sources, path: null, warnings));

    private static NetParameter Net(Definition<NetParameter> loaded, ICollection<Diagnostic> warnings) =>
        NetUpgrade.Upgrade(loaded.Message, loaded.Sources, warnings);

    private static CommandWithExamples Create<T>(
        CommandConsole console,
        string name,
        string what,
        ProtoFormat format,
        Func<T, bool> isNeeded,
        Func<Definition<T>, ICollection<Diagnostic>, T> upgrade)
        where T : class, IMessage<T>, new()
    {
        bool isBinary = format == ProtoFormat.Binary;
        Argument<string> input = OptionValues.OfPath(new Argument<string>("in")
        {
            Description = $"The file of {what}, in any format of any age.",
        });
        Argument<string> output = OptionValues.OfPath(new Argument<string>("out")
        {
            Description = isBinary
                ? "The file to write in the current format, as binary whatever its name."
                : "The file to write in the current format, as text whatever its name; as YAML if that ends in .yaml.",
        });
        var command = new CommandWithExamples(
            name,
            $"Brings {what} up to date.",
            isBinary ? $"cnn {name} old.caffemodel new.caffemodel" : $"cnn {name} old.prototxt new.prototxt")
        {
            input, output,
        };
        command.SetAction(parsed =>
        {
            string from = parsed.GetRequiredValue(input), to = parsed.GetRequiredValue(output);
            return Run(console, from, to, isBinary || !IsYaml(to) ? format : ProtoFormat.Yaml, isNeeded, upgrade);
        });
        return command;
    }

    private static int Run<T>(
        CommandConsole console,
        string from,
        string to,
        ProtoFormat format,
        Func<T, bool> isNeeded,
        Func<Definition<T>, ICollection<Diagnostic>, T> upgrade)
        where T : class, IMessage<T>, new()
    {
        Definition<T> loaded;
        try
        {
            loaded = ProtoFile.Load<T>(from);
        }
        catch (CnnException exception)
        {
            console.WriteError(exception);
            return Unreadable;
        }

        using var log = RunLog.Create(console.LogSink, null, "upgrade");
        if (!isNeeded(loaded.Message))
        {
            log.Warning("{Line:l}", $"{from} is in the current format already");
        }

        var warnings = loaded.Sources.Postponed.ToList();
        T upgraded = FileErrors.Naming(from, () => upgrade(loaded, warnings));
        if (format != ProtoFormat.Binary)
        {
            warnings.AddRange(UnknownFields.LostInText(upgraded));
        }

        log.Warn(warnings);
        ProtoFile.Save(upgraded, to, format);
        console.Out.WriteLine($"Wrote {to}");
        return warnings.Count == 0 ? ExitCode.Done : ExitCode.BadInput;
    }

    private static bool IsYaml(string path) => Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";
}
