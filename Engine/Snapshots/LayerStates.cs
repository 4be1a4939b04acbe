using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Serilog;

namespace Cnn.Engine.Snapshots;

/// <summary>Captures and restores the state that layers carry from pass to pass (<see cref="Layer.State"/>).</summary>
internal static class LayerStates
{
    /// <summary>Captures the state of every layer that has any.</summary>
    /// <param name="nets">The training net, then the test nets.</param>
    public static LayerState[] Capture(IEnumerable<Net> nets) => [.. nets.SelectMany(Capture)];

    /// <summary>Restores states; a layer without a stored state, as in Caffe's snapshots, stays as it is.</summary>
    /// <param name="nets">The training net, then the test nets.</param>
    /// <param name="states">The states that <see cref="Capture(IEnumerable{Net})"/> returned.</param>
    /// <param name="from">Where the states come from, for errors.</param>
    /// <param name="log">Receives a line for each layer without a stored state; null for none.</param>
    /// <exception cref="CnnException">A state does not fit its layer.</exception>
    public static void Restore(IEnumerable<Net> nets, IReadOnlyList<LayerState> states, string from, ILogger? log)
    {
        foreach (var (index, net) in nets.Index())
        {
            Restore(net, [.. states.Where(s => s.Net == index)], from, log);
        }
    }

    private static IEnumerable<LayerState> Capture(Net net, int index)
    {
        foreach (NetLayer layer in net.Layers)
        {
            if (layer.Layer.State.Count > 0)
            {
                var stored = new LayerState { Net = index, Layer = layer.Name };
                stored.Blobs.AddRange(layer.Layer.State.Select(blob => BlobFormat.Write(blob)));
                yield return stored;
            }
        }
    }

    private static void Restore(Net net, List<LayerState> mine, string from, ILogger? log)
    {
        foreach (NetLayer layer in net.Layers.Where(l => l.Layer.State.Count > 0))
        {
            int at = mine.FindIndex(s => s.Layer == layer.Name);
            if (at < 0)
            {
                log?.Information("{Line:l}", $"No state of layer {layer.Name} in {from}; it starts from zero");
                continue;
            }

            if (mine[at].Blobs.Count != layer.Layer.State.Count)
            {
                throw new CnnException(
                    $"{from}: holds {mine[at].Blobs.Count} state blob(s) of layer '{layer.Name}', "
                    + $"which has {layer.Layer.State.Count}",
                    "resume with the net that wrote the snapshot");
            }

            for (int i = 0; i < mine[at].Blobs.Count; i++)
            {
                Blob blob = BlobFormat.ToBlob(mine[at].Blobs[i], $"{from}: state blob {i} of layer '{layer.Name}'");
                layer.Layer.RestoreState(i, blob);
            }

            // Names may repeat; layers of one name take their states in the order of the net.
            mine.RemoveAt(at);
        }
    }
}
