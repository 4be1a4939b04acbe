using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Snapshots;

/// <summary>Converts a net to the form that a snapshot's format writes.</summary>
internal static class NetSource
{
    /// <summary>
    /// Returns the net's name, and every layer's definition as built with its parameters; no values are copied.
    /// </summary>
    public static SnapshotNet Of(Net net)
    {
        var owned = net.Learnable.Select(parameter => (parameter.Owner, parameter.Index)).ToHashSet();
        return new SnapshotNet(net.Name, [.. net.Layers.Select(layer => Of(layer, owned))]);
    }

    private static SnapshotLayer Of(NetLayer layer, HashSet<(NetLayer Owner, int Index)> owned)
    {
        LayerParameter definition = layer.Layer.Parameter;
        if (definition.Blobs.Count > 0)
        {
            definition = definition.Clone();
            definition.Blobs.Clear();
        }

        return new SnapshotLayer(
            definition, [.. layer.Parameters.Select((blob, i) => new BlobSource(blob, !owned.Contains((layer, i))))]);
    }
}
