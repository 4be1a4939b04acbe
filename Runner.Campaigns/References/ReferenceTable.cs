using System.Reflection;

namespace Cnn.Campaigns.References;

/// <summary>The references, found by their attributes.</summary>
internal static class ReferenceTable
{
    /// <summary>Makes the reference of each layer type.</summary>
    public static IReadOnlyDictionary<string, IReferenceLayer> ByType { get; } = All();

    /// <summary>The layer types of each family: the last word of a reference's namespace, in lower case.</summary>
    public static IReadOnlyDictionary<string, string[]> Families { get; } = ByType
        .GroupBy(p => p.Value.GetType().Namespace!.Split('.')[^1].ToLowerInvariant(), p => p.Key)
        .OrderBy(g => g.Key, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.Order(StringComparer.Ordinal).ToArray());

    private static Dictionary<string, IReferenceLayer> All()
    {
        var all = new Dictionary<string, IReferenceLayer>(StringComparer.Ordinal);
        foreach (Type type in typeof(ReferenceTable).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<ReferenceAttribute>() is { } attribute)
            {
                var reference = (IReferenceLayer)Activator.CreateInstance(type)!;
                foreach (string name in attribute.Types)
                {
                    all.Add(name, reference);
                }
            }
        }

        return all;
    }
}
