using System.Reflection;
using Cnn.Proto;
using Makers = System.Collections.Immutable.ImmutableSortedDictionary<
    string, System.Func<Cnn.Layers.LayerContext, Cnn.Layers.Layer>>;

namespace Cnn.Layers;

/// <summary>Makes layers from their definitions, by the names in their <see cref="LayerTypeAttribute"/>s.</summary>
/// <remarks>
/// The table of built-in types is made once per process and shared by all registries; a registry to which types are
/// added has its own table from then on. Any number of threads may create layers while none adds types.
/// </remarks>
public sealed class LayerRegistry
{
    private static readonly Lazy<Makers> BuiltIn = new(() =>
        Makers.Empty.WithComparers(StringComparer.Ordinal).AddRange(TypesOf(typeof(LayerRegistry).Assembly)));

    private Makers makers = BuiltIn.Value;

    /// <summary>The known types, sorted.</summary>
    public IReadOnlyCollection<string> Types => [.. makers.Keys];

    /// <summary>
    /// Adds every class of an assembly that has a <see cref="LayerTypeAttribute"/>; on an error it adds none.
    /// </summary>
    /// <exception cref="CnnException">
    /// A class is not a layer, has no suitable constructor, or its name is taken.
    /// </exception>
    public void AddFrom(Assembly assembly)
    {
        Makers added = makers;
        foreach (var (type, make) in TypesOf(assembly))
        {
            added = With(added, type, make);
        }

        makers = added;
    }

    /// <summary>Adds a type whose layers a function makes.</summary>
    /// <exception cref="CnnException">The name is taken.</exception>
    public void Add(string type, Func<LayerContext, Layer> make) => makers = With(makers, type, make);

    /// <summary>Makes the layer that a definition asks for.</summary>
    /// <exception cref="CnnException">The type is unknown, or it is Caffe's <c>Python</c>.</exception>
    public Layer Create(LayerContext context) =>
        makers.TryGetValue(context.Parameter.Type, out var make) ? make(context) : throw Unknown(context);

    private CnnException Unknown(LayerContext context)
    {
        LayerParameter definition = context.Parameter;
        if (definition.Type == "Python")
        {
            string name = definition.PythonParam is { } python ? $"'{python.Module}.{python.Layer}'" : "this one";
            return context.Error(
                definition,
                LayerParameter.TypeFieldNumber,
                $"layers in Python, such as {name}, do not run here",
                "write it as a plug-in: a C# class with [LayerType(\"...\")] that derives from Cnn.Layers.Layer, "
                + "options in plugin_param, its assembly named with --plugin");
        }

        return context.Error(
            definition,
            LayerParameter.TypeFieldNumber,
            $"unknown layer type '{definition.Type}'",
            Suggestion.For(definition.Type, Types) ?? "name its assembly with --plugin if it is your own");
    }

    private static Makers With(Makers makers, string type, Func<LayerContext, Layer> make) =>
        makers.ContainsKey(type)
            ? throw new CnnException($"there is a layer type '{type}' already", "give yours a name of its own")
            : makers.Add(type, make);

    private static IEnumerable<KeyValuePair<string, Func<LayerContext, Layer>>> TypesOf(Assembly assembly)
    {
        foreach (Type type in assembly.GetTypes())
        {
            if (type.GetCustomAttribute<LayerTypeAttribute>() is not { } attribute)
            {
                continue;
            }

            ConstructorInfo? constructor = type.GetConstructor([typeof(LayerContext)]);
            if (!type.IsSubclassOf(typeof(Layer)) || constructor is null)
            {
                throw new CnnException(
                    $"{type} carries [LayerType(\"{attribute.Name}\")] but is not a layer",
                    "derive it from Layer, with a public constructor that takes a LayerContext");
            }

            yield return new(attribute.Name, context => (Layer)constructor.Invoke(
                BindingFlags.DoNotWrapExceptions, null, [context], null));
        }
    }
}
