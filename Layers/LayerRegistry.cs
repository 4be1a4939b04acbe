using System.Reflection;
using Cnn.Layers.Data;
using Cnn.Layers.Plugins;
using Cnn.Proto;
using Cnn.Proto.Forks;
using Makers = System.Collections.Immutable.ImmutableSortedDictionary<string, Cnn.Layers.LayerMaker>;

namespace Cnn.Layers;

/// <summary>
/// Makes layers from their definitions, by the names in their <see cref="LayerTypeAttribute"/>s; those of type
/// <c>Python</c> by the module and class in their <see cref="PythonLayerAttribute"/>s.
/// </summary>
/// <remarks>
/// The table of built-in types is made once per process and shared by all registries; a registry to which types are
/// added has its own table from then on. Any number of threads may create layers while none adds types.
/// </remarks>
public sealed class LayerRegistry
{
    private const string Python = "Python";

    private static readonly Lazy<Makers> BuiltIn = new(() => Makers.Empty.WithComparers(StringComparer.Ordinal)
        .AddRange(TypesOf(typeof(LayerRegistry).Assembly))
        .Add(Python, new LayerMaker(context => throw NotBuiltIn(context), null)));

    private static readonly Lazy<Makers> BuiltInPython = new(() =>
        Makers.Empty.WithComparers(StringComparer.Ordinal).AddRange(PythonLayersOf(typeof(LayerRegistry).Assembly)));

    private Makers makers = BuiltIn.Value;
    private Makers pythonMakers = BuiltInPython.Value;

    /// <summary>The known types, sorted.</summary>
    public IReadOnlyCollection<string> Types => [.. makers.Keys];

    /// <summary>The layers that run in the place of Python's, as <c>module.Class</c>, sorted.</summary>
    public IReadOnlyCollection<string> PythonLayers => [.. pythonMakers.Keys];

    /// <summary>
    /// Adds every class of an assembly that has a <see cref="LayerTypeAttribute"/> or a
    /// <see cref="PythonLayerAttribute"/>; on an error it adds none.
    /// </summary>
    /// <exception cref="CnnException">
    /// A class is not a layer, has no suitable constructor, or its name is taken.
    /// </exception>
    public void AddFrom(Assembly assembly)
    {
        Makers added = makers, addedPython = pythonMakers;
        foreach (var (type, make) in TypesOf(assembly))
        {
            added = With(added, "layer type", type, make);
        }

        foreach (var (name, make) in PythonLayersOf(assembly))
        {
            addedPython = With(addedPython, "Python layer", name, make);
        }

        (makers, pythonMakers) = (added, addedPython);
    }

    /// <summary>Adds a type whose layers a function makes.</summary>
    /// <param name="type">Its name.</param>
    /// <param name="make">Makes a layer.</param>
    /// <param name="options">As <see cref="LayerTypeAttribute.Options"/>.</param>
    /// <exception cref="CnnException">The name is taken.</exception>
    public void Add(string type, Func<LayerContext, Layer> make, string? options = null) =>
        makers = With(makers, "layer type", type, new LayerMaker(make, options));

    /// <summary>Makes the layer that a definition asks for.</summary>
    /// <exception cref="CnnException">
    /// The type is unknown, or it is <c>Python</c> and no class stands for the layer.
    /// </exception>
    public Layer Create(LayerContext context)
    {
        LayerParameter definition = context.Parameter;
        if (IsMadeUp(definition, context.MadeUp))
        {
            return new MadeUpSourceLayer(context, NameOf(definition));
        }

        if (!pythonMakers.TryGetValue(PythonName(definition), out LayerMaker? maker)
            && !makers.TryGetValue(definition.Type, out maker))
        {
            var problem = ForkMessages.UnknownType(definition.Type, Types);
            throw context.Error(definition, LayerParameter.TypeFieldNumber, problem.Message, problem.Hint);
        }

        ForeignOptions.Take(context, maker.Options);
        return maker.Make(context);
    }

    /// <summary>
    /// Requires that every layer's type is known, that a type claims each of its blocks of options, and that all fields
    /// of the sources of data are supported. What only the reading of data needs is passed over where it is made up.
    /// </summary>
    /// <param name="layers">The layers.</param>
    /// <param name="sources">Where they were written.</param>
    /// <param name="madeUp">Whether and how data is made up.</param>
    /// <param name="warn">Receives a warning about what is passed over.</param>
    /// <exception cref="CnnException">
    /// Some are not; the exception lists all of them, each at the first of its layers.
    /// </exception>
    internal void RequireKnown(
        IReadOnlyList<LayerParameter> layers, SourceMap sources, MadeUpData? madeUp, Action<Diagnostic>? warn)
    {
        var missing = layers.Where(l => !makers.ContainsKey(l.Type) && !IsMadeUp(l, madeUp))
            .GroupBy(l => l.Type).ToList();
        var errors = new List<Diagnostic>();
        if (missing.Count > 1)
        {
            string list = string.Join(", ", missing.Select(t => $"{t.Key} ({LayersText(t.Count())})"));
            errors.Add(new Diagnostic($"{missing.Count} layer types are not known: {list}"));
        }

        foreach (var layersOfType in missing)
        {
            LayerParameter first = layersOfType.First();
            var problem = ForkMessages.UnknownType(first.Type, Types);
            string count = missing.Count == 1 && layersOfType.Count() is > 1 and var n ? $" ({LayersText(n)})" : "";
            errors.Add(new Diagnostic(
                problem.Message + count,
                sources.Find(first, LayerParameter.TypeFieldNumber) ?? sources.Find(first),
                problem.Hint,
                first.Name));
        }

        foreach (LayerParameter layer in layers)
        {
            if (makers.TryGetValue(layer.Type, out LayerMaker? maker))
            {
                errors.AddRange(ForeignOptions.Unknown(layer, maker.Options, sources));
            }
        }

        Diagnostic[] unread =
        [
            .. layers.SelectMany(sources.PostponedIn).OrderBy(d => d.Location?.Line).ThenBy(d => d.Location?.Column)
                .DistinctBy(d => d.Message),
        ];
        if (madeUp is null)
        {
            errors.AddRange(unread);
        }
        else if (unread.Length > 0)
        {
            string those = unread.Length == 1 ? "" : $", and {unread.Length - 1} more";
            warn?.Invoke(unread[0] with
            {
                Message = $"{unread[0].Message}{those}; left out, since the data is made up",
                Hint = null,
            });
        }

        if (errors.Count > 0)
        {
            throw new CnnException(errors);
        }
    }

    // Whether a layer is a source of data that is not known here, in a net whose data is made up.
    private bool IsMadeUp(LayerParameter layer, MadeUpData? madeUp) =>
        madeUp is not null
        && layer.Bottom.Count == 0
        && (layer.Type == Python
            ? !pythonMakers.ContainsKey(PythonName(layer))
            : !makers.ContainsKey(layer.Type) && IsSource(layer.Type));

    // Whether an unknown type is a source of data, as far as its name tells.
    private bool IsSource(string type) =>
        ForkTable.ForksWithType(type) is not null
        || (type.EndsWith("Data", StringComparison.Ordinal) && Suggestion.For(type, Types) is null);

    private static string NameOf(LayerParameter layer) => layer.Type == Python
        ? $"Python's '{PythonName(layer)}'"
        : ForkTable.ForksWithType(layer.Type) is { } forks ? $"layer type '{layer.Type}' of {forks}"
        : $"layer type '{layer.Type}'";

    private static string LayersText(int count) => count == 1 ? "1 layer" : $"{count} layers";

    private static CnnException NotBuiltIn(LayerContext context)
    {
        LayerParameter definition = context.Parameter;
        string name = definition.PythonParam is { } python ? $"'{python.Module}.{python.Layer}'" : "this one";
        string attribute = definition.PythonParam is { HasModule: true, HasLayer: true } named
            ? $"[PythonLayer(\"{named.Module}\", \"{named.Layer}\")]"
            : "[PythonLayer(\"module\", \"Class\")]";
        return context.Error(
            definition,
            LayerParameter.TypeFieldNumber,
            $"layers in Python, such as {name}, do not run here",
            $"write it as a plug-in: a C# class with {attribute} that derives from Cnn.Layers.Layer, its assembly "
            + "named with --plugin; the net stays as it is");
    }

    private static Makers With(Makers makers, string kind, string name, LayerMaker make) =>
        makers.ContainsKey(name)
            ? throw new CnnException($"there is a {kind} '{name}' already", "give yours a name of its own")
            : makers.Add(name, make);

    private static IEnumerable<KeyValuePair<string, LayerMaker>> TypesOf(Assembly assembly) =>
        from type in assembly.GetTypes()
        let attribute = type.GetCustomAttribute<LayerTypeAttribute>()
        where attribute is not null
        select Maker(type, attribute.Name, $"[LayerType(\"{attribute.Name}\")]", attribute.Options);

    private static IEnumerable<KeyValuePair<string, LayerMaker>> PythonLayersOf(Assembly assembly) =>
        from type in assembly.GetTypes()
        from attribute in type.GetCustomAttributes<PythonLayerAttribute>()
        select Maker(
            type, attribute.FullName, $"[PythonLayer(\"{attribute.Module}\", \"{attribute.Layer}\")]", options: null);

    private static KeyValuePair<string, LayerMaker> Maker(Type type, string name, string attribute, string? options)
    {
        ConstructorInfo? constructor = type.GetConstructor([typeof(LayerContext)]);
        return !type.IsSubclassOf(typeof(Layer)) || constructor is null
            ? throw new CnnException(
                $"{type} carries {attribute} but is not a layer",
                "derive it from Layer, with a public constructor that takes a LayerContext")
            : new(name, new LayerMaker(Make, options));

        Layer Make(LayerContext context) =>
            (Layer)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [context], null);
    }

    // The name by which a definition asks for a layer in Python; empty where it asks for none.
    private static string PythonName(LayerParameter definition) =>
        definition.Type == Python && definition.PythonParam is { } options ? $"{options.Module}.{options.Layer}" : "";
}
