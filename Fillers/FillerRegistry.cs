using System.Reflection;
using Cnn.Proto;
using Makers = System.Collections.Immutable.ImmutableSortedDictionary<
    string, System.Func<Cnn.Proto.FillerParameter, Cnn.Proto.PathResolver, Cnn.Fillers.Filler>>;

namespace Cnn.Fillers;

/// <summary>Makes fillers from their definitions.</summary>
/// <remarks>
/// The table of the built-in fillers is built once per process and shared by all registries. A registry to which
/// fillers are added has a table of its own from then on. Any number of threads may create fillers as long as none adds
/// any.
/// </remarks>
public sealed class FillerRegistry
{
    private static readonly Lazy<Makers> BuiltIn =
        new(() => With(Makers.Empty.WithComparers(StringComparer.Ordinal), typeof(FillerRegistry).Assembly));

    private Makers makers = BuiltIn.Value;

    /// <summary>The known names, sorted.</summary>
    public IReadOnlyCollection<string> Names => [.. makers.Keys];

    /// <summary>
    /// Adds every class of an assembly that carries a <see cref="FillerTypeAttribute"/>, or none of them if one is
    /// wrong. A name that is already known refers to the new class from then on.
    /// </summary>
    /// <exception cref="CnnException">A class has no fitting constructor.</exception>
    public void AddFrom(Assembly assembly) => makers = With(makers, assembly);

    /// <summary>Creates the filler that a definition asks for.</summary>
    /// <param name="parameter">The definition.</param>
    /// <param name="files">
    /// Finds the files that the definition names; null for paths from the working directory alone.
    /// </param>
    /// <exception cref="CnnException">The type is unknown or a value does not fit it.</exception>
    public Filler Create(FillerParameter parameter, PathResolver? files = null) =>
        makers.TryGetValue(parameter.Type, out var make)
            ? make(parameter, files ?? new PathResolver(null))
            : throw new CnnException(
                $"unknown filler type '{parameter.Type}'",
                Suggestion.For(parameter.Type, Names) ?? $"the types are {string.Join(", ", Names)}");

    private static Makers With(
        Makers makers, Assembly assembly)
    {
        foreach (Type type in assembly.GetTypes())
        {
            if (type.GetCustomAttribute<FillerTypeAttribute>() is { } attribute)
            {
                // A filler that reads files also takes the resolver that finds them.
                ConstructorInfo? withFiles = type.GetConstructor([typeof(FillerParameter), typeof(PathResolver)]);
                ConstructorInfo constructor = withFiles ?? type.GetConstructor([typeof(FillerParameter)])
                    ?? throw new CnnException($"filler class {type} has no constructor that takes a FillerParameter");
                makers = makers.SetItem(attribute.Name, (parameter, files) =>
                {
                    object[] arguments = withFiles is null ? [parameter] : [parameter, files];
                    return (Filler)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
                });
            }
        }

        return makers;
    }
}
