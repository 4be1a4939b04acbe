namespace Cnn.Engine.Graph;

/// <summary>
/// The layers of a net that have parameters, by name. Where several layers share a name, the k-th layer of that name in
/// a file or in another net goes to the k-th one here.
/// </summary>
internal sealed class LayersByName
{
    private readonly Dictionary<string, List<NetLayer>> layers = [];

    public LayersByName(IEnumerable<NetLayer> all)
    {
        foreach (NetLayer layer in all.Where(l => l.Layer.Blobs.Count > 0))
        {
            if (!layers.TryGetValue(layer.Name, out List<NetLayer>? same))
            {
                layers.Add(layer.Name, same = []);
            }

            same.Add(layer);
        }
    }

    /// <summary>The names that several layers have.</summary>
    public IEnumerable<string> Repeated => layers.Where(l => l.Value.Count > 1).Select(l => l.Key);

    /// <summary>Returns a layer by its name; null when fewer layers have that name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="occurrence">Which of the layers of that name, from 0.</param>
    public NetLayer? Find(string name, int occurrence) =>
        layers.TryGetValue(name, out List<NetLayer>? same) && occurrence < same.Count ? same[occurrence] : null;
}
