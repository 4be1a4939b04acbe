using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>The blobs of a net by name, except those that keep no values after a pass.</summary>
/// <param name="net">The net's name, for errors.</param>
/// <param name="all">All blobs.</param>
/// <param name="kept">The blobs that keep their values; null for all.</param>
internal sealed class BlobTable(string net, IReadOnlyDictionary<string, Blob> all, IReadOnlySet<Blob>? kept)
    : IReadOnlyDictionary<string, Blob>
{
    public IEnumerable<string> Keys => Entries.Select(e => e.Key);

    public IEnumerable<Blob> Values => Entries.Select(e => e.Value);

    public int Count => kept is null ? all.Count : Entries.Count();

    private IEnumerable<KeyValuePair<string, Blob>> Entries => all.Where(e => kept?.Contains(e.Value) ?? true);

    /// <summary>Gets a blob by its name.</summary>
    /// <exception cref="CnnException">No blob has that name, or it keeps no values.</exception>
    public Blob this[string name] =>
        !all.TryGetValue(name, out Blob? blob)
            ? throw new CnnException($"net '{net}' has no blob '{name}'", Suggestion.For(name, all.Keys))
            : kept is null || kept.Contains(blob)
                ? blob
                : throw new CnnException(
                    $"blob '{name}' keeps no values, as net '{net}' is built for inference",
                    "name it among those to keep");

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Blob value) =>
        all.TryGetValue(key, out value) && (kept?.Contains(value) ?? true);

    public IEnumerator<KeyValuePair<string, Blob>> GetEnumerator() => Entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
