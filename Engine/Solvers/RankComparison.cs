using System.Globalization;
using System.Runtime.InteropServices;
using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Layers;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Compares what the processes of a group are about to train or run: they must agree in everything that the bits of the
/// result depend on. The paths of files may differ, what is read from them may not.
/// </summary>
internal static class RankComparison
{
    // A path, or what only rank 0 uses.
    private static readonly string[] FieldsThatMayDiffer =
    [
        "net", "train_net", "test_net", "weights", "snapshot_prefix", "run", "plugin", "source", "root_folder",
        "mean_file", "label_map_file", "name_size_file",
    ];

    /// <summary>Compares the ranks.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="solver">The solver of this process, ready to train.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="histories">The histories of its update rule.</param>
    /// <param name="firstPass">The pass that it starts from.</param>
    /// <exception cref="CnnException">A rank differs; every process throws it.</exception>
    public static void Require(
        ProcessGroup group,
        Solver solver,
        SolverParameter definition,
        IReadOnlyList<Blob> histories,
        long firstPass)
    {
        var plain = new SolverParameter(definition);
        Clear(plain);
        (string Name, Net Net)[] nets =
        [
            ("the net to train", solver.TrainNet),
            .. solver.TestNets.Select((net, index) => (Invariant($"test net #{index}"), net)),
        ];
        Require(
            group,
            [
                .. OfProgram(),
                ("the solver", TextFormat.Print(plain)),
                .. Definitions(nets),
                ("the iteration it starts from", Invariant($"{solver.Iteration}")),
                ("the pass it starts from", Invariant($"{firstPass}")),
                .. Weights(nets),
                ("the history of the solver", string.Join(' ', histories.Select(Digest))),
            ],
            "train");
    }

    /// <summary>Compares the ranks before they share out batches of a net that is not trained.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="net">The net of this process.</param>
    /// <param name="blobs">The blobs that are asked for.</param>
    /// <param name="batches">The number of batches.</param>
    /// <exception cref="CnnException">A rank differs; every process throws it.</exception>
    public static void Require(ProcessGroup group, Net net, IEnumerable<string> blobs, int batches)
    {
        (string Name, Net Net)[] nets = [("the net", net)];
        Require(
            group,
            [
                .. OfProgram(),
                .. Definitions(nets),
                ("the blobs", string.Join(", ", blobs)),
                ("the number of batches", Invariant($"{batches}")),
                ("debug_info", Invariant($"{net.DebugInfo}")),
                ("the pass it starts from", Invariant($"{net.Clock.Pass}")),
                .. Weights(nets),
            ],
            "run");
    }

    private static void Require(ProcessGroup group, (string Name, string Text)[] facts, string verb)
    {
        uint[] digests = Array.ConvertAll(facts, f => MaskedCrc32C.Of(MemoryMarshal.AsBytes(f.Text.AsSpan())));
        byte[][] all = group.Gather(MemoryMarshal.AsBytes(digests.AsSpan()));
        int rank = Array.FindIndex(all, a => !a.AsSpan().SequenceEqual(all[0]));
        if (rank < 0)
        {
            return;
        }

        int fact = all[0].AsSpan().CommonPrefixLength(all[rank]) / sizeof(uint);
        string[] texts = group.GatherText(fact < facts.Length ? facts[fact].Text : "");
        string name = fact < facts.Length ? facts[fact].Name : "its layers";
        var (there, here) = FirstDifference(texts[rank], texts[0]);
        group.Fail(new CnnException(
            $"rank {rank} on {group.Hosts[rank]} differs from rank 0 on {group.Hosts[0]} in {name}: "
            + $"'{there}' there, '{here}' on rank 0",
            $"every rank must {verb} the same net on the same data, with the same version on processors of one kind"));
    }

    private static IEnumerable<(string Name, string Text)> OfProgram()
    {
        yield return ("the version", EngineVersion.Text);
        yield return ("the vectors of its processor", Invariant($"{Lanes.Width} floats"));
    }

    private static IEnumerable<(string Name, string Text)> Definitions((string Name, Net Net)[] nets)
    {
        foreach (var (name, net) in nets)
        {
            yield return (name, TextFormat.Print(AsBuilt(net)));
        }

        foreach (var (name, net) in nets)
        {
            foreach (NetLayer layer in net.Layers.Where(l => l.Layer.SourceCount is not null))
            {
                yield return (
                    $"the number of items of layer '{layer.Name}' of {name}", Invariant($"{layer.Layer.SourceCount}"));
            }
        }
    }

    private static IEnumerable<(string Name, string Text)> Weights((string Name, Net Net)[] nets)
    {
        foreach (var (name, net) in nets)
        {
            foreach (NetLayer layer in net.Layers.Where(l => l.Parameters.Count > 0))
            {
                yield return (
                    $"the weights of layer '{layer.Name}' of {name}",
                    string.Join(' ', layer.Parameters.Select(Digest)));
            }
        }
    }

    // The layers that phase, level and stages have left, without weights, which are compared by themselves.
    private static NetParameter AsBuilt(Net net)
    {
        var built = new NetParameter { Name = net.Name };
        foreach (NetLayer layer in net.Layers)
        {
            LayerParameter definition = layer.Definition.Clone();
            definition.Blobs.Clear();
            Clear(definition);
            built.Layer.Add(definition);
        }

        return built;
    }

    private static string Digest(Blob blob) =>
        Invariant($"checksum {MaskedCrc32C.Of(MemoryMarshal.AsBytes(blob.Data)):x8}");

    private static void Clear(IMessage message)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.String && FieldsThatMayDiffer.Contains(field.Name))
            {
                field.Accessor.Clear(message);
            }
            else if (field.FieldType == FieldType.Message && !field.IsMap)
            {
                foreach (IMessage inner in field.IsRepeated
                    ? ((System.Collections.IEnumerable)field.Accessor.GetValue(message)).Cast<IMessage>()
                    : field.Accessor.GetValue(message) is IMessage one ? [one] : [])
                {
                    Clear(inner);
                }
            }
        }
    }

    // The first lines that differ, without their indentation.
    private static (string There, string Here) FirstDifference(string there, string here)
    {
        string[] theirs = there.Split('\n'), mine = here.Split('\n');
        int line = 0;
        while (line < theirs.Length - 1 && line < mine.Length - 1 && theirs[line] == mine[line])
        {
            line++;
        }

        return (theirs[line].Trim(), mine[line].Trim());
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
