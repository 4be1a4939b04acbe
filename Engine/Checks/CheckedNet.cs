using Cnn.Engine.Graph;
using Cnn.Fillers;
using Cnn.Layers;

namespace Cnn.Engine.Checks;

/// <summary>
/// A net that runs forward layer by layer, so that each layer can be checked on the values that reach it. Inputs that
/// nobody fills, and sources whose values are all 0, hold noise, or whole numbers where the readers take labels;
/// learned parameters whose values are all the same get noise too, since a net of zeros tells nothing.
/// </summary>
internal sealed class CheckedNet : IDisposable
{
    private const int MostClasses = 10;

    // Far beyond any number of classes.
    private const int NoLabel = 1 << 23;

    private const float ParameterNoise = 0.1f;

    private readonly Net net;
    private readonly bool isPrepared;
    private readonly RandomStreams streams;
    private readonly HashSet<Blob> madeUp = [];

    /// <param name="net">The net; this owns it.</param>
    /// <param name="seed">The seed of what is made up.</param>
    /// <param name="isPrepared">Whether inputs and parameters have their values.</param>
    public CheckedNet(Net net, long seed, bool isPrepared)
    {
        (this.net, this.isPrepared, streams) = (net, isPrepared, new RandomStreams(seed));
        net.RunsLayersAlone = true;
        foreach (NetLayer layer in net.Layers.Where(_ => !isPrepared))
        {
            Vary(layer);
        }
    }

    /// <summary>The layers in the order they run.</summary>
    public IReadOnlyList<NetLayer> Layers => net.Layers;

    /// <summary>Runs a layer forward; where it cannot, its tops hold noise.</summary>
    public void Forward(NetLayer layer)
    {
        if (!layer.Layer.WritesFiles && !TryForward(layer))
        {
            foreach (Blob top in layer.Tops.Except(layer.Bottoms))
            {
                MakeUp(layer, top);
            }
        }
        else if (layer.Bottoms.Count == 0 && !isPrepared)
        {
            foreach (Blob top in layer.Tops.Where(t => layer.Layer.IsInput || !t.Data.ContainsAnyExcept(0f)))
            {
                MakeUp(layer, top);
                madeUp.Add(top);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => net.Dispose();

    // Numbers that are made up may be none that the layer takes, such as regions; zeros mostly are.
    private bool TryForward(NetLayer layer)
    {
        for (int attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                net.ForwardLayer(layer);
                return true;
            }
            catch (Exception exception) when (LayerFault.IsOfTheLayer(exception))
            {
                foreach (Blob bottom in layer.Bottoms.Skip(1).Where(b => madeUp.Any(b.SharesDataWith)))
                {
                    bottom.Data.Clear();
                }
            }
        }

        return false;
    }

    private void Vary(NetLayer layer)
    {
        for (int i = 0; i < layer.Layer.Blobs.Count; i++)
        {
            Blob blob = layer.Layer.Blobs[i];
            if (!GradientScope.IsFrozen(layer.Layer, i) && blob.Count > 0 && !blob.Data.ContainsAnyExcept(blob.Data[0]))
            {
                PhiloxRandom random = streams.Create(layer.Name, $"checked blob {i}");
                foreach (ref float value in blob.Data)
                {
                    value += ParameterNoise * ((2 * random.NextSingle()) - 1);
                }
            }
        }
    }

    private void MakeUp(NetLayer layer, Blob top)
    {
        PhiloxRandom random = streams.Create(layer.Name, $"checked top {layer.TopList.IndexOf(top)}");
        int[]? labels = LabelsOf(top);
        foreach (ref float value in top.Data)
        {
            value = labels is null ? (2 * random.NextSingle()) - 1 : labels[random.Next(labels.Length)];
        }
    }

    // The whole numbers that all readers of a blob take; null where none of them asks for whole numbers.
    private int[]? LabelsOf(Blob blob)
    {
        var readers = ReadersOf(blob).ToList();
        if (readers.All(r => r.Layer.Layer.HasGradient
            ? r.Layer.Layer.AllowsForceBackward(r.Bottom) && Knows(r, NoLabel)
            : r.Bottom == 0))
        {
            return null;
        }

        bool hasClasses = readers.Any(r => !Knows(r, NoLabel));
        int[] labels =
        [
            .. Enumerable.Range(0, hasClasses ? MostClasses : 2).Where(label => readers.All(r => Knows(r, label))),
        ];
        return labels.Length > 0 ? labels : [0];

        static bool Knows((NetLayer Layer, int Bottom) reader, int label) =>
            reader.Layer.Layer.LabelProblem(reader.Bottom, label) is null;
    }

    private IEnumerable<(NetLayer Layer, int Bottom)> ReadersOf(Blob blob) =>
        from layer in net.Layers
        from bottom in Enumerable.Range(0, layer.Bottoms.Count)
        where layer.Bottoms[bottom] == blob
        from reader in layer.Type == SplitInsertion.Type ? layer.Tops.SelectMany(ReadersOf) : [(layer, bottom)]
        select reader;
}
