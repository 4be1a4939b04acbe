namespace Cnn.Engine.Graph;

/// <summary>
/// The layers of a net that have parameters, by name. Where several have one name, the first of a file or of another net
/// goes to the first here, the second to the second, and so on.
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

    /// <summary>Names that several layers have.</summary>
    public IEnumerable<string> Repeated => layers.Where(l => l.Value.Count > 1).Select(l => l.Key);

    /// <summary>A layer of a name; null when there are not so many.</summary>
    /// <param name="name">The name.</param>
    /// <param name="occurrence">Which of those of the name, from 0.</param>
    public NetLayer? Find(string name, int occurrence) =>
        layers.TryGetValue(name, out List<NetLayer>? same) && occurrence < same.Count ? same[occurrence] : null;
}
