namespace Cnn.Proto.Formats;

/// <summary>
/// The layers of a file that holds arrays by name: <c>LAYER.ROLE</c>, where the role begins after the last dot.
/// </summary>
internal static class NamedArrays
{
    private const char Separator = '.';

    /// <summary>Returns the name of an array.</summary>
    /// <param name="layer">The layer's name, which may hold dots.</param>
    /// <param name="role">What the array is to the layer; without a dot.</param>
    public static string Name(string layer, string role) => layer + Separator + role;

    /// <summary>
    /// Returns the layers in the order of their first arrays. An array without a dot in its name belongs to a layer of
    /// that name and has no role.
    /// </summary>
    public static IReadOnlyList<StoredLayer> ToLayers(IEnumerable<(string Name, StoredBlob Blob)> arrays)
    {
        var byLayer = new OrderedDictionary<string, List<(string Role, StoredBlob Blob)>>(StringComparer.Ordinal);
        foreach (var (name, blob) in arrays)
        {
            int dot = name.LastIndexOf(Separator);
            string layer = dot < 0 ? name : name[..dot];
            if (!byLayer.TryGetValue(layer, out List<(string Role, StoredBlob Blob)>? parameters))
            {
                byLayer.Add(layer, parameters = []);
            }

            parameters.Add((dot < 0 ? "" : name[(dot + 1)..], blob));
        }

        return
        [
            .. byLayer.Select(layer => new StoredLayer(layer.Key, [.. layer.Value.Select(p => p.Blob)])
            {
                Roles = [.. layer.Value.Select(p => p.Role)],
            }),
        ];
    }
}
