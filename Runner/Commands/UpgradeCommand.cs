using System.CommandLine;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Runner.Commands;

/// <summary>Caffe's three tools that bring old files up to date, under their names: <c>upgrade_net_proto_text IN OUT</c>.</summary>
internal static class UpgradeCommand
{
    /// <summary>A net in the current format.</summary>
    public static IMessage Net(string path) => ProtoFile.LoadNet(path).Message;

    /// <summary>A solver with its type by name; the rest of it, a missing snapshot_prefix too, stays as it is.</summary>
    public static IMessage Solver(string path)
    {
        Loaded<SolverParameter> loaded = ProtoFile.Load<SolverParameter>(path);
        bool hadPrefix = loaded.Message.HasSnapshotPrefix;
        string prefix = loaded.Message.SnapshotPrefix;
        SolverParameter solver = SolverUpgrade.Upgrade(loaded.Message, loaded.Sources, path);
        solver.SnapshotPrefix = prefix;
        if (!hadPrefix)
        {
            solver.ClearSnapshotPrefix();
        }

        return solver;
    }

    /// <summary>One of the commands.</summary>
    /// <param name="console">Where it speaks.</param>
    /// <param name="name">Its name.</param>
    /// <param name="what">What it upgrades.</param>
    /// <param name="load">Reads and upgrades a file.</param>
    public static Command Create(CommandConsole console, string name, string what, Func<string, IMessage> load)
    {
        var input = new Argument<string>("in") { Description = $"The file of {what}, in any format of any age." };
        var output = new Argument<string>("out") { Description = "The file to write in the current format." };
        var command = new CommandWithExamples(name, $"Brings {what} up to date.", $"cnn {name} old.prototxt new.prototxt")
        {
            input, output,
        };
        command.SetAction(parsed =>
        {
            string to = parsed.GetRequiredValue(output);
            ProtoFile.Save(load(parsed.GetRequiredValue(input)), to);
            console.Out.WriteLine($"Wrote {to}");
            return ExitCode.Done;
        });
        return command;
    }
}
