using System.Reflection;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Tests.Architecture;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Docs;

/// <summary>The blocks of options that a layer's class reads, found in its code.</summary>
internal static class LayerBlocks
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // What every layer may have, and what stands for a plug-in's options.
    private static readonly string[] OfAll = ["param", "plugin_param"];

    private static readonly FieldDescriptor[] Fields =
    [
        .. LayerParameter.Descriptor.Fields.InDeclarationOrder()
            .Where(f => f.FieldType == FieldType.Message && f.Name.EndsWith("_param", StringComparison.Ordinal))
            .Where(f => !OfAll.Contains(f.Name)),
    ];

    /// <summary>
    /// Returns the fields of <see cref="LayerParameter"/> that a class reads: in its own code, in that of its base
    /// classes, and in what they hand the layer's definition to.
    /// </summary>
    public static IReadOnlyList<FieldDescriptor> Of(Type layer)
    {
        var getters = new HashSet<string>();
        var seen = new HashSet<MethodBase>();
        var waiting = new Queue<MethodBase>();
        for (Type? type = layer; type is not null && type != typeof(Layer); type = type.BaseType)
        {
            AddMethods(type);
        }

        while (waiting.TryDequeue(out MethodBase? method))
        {
            foreach (MemberInfo member in CodeReferences.InCode(method))
            {
                if (member.DeclaringType == typeof(LayerParameter) && member.Name.StartsWith(
                    "get_", StringComparison.Ordinal))
                {
                    getters.Add(member.Name[4..]);
                }
                else if (member is MethodBase called && TakesTheDefinition(called))
                {
                    Add(called);
                }
            }
        }

        return [.. Fields.Where(f => getters.Contains(f.PropertyName))];

        void AddMethods(Type type)
        {
            Type open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
            foreach (MethodBase method in open.GetMethods(Declared).Concat<MethodBase>(open.GetConstructors(Declared)))
            {
                Add(method);
            }

            foreach (Type nested in open.GetNestedTypes(Declared).Where(t => t.Name.StartsWith('<')))
            {
                AddMethods(nested);
            }
        }

        void Add(MethodBase method)
        {
            if (seen.Add(method))
            {
                waiting.Enqueue(method);
            }
        }
    }

    // Whether a method of a helper gets the layer's definition, or the context that holds it.
    private static bool TakesTheDefinition(MethodBase method) =>
        method.DeclaringType is { } type
        && type.Assembly == typeof(Layer).Assembly
        && type != typeof(LayerContext)
        && type != typeof(Layer)
        && type != typeof(LayerRegistry)
        && method.GetParameters().Any(p =>
            p.ParameterType == typeof(LayerContext) || p.ParameterType == typeof(LayerParameter));
}
