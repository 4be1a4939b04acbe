using System.CommandLine;
using Cnn.Engine.Runs;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;
using Google.Protobuf;
using Serilog;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn convert</c>: converts a definition, weights or a state from one format to another.</summary>
internal static class ConvertCommand
{
    private static readonly string[] Kinds = ["net", "solver", "state", "blob"];

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> input = OptionValues.OfPath(new Argument<string>("in")
        {
            Description = "The file to read; its format is recognised by content and extension.",
        });
        Argument<string> output = OptionValues.OfPath(new Argument<string>("out")
        {
            Description = "The file to write: .prototxt, .yaml, or .caffemodel, .binaryproto, .solverstate for binary.",
        });
        var kind = new Option<string?>("--kind")
        {
            Description = "What the file holds; recognised by its name and content if not given.",
        };
        OptionValues.OneOf(kind, StringComparison.Ordinal, Kinds);
        var upgrade = new Option<bool>("--upgrade")
        {
            Description = "Bring old formats of nets and solvers up to date.",
        };
        var command = new CommandWithExamples(
            "convert",
            "Converts nets, solvers, weights, solver states and mean files between prototxt, YAML and binary.",
            "cnn convert Models/lenet/lenet.prototxt lenet.yaml",
            "cnn convert --upgrade old.prototxt new.prototxt")
        {
            input, output, kind, upgrade,
        };
        command.SetAction(parsed =>
        {
            string from = parsed.GetRequiredValue(input), to = parsed.GetRequiredValue(output);
            using var log = RunLog.Create(console.LogSink, null, "convert");
            return Convert(from, to, parsed.GetValue(kind), parsed.GetValue(upgrade), console, log);
        });
        return command;
    }

    private static int Convert(string from, string to, string? kind, bool upgrade, CommandConsole console, ILogger log)
    {
        ProtoFormat format = ProtoFile.FormatToWrite(to);
        Input input = Read(from, kind, upgrade);
        if (input.Format == ProtoFormat.Binary && format == ProtoFormat.Binary && !upgrade)
        {
            // A copy of the bytes keeps the message, and a fork's fields in the fork's order.
            byte[] bytes = FileText.ReadBytes(from);
            AtomicFile.Write(to, stream => stream.Write(bytes));
        }
        else
        {
            ProtoFile.Save(input.Message, to, format);
        }

        var inText = format == ProtoFormat.Binary ? [] : UnknownFields.LostInText(input.Message);
        Diagnostic[] lost = [.. input.Warnings, .. inText];
        log.Warn(lost);
        console.Out.WriteLine($"Wrote {to}");
        return lost.Length == 0 ? ExitCode.Done : ExitCode.BadInput;
    }

    private static Input Read(string path, string? kind, bool upgrade)
    {
        switch (kind ?? KindByName(path))
        {
            case "net":
                return From(upgrade ? ProtoFile.LoadNet(path) : ProtoFile.Load<NetParameter>(path));
            case "solver":
                return From(upgrade ? ProtoFile.LoadSolver(path) : ProtoFile.Load<SolverParameter>(path));
            case "state":
                return From(ProtoFile.Load<SolverState>(path));
            case "blob":
                return From(ProtoFile.Load<BlobProto>(path));
        }

        // The name says nothing: takes the first kind that reads without a mistake, else reports the mistakes of a net.
        // A file that the system does not let be read says nothing of its kind.
        CnnException? mistakes = null;
        foreach (string candidate in Kinds)
        {
            try
            {
                return Read(path, candidate, upgrade);
            }
            catch (CnnException exception) when (!FileErrors.IsOfTheSystem(exception))
            {
                mistakes ??= exception;
            }
        }

        throw mistakes!;

        static Input From<T>(Definition<T> loaded)
            where T : class, IMessage<T> =>
            new(loaded.Message, loaded.Format!.Value, [.. loaded.Warnings, .. loaded.Sources.Postponed]);
    }

    private static string? KindByName(string path)
    {
        string name = Path.GetFileName(path).ToLowerInvariant();
        return name.EndsWith(".caffemodel", StringComparison.Ordinal) ? "net"
            : name.EndsWith(".solverstate", StringComparison.Ordinal) ? "state"
            : name.Contains("solver", StringComparison.Ordinal) ? "solver"
            : name.Contains("mean", StringComparison.Ordinal) ? "blob"
            : null;
    }

    private sealed record Input(IMessage Message, ProtoFormat Format, IReadOnlyList<Diagnostic> Warnings);
}
