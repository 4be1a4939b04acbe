using System.Collections;
using System.Runtime.CompilerServices;

namespace Cnn.Proto;

/// <summary>The names of a layer's bottoms or tops: one string, or several in brackets.</summary>
[CollectionBuilder(typeof(BlobNames), nameof(Of))]
public readonly struct BlobNames : IEnumerable<string>
{
    private readonly string[]? names;

    private BlobNames(string[] names) => this.names = names;

    /// <summary>Converts a single name.</summary>
    public static implicit operator BlobNames(string name) => new([name]);

    /// <summary>Converts several names.</summary>
    public static implicit operator BlobNames(string[] names) => new(names);

    /// <summary>Creates a list of several names.</summary>
    public static BlobNames Of(ReadOnlySpan<string> names) => new(names.ToArray());

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)(names ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
