using System.Reflection;
using Cnn.Layers.Plugins;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Creates update rules from solver definitions, by the names in their <see cref="SolverTypeAttribute"/>s.
/// </summary>
public sealed class SolverRegistry : IPluginRegistry
{
    private const string Requirement =
        "derive it from UpdateRule, not abstract, with a public constructor that takes a SolverContext";

    private static readonly (string Name, ConstructorInfo Constructor)[] BuiltIn =
        [.. RulesIn(typeof(SolverRegistry).Assembly)];

    private readonly SortedDictionary<string, Func<SolverContext, UpdateRule>> makers = new(StringComparer.Ordinal);

    /// <summary>Creates a registry of the built-in types.</summary>
    public SolverRegistry() => Add(BuiltIn);

    /// <summary>The known types, sorted.</summary>
    public IReadOnlyCollection<string> Types => makers.Keys;

    string IPluginRegistry.Kind => "solver";

    string IPluginRegistry.Requirement => Requirement;

    /// <summary>Adds every class of an assembly that carries a <see cref="SolverTypeAttribute"/>.</summary>
    /// <exception cref="CnnException">
    /// A class is not an update rule, has no suitable constructor, or its name is taken.
    /// </exception>
    public void AddFrom(Assembly assembly) => Add(RulesIn(assembly));

    /// <summary>Adds a type that a function creates.</summary>
    /// <exception cref="CnnException">The name is taken.</exception>
    public void Add(string type, Func<SolverContext, UpdateRule> make)
    {
        if (!makers.TryAdd(type, make))
        {
            throw new CnnException($"there is a solver type '{type}' already", "give yours a name of its own");
        }
    }

    /// <summary>Creates the update rule that a definition asks for.</summary>
    /// <exception cref="CnnException">The type is unknown or a value does not fit it.</exception>
    public UpdateRule Create(SolverContext context)
    {
        string type = context.Definition.Type;
        return makers.TryGetValue(type, out var make)
            ? make(context)
            : throw context.Error(
                SolverParameter.TypeFieldNumber,
                $"unknown solver type '{type}'",
                Suggestion.For(type, Types) ?? $"the types are {string.Join(", ", Types)}");
    }

    string? IPluginRegistry.NameOf(Type type) => NameOf(type);

    bool IPluginRegistry.CanMake(Type type) => ConstructorOf(type) is not null;

    private static string? NameOf(Type type) => type.GetCustomAttribute<SolverTypeAttribute>()?.Name;

    private static ConstructorInfo? ConstructorOf(Type type) =>
        type.IsSubclassOf(typeof(UpdateRule)) && !type.IsAbstract ? type.GetConstructor([typeof(SolverContext)]) : null;

    private static IEnumerable<(string Name, ConstructorInfo Constructor)> RulesIn(Assembly assembly)
    {
        foreach (Type type in assembly.GetTypes())
        {
            if (NameOf(type) is { } name)
            {
                yield return (name, ConstructorOf(type) ?? throw new CnnException(
                    $"{type} carries [SolverType(\"{name}\")] but is no update rule that can be made",
                    Requirement));
            }
        }
    }

    private void Add(IEnumerable<(string Name, ConstructorInfo Constructor)> rules)
    {
        foreach (var (name, constructor) in rules)
        {
            Add(name, context => (UpdateRule)constructor.Invoke(
                BindingFlags.DoNotWrapExceptions, null, [context], null));
        }
    }
}
