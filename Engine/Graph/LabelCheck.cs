using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>
/// Requires that every label which a source is known to have is one that the layers reading it accept, so that a label
/// outside the classes is found before the first pass and not after hours of training.
/// </summary>
internal static class LabelCheck
{
    /// <summary>Checks the layers of a net, in order.</summary>
    /// <exception cref="CnnException">A label is outside the classes; located at the source.</exception>
    public static void Require(IReadOnlyList<NetLayer> layers)
    {
        var sources = new Dictionary<string, (NetLayer Layer, IReadOnlyDictionary<int, string> Labels)>();
        foreach (NetLayer layer in layers)
        {
            for (int i = 0; i < layer.BottomNames.Count; i++)
            {
                if (!sources.TryGetValue(layer.BottomNames[i], out var source))
                {
                    continue;
                }

                foreach (var (label, item) in source.Labels)
                {
                    if (layer.Layer.LabelProblem(i, label) is { } problem)
                    {
                        throw source.Layer.Layer.Context.Error(
                            $"{item} has label {label}, which layer '{layer.Name}' does not accept: {problem}");
                    }
                }
            }

            Follow(layer, sources);
        }
    }

    // A blob written anew no longer has the labels of before; the copies that a Split makes have them.
    private static void Follow(
        NetLayer layer, Dictionary<string, (NetLayer Layer, IReadOnlyDictionary<int, string> Labels)> sources)
    {
        bool copies = layer.Type == SplitInsertion.Type && sources.ContainsKey(layer.BottomNames[0]);
        for (int i = 0; i < layer.TopNames.Count; i++)
        {
            if (copies)
            {
                sources[layer.TopNames[i]] = sources[layer.BottomNames[0]];
            }
            else if (layer.Layer.KnownLabels(i) is { } labels)
            {
                sources[layer.TopNames[i]] = (layer, labels);
            }
            else
            {
                sources.Remove(layer.TopNames[i]);
            }
        }
    }
}
