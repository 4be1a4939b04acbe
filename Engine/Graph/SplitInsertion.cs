using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>
/// Puts a Split layer after every top that several layers read, so that each reader has a gradient of its own and their
/// sum flows back. Names are Caffe's, because snapshots hold them.
/// </summary>
internal static class SplitInsertion
{
    /// <summary>The type of the layers that copy.</summary>
    public const string Type = "Split";

    /// <summary>Copies the layers and inserts the splits between them.</summary>
    /// <param name="layers">The layers of the net.</param>
    /// <param name="leftOut">Layers of the definition that the net does not have, for errors.</param>
    /// <param name="sources">The source locations of the layers; receives those of the copies.</param>
    /// <exception cref="CnnException">A bottom is not the top of an earlier layer.</exception>
    public static List<LayerParameter> Insert(
        IReadOnlyList<LayerParameter> layers, IReadOnlyList<LayerParameter> leftOut, SourceMap sources)
    {
        var sourceOf = new Dictionary<(int Layer, int Bottom), (int Layer, int Top)>();
        var readers = new Dictionary<(int Layer, int Top), int>();
        var lossWeights = new Dictionary<(int Layer, int Top), float>();
        CountReaders(layers, leftOut, sources, sourceOf, readers, lossWeights);

        var names = new SplitNames(layers);
        var result = new List<LayerParameter>();
        var nextSplit = new Dictionary<(int, int), int>();
        for (int i = 0; i < layers.Count; i++)
        {
            LayerParameter layer = layers[i].Clone();
            sources.Carry(layers[i], layer);
            result.Add(layer);
            for (int j = 0; j < layer.Bottom.Count; j++)
            {
                var source = sourceOf[(i, j)];
                if (readers[source] > 1)
                {
                    int k = nextSplit.GetValueOrDefault(source);
                    nextSplit[source] = k + 1;
                    layer.Bottom[j] = $"{names.Of(source, readers[source])}_{k}";
                }
            }

            for (int j = 0; j < layer.Top.Count; j++)
            {
                int count = readers.GetValueOrDefault((i, j));
                if (count <= 1)
                {
                    continue;
                }

                float lossWeight = lossWeights.GetValueOrDefault((i, j));
                result.Add(SplitLayer(layer, j, names.Of((i, j), count), count, lossWeight));
                if (lossWeight != 0)
                {
                    layer.LossWeight.Clear();
                    nextSplit[(i, j)] = 1;
                }
            }
        }

        return result;
    }

    private static void CountReaders(
        IReadOnlyList<LayerParameter> layers,
        IReadOnlyList<LayerParameter> leftOut,
        SourceMap sources,
        Dictionary<(int Layer, int Bottom), (int Layer, int Top)> sourceOf,
        Dictionary<(int Layer, int Top), int> readers,
        Dictionary<(int Layer, int Top), float> lossWeights)
    {
        var lastWriter = new Dictionary<string, (int Layer, int Top)>();
        for (int i = 0; i < layers.Count; i++)
        {
            LayerParameter layer = layers[i];
            for (int j = 0; j < layer.Bottom.Count; j++)
            {
                if (!lastWriter.TryGetValue(layer.Bottom[j], out var source))
                {
                    throw GraphErrors.UnknownBottom(sources, layer, j, lastWriter.Keys, leftOut);
                }

                sourceOf[(i, j)] = source;
                readers[source] = readers.GetValueOrDefault(source) + 1;
            }

            for (int j = 0; j < layer.Top.Count; j++)
            {
                lastWriter[layer.Top[j]] = (i, j);
            }

            // A loss weight counts as a reader of its top.
            for (int j = 0; j < Math.Min(layer.LossWeight.Count, layer.Top.Count); j++)
            {
                if (layer.LossWeight[j] != 0)
                {
                    lossWeights[(i, j)] = layer.LossWeight[j];
                    readers[(i, j)] = readers.GetValueOrDefault((i, j)) + 1;
                }
            }
        }
    }

    private static LayerParameter SplitLayer(
        LayerParameter producer, int top, string name, int count, float lossWeight)
    {
        var split = new LayerParameter { Name = name, Type = Type };
        split.Bottom.Add(producer.Top[top]);
        for (int k = 0; k < count; k++)
        {
            split.Top.Add($"{name}_{k}");
            if (lossWeight != 0)
            {
                split.LossWeight.Add(k == 0 ? lossWeight : 0);
            }
        }

        return split;
    }
}
