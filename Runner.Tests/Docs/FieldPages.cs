using System.Reflection;
using Cnn.Engine.Solvers;
using Cnn.Fillers;
using Cnn.Proto;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Docs;

/// <summary>The pages about the fields of nets and solvers and about the fillers.</summary>
internal static class FieldPages
{
    private static readonly MessageDescriptor[] OfNets =
    [
        NetParameter.Descriptor, LayerParameter.Descriptor, ParamSpec.Descriptor, NetStateRule.Descriptor,
        NetState.Descriptor, BlobShape.Descriptor,
    ];

    private static readonly MessageDescriptor[] OfSolvers =
        [SolverParameter.Descriptor, EarlyStoppingParameter.Descriptor];

    /// <summary>Returns the pages: names in <c>docs</c>, and lines.</summary>
    public static IEnumerable<(string Name, IEnumerable<string> Lines)> All() =>
    [
        ("net-fields.md", Fields("Fields of nets", "How to use them is in [nets](nets.md).", OfNets)),
        ("solver-fields.md",
        [
            .. Fields("Fields of solvers", "How to use them is in [solvers](solvers.md).", OfSolvers),
            .. Types<SolverTypeAttribute>("Update rules", "type", a => a.Name),
        ]),
        ("fillers.md",
        [
            "# Fillers",
            "",
            "A filler gives a parameter its first values: `weight_filler { type: \"xavier\" }`. What it draws is a",
            "function of the seed, the layer's name and the parameter's position.",
            .. Types<FillerTypeAttribute>("Types", "type", a => a.Name),
            .. Table("Fields", FillerParameter.Descriptor, []),
        ]),
    ];

    private static IEnumerable<string> Fields(string title, string more, MessageDescriptor[] messages) =>
    [
        $"# {title}",
        "",
        $"{more} \"Repeated\" fields may be given several times; in YAML they are lists.",
        .. messages.SelectMany(m => Table(m.Name, m, messages)),
    ];

    // A layer's blocks of options are on the pages of the layers.
    private static IEnumerable<string> Table(string title, MessageDescriptor message, MessageDescriptor[] onPage)
    {
        bool isLayer = message == LayerParameter.Descriptor;
        string[] blocks =
        [
            .. message.Fields.InDeclarationOrder().Select(f => f.Name)
                .Where(n => isLayer && n != "plugin_param" && n.EndsWith("_param", StringComparison.Ordinal)),
        ];
        var tables = new MessageTables(m => onPage.Contains(m) ? $"#{Markdown.Anchor(m.Name)}" : null);
        return
        [
            "",
            $"## {title}",
            "",
            MessageTables.CommentOf(message),
            "",
            .. tables.Of(message, [.. blocks, "foreign_block"]),
            .. isLayer
                ? ["", "Blocks of options, such as `convolution_param`, are in [layers](layers.md)."]
                : (string[])[],
        ];
    }

    private static IEnumerable<string> Types<TAttribute>(string title, string column, Func<TAttribute, string> nameOf)
        where TAttribute : Attribute
    {
        Assembly assembly = typeof(TAttribute).Assembly;
        var documentation = new XmlDocumentation(assembly, t => $"`{t.Name}`");
        return
        [
            "",
            $"## {title}",
            "",
            $"| {column} | is |",
            "| --- | --- |",
            .. assembly.GetTypes().Where(t => t.IsDefined(typeof(TAttribute)))
                .Select(t => (Name: nameOf(t.GetCustomAttribute<TAttribute>()!), Type: t))
                .OrderBy(t => t.Name, StringComparer.Ordinal)
                .Select(t => Markdown.Row(
                    $"`{t.Name}`", string.Join(' ', documentation.Of(t.Type).Concat(StepOf(t.Type))))),
        ];

        // An update rule's formula is at the step that it applies.
        IEnumerable<string> StepOf(Type type) =>
            type.GetNestedType("Step", BindingFlags.Public | BindingFlags.NonPublic) is { } step
                ? documentation.Of(step)
                : [];
    }
}
