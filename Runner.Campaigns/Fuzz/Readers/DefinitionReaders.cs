using System.Text;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Readers of nets and solvers, with the upgrades of older formats.</summary>
internal static class DefinitionReaders
{
    private static readonly string[] TextWords =
    [
        "{", "}", "<", ">", "[", "]", ":", ",", ";", "\"", "'", "#", "\\x", "\\u12", "\\377", "\\ud800", "\0", "\uFEFF",
        "true", "inf",
        "-nan", "0xF", "\"a\"", "name: \"a\"", "layer {", "layers {", "plugin_param { a: 1 b { c: \"d\" } }",
        "dim: [1, 2]", "blobs {",
        "input_shape { dim: 1 }", "[cnn.Extension]: 1", "any [type.googleapis.com/a] { }",
    ];

    private static readonly string[] YamlWords =
    [
        "- ", "? ", ": ", "&a ", "*a", "<<: *a", "<<: [*a, *a]", "!!binary ", "!!str ", "!x ", "|", ">-", "---\n",
        "...\n", "%YAML 1.2\n",
        "%TAG ! !a\n", "\t", "\n  ", "~", "@", "`", "{a: ", "[[", "\u2028", "\u0085", "include: input.yaml",
        "include: other.yaml",
        "parameters: {a: 1}", "${a}", "with: {a: 1}", "layers:\n", "solver:\n", "'", "\"\\x41\"",
    ];

    private static readonly string[] Words = [.. WordsOf(NetParameter.Descriptor),
        .. WordsOf(SolverParameter.Descriptor)];

    /// <summary>The readers.</summary>
    public static IReadOnlyList<FuzzReader> All { get; } =
    [
        new()
        {
            Name = "prototxt",
            FileName = "input.prototxt",
            IsText = true,
            Seeds = _ => DefinitionSeeds.Texts.Select(Encoding.UTF8.GetBytes),
            Read = Both,
            Words = [.. Words, .. TextWords],
        },
        new()
        {
            Name = "yaml",
            FileName = "input.yaml",
            IsText = true,
            Seeds = _ => DefinitionSeeds.Nets().Select(YamlFormat.Print)
                .Concat(DefinitionSeeds.Solvers().Select(YamlFormat.Print))
                .Concat(DefinitionSeeds.Yamls)
                .Select(Encoding.UTF8.GetBytes),
            Read = Both,
            Words = [.. Words, .. YamlWords],
        },
        new()
        {
            Name = "net",
            FileName = "input.bin",
            Seeds = _ => DefinitionSeeds.Nets().Select(net => net.ToByteArray()),
            Read = path => ProtoFile.LoadNet(path),
            Words = Words,
            Message = NetParameter.Descriptor,
        },
        new()
        {
            Name = "solver",
            FileName = "input.bin",
            Seeds = _ => DefinitionSeeds.Solvers().Select(solver => solver.ToByteArray()),
            Read = path => ProtoFile.LoadSolver(path),
            Words = Words,
            Message = SolverParameter.Descriptor,
        },
    ];

    // A file is a net or a solver by what the caller makes of it, so each input is read as both.
    private static void Both(string path)
    {
        CnnException? refusal = null;
        try
        {
            ProtoFile.LoadNet(path);
        }
        catch (CnnException first)
        {
            refusal = first;
        }

        try
        {
            ProtoFile.LoadSolver(path);
        }
        catch (CnnException)
        {
            if (refusal is not null)
            {
                throw refusal;
            }
        }
    }

    // The names of the fields and values that a message can hold, at any depth.
    private static IEnumerable<string> WordsOf(MessageDescriptor root)
    {
        var (names, types) = (new SortedSet<string>(StringComparer.Ordinal), new HashSet<MessageDescriptor>());
        Collect(root);
        return names;

        void Collect(MessageDescriptor type)
        {
            if (!types.Add(type))
            {
                return;
            }

            foreach (FieldDescriptor field in type.Fields.InDeclarationOrder())
            {
                names.Add(field.Name);
                if (field.FieldType == FieldType.Enum)
                {
                    names.UnionWith(field.EnumType.Values.Select(value => value.Name));
                }
                else if (field.FieldType == FieldType.Message)
                {
                    Collect(field.MessageType);
                }
            }
        }
    }
}
