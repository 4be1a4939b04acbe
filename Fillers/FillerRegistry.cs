using System.Reflection;
using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>Makes fillers from their definitions.</summary>
public sealed class FillerRegistry
{
    private readonly SortedDictionary<string, Func<FillerParameter, PathResolver, Filler>> makers =
        new(StringComparer.Ordinal);

    /// <summary>A registry of the built-in fillers.</summary>
    public FillerRegistry() => AddFrom(typeof(FillerRegistry).Assembly);

    /// <summary>The known names.</summary>
    public IReadOnlyCollection<string> Names => makers.Keys;

    /// <summary>Adds every class of an assembly that carries a <see cref="FillerTypeAttribute"/>.</summary>
    public void AddFrom(Assembly assembly)
    {
        foreach (Type type in assembly.GetTypes())
        {
            if (type.GetCustomAttribute<FillerTypeAttribute>() is { } attribute)
            {
                // A filler that reads files also takes what finds them.
                ConstructorInfo? withFiles = type.GetConstructor([typeof(FillerParameter), typeof(PathResolver)]);
                ConstructorInfo constructor = withFiles ?? type.GetConstructor([typeof(FillerParameter)])
                    ?? throw new CnnException($"filler class {type} has no constructor that takes a FillerParameter");
                makers[attribute.Name] = (parameter, files) => (Filler)constructor.Invoke(
                    BindingFlags.DoNotWrapExceptions, null, withFiles is null ? [parameter] : [parameter, files], null);
            }
        }
    }

    /// <summary>The filler that a definition asks for.</summary>
    /// <param name="parameter">The definition.</param>
    /// <param name="files">Finds the files that it names; null for paths from the working directory alone.</param>
    /// <exception cref="CnnException">The type is unknown or a value does not fit it.</exception>
    public Filler Create(FillerParameter parameter, PathResolver? files = null) =>
        makers.TryGetValue(parameter.Type, out var make)
            ? make(parameter, files ?? new PathResolver(null))
            : throw new CnnException(
                $"unknown filler type '{parameter.Type}'",
                Suggestion.For(parameter.Type, Names) ?? $"the types are {string.Join(", ", Names)}");
}
