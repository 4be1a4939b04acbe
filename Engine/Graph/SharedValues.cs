using Cnn.Layers;

namespace Cnn.Engine.Graph;

/// <summary>
/// Finds layers that work in place on values that others have by another name: several tops of one Split share their
/// values, a Flatten or Reshape shares them with its bottom, and a Parameter with its weights.
/// </summary>
internal sealed class SharedValues
{
    private readonly IReadOnlyList<NetLayer> layers;
    private readonly IReadOnlySet<string> outputs;
    private readonly HashSet<object> sharedMemory;

    /// <param name="layers">All layers, in order.</param>
    /// <param name="outputs">The blobs that no layer reads.</param>
    public SharedValues(IReadOnlyList<NetLayer> layers, IReadOnlySet<string> outputs)
    {
        (this.layers, this.outputs) = (layers, outputs);
        IEnumerable<object> shared = layers
            .SelectMany(l => l.Bottoms.Concat(l.Tops).Concat(l.Parameters))
            .Distinct()
            .GroupBy(b => b.Memory)
            .Where(blobs => blobs.Skip(1).Any())
            .Select(blobs => blobs.Key);
        sharedMemory = new HashSet<object>(shared, ReferenceEqualityComparer.Instance);
    }

    /// <summary>Says what working in place would destroy; null where nothing.</summary>
    /// <param name="layer">The layer that works in place.</param>
    /// <param name="top">The blob that it changes.</param>
    public string? ProblemOf(NetLayer layer, Blob top)
    {
        if (!sharedMemory.Contains(top.Memory))
        {
            return null;
        }

        NetLayer? owner = layers.FirstOrDefault(l => l.Parameters.Any(top.SharesDataWith));
        if (owner is not null)
        {
            return $"works in place on the parameters of layer '{owner.Name}' ({owner.Type})";
        }

        NetLayer[] sharing = [.. layers.Where(l => l.Bottoms.Concat(l.Tops).Any(b => b != top
            && b.SharesDataWith(top)))];
        return Readers(layer, top, sharing).FirstOrDefault() ?? Outputs(top, sharing).FirstOrDefault();
    }

    // A layer that has run reads the values again in its backward pass, as far as anybody knows.
    private IEnumerable<string> Readers(NetLayer layer, Blob top, NetLayer[] sharing) =>
        from reader in sharing
        where reader != layer && (reader.NeedsBackward || IsAfter(reader, layer))
        from bottom in reader.Bottoms
        where bottom.SharesDataWith(top) && !IsView(reader, bottom) && !AreOneChain(bottom, top, sharing)
        select $"works in place on values that layer '{reader.Name}' ({reader.Type}) reads too";

    private IEnumerable<string> Outputs(Blob top, NetLayer[] sharing) =>
        from writer in sharing
        from i in Enumerable.Range(0, writer.Tops.Count)
        let blob = writer.Tops[i]
        where outputs.Contains(writer.TopNames[i]) && blob.SharesDataWith(top) && !AreOneChain(blob, top, sharing)
        select $"works in place on values that the output '{writer.TopNames[i]}' has too";

    private bool IsAfter(NetLayer layer, NetLayer other) =>
        layers.TakeWhile(l => l != layer).Contains(other);

    private static bool IsView(NetLayer layer, Blob bottom) =>
        layer.Tops.Any(t => t != bottom && t.SharesDataWith(bottom));

    // Whether one blob is a view of the other, or of a view of it.
    private static bool AreOneChain(Blob one, Blob other, NetLayer[] sharing) =>
        Chain(one, sharing).Contains(other) || Chain(other, sharing).Contains(one);

    private static IEnumerable<Blob> Chain(Blob blob, NetLayer[] sharing)
    {
        for (Blob? next = blob; next is not null; next = ViewedBy(next, sharing))
        {
            yield return next;
        }
    }

    private static Blob? ViewedBy(Blob blob, NetLayer[] sharing) => sharing
        .Where(l => l.Tops.Contains(blob) && !l.Bottoms.Contains(blob))
        .SelectMany(l => l.Bottoms)
        .FirstOrDefault(b => b.SharesDataWith(blob));
}
