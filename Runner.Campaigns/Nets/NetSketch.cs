using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Campaigns.Nets;

/// <summary>A net while it is drawn: its layers and the blobs that there are, whose shapes the layers themselves
/// tell.</summary>
internal sealed class NetSketch(WorkerPool pool, Phase phase)
{
    private static readonly LayerRegistry Registry = new();

    private readonly List<DrawnBottom> blobs = [];
    private readonly Dictionary<string, int> readers = [];
    private readonly Dictionary<string, BottomFill> fills = [];

    /// <summary>The net.</summary>
    public NetParameter Message { get; } = new();

    /// <summary>How inputs are filled.</summary>
    public IReadOnlyDictionary<string, BottomFill> Fills => fills;

    /// <summary>The blobs that a layer may read.</summary>
    public IReadOnlyList<DrawnBottom> Blobs => blobs;

    /// <summary>Returns whether no layer has read a blob.</summary>
    public bool IsUnread(string blob) => readers.GetValueOrDefault(blob) == 0;

    /// <summary>
    /// Adds a layer, and an Input for each bottom that is no blob yet, unless the layer refuses its bottoms.
    /// </summary>
    /// <returns>The layer that was added.</returns>
    /// <exception cref="CnnException">The layer refuses them; the net is as before.</exception>
    public LayerParameter Add(DrawnLayer drawn, PhiloxRandom random)
    {
        string name = $"l{Message.Layer.Count}";
        LayerParameter layer = drawn.Layer.Clone();
        layer.Name = name;
        string[] bottoms = [.. drawn.Bottoms.Select((b, i) => b.Blob ?? $"{name}in{i}")];
        layer.Bottom.Add(bottoms);
        if (layer.Top.Count == 0)
        {
            layer.Top.Add(Enumerable.Range(0, drawn.Tops).Select(i => drawn.Tops == 1 ? name : $"{name}top{i}"));
        }
        else if (layer.Top.FirstOrDefault(t => Message.Layer.Any(l => l.Top.Contains(t))) is { } taken)
        {
            throw new CnnException($"the net has a blob '{taken}' already");
        }

        Made made = Make(layer, drawn.Bottoms);
        for (int i = 0; i < bottoms.Length; i++)
        {
            if (drawn.Bottoms[i].Blob is null)
            {
                AddInput(bottoms[i], drawn.Bottoms[i]);
            }
        }

        bool isInPlace = made.AllowsInPlace && layer.Top.Count > 0 && random.Next(100) < 45 && IsUnread(bottoms[0])
            && made.Shapes[0].AsSpan().SequenceEqual(drawn.Bottoms[0].Shape);
        foreach (string bottom in bottoms)
        {
            readers[bottom] = readers.GetValueOrDefault(bottom) + 1;
        }

        if (isInPlace)
        {
            layer.Top[0] = bottoms[0];
            readers[bottoms[0]] = 0;
        }

        for (int i = 0; i < layer.Top.Count; i++)
        {
            blobs.RemoveAll(b => b.Blob == layer.Top[i]);
            blobs.Add(new DrawnBottom(made.Shapes[i], BottomFill.Floats, layer.Top[i]));
        }

        Message.Layer.Add(layer);
        ShareParameters(layer, made, random);
        return layer;
    }

    /// <summary>Makes a layer alone to learn the shapes of its tops.</summary>
    /// <exception cref="CnnException">The layer refuses its options or bottoms.</exception>
    private Made Make(LayerParameter definition, IReadOnlyList<DrawnBottom> bottoms)
    {
        LayerParameter own = definition.Clone();
        own.Phase = phase;
        using Layer layer = Registry.Create(new LayerContext { Parameter = own, Pool = pool,
            Files = CampaignFiles.Resolver });
        Blob[] reads = [.. bottoms.Select(b => new Blob(b.Shape))], writes = [.. own.Top.Select(_ => new Blob())];
        RequireCounts(layer, reads.Length, writes.Length);
        layer.SetUp(reads, writes);
        layer.Reshape(reads, writes);
        return new Made(
            [.. writes.Select(b => b.Shape.ToArray())],
            [.. layer.Blobs.Select(b => b.Shape.ToArray())],
            layer.AllowsInPlace,
            layer.HasGradient,
            layer.IsLoss);
    }

    private static void RequireCounts(Layer layer, int bottoms, int tops)
    {
        if (!layer.BottomCount.Allows(bottoms) || !layer.TopCount.Allows(tops))
        {
            throw new CnnException($"{bottoms} bottoms and {tops} tops are not what a {layer.Type} layer has");
        }
    }

    private void AddInput(string name, DrawnBottom bottom)
    {
        var shape = new BlobShape();
        shape.Dim.Add(bottom.Shape.Select(size => (long)size));
        Message.Layer.Add(new LayerParameter
        {
            Name = name, Type = "Input", Top = { name }, InputParam = new InputParameter { Shape = { shape } },
        });
        fills[name] = bottom.Fill;
        blobs.Add(bottom with { Blob = name });
    }

    // Parameters of the same shape may have the same name and so be shared.
    private static void ShareParameters(LayerParameter layer, Made made, PhiloxRandom random)
    {
        bool isShared = random.Next(100) < 20;
        bool hasRates = random.Next(100) < 20;
        for (int i = 0; i < made.Parameters.Length && (isShared || hasRates); i++)
        {
            var param = new ParamSpec();
            if (isShared)
            {
                param.Name = $"shared {string.Join('x', made.Parameters[i])}";
            }

            if (hasRates && !isShared)
            {
                param.LrMult = random.Next(3);
                param.DecayMult = random.Next(2);
            }

            layer.Param.Add(param);
        }

        if (made.IsLoss && made.HasGradient && random.Next(3) == 0 && layer.LossWeight.Count == 0)
        {
            layer.LossWeight.Add(random.Next(-1, 3) * 0.5f);
            layer.LossWeight.Add(Enumerable.Repeat(0f, Math.Max(0, layer.Top.Count - 1)));
        }
    }

    // What a layer says of itself.
    private sealed record Made(int[][] Shapes, int[][] Parameters, bool AllowsInPlace, bool HasGradient, bool IsLoss);
}
