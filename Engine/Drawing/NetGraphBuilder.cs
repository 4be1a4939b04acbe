using System.Globalization;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Drawing;

/// <summary>
/// Turns a net into boxes: leaves out the inserted splits and puts layers that work in place into the box of the layer
/// whose top they change.
/// </summary>
internal sealed class NetGraphBuilder
{
    private readonly Net net;
    private readonly int batch;
    private readonly List<DrawnBox> boxes = [];

    // The source of each blob of the net as it runs, and the name that the definition has for it.
    private readonly Dictionary<string, (DrawnSource Source, string Name)> sources = new(StringComparer.Ordinal);
    private readonly Dictionary<NetLayer, string> sharers = [];
    private bool hasWholeShapes;

    private NetGraphBuilder(Net net)
    {
        this.net = net;
        batch = net.Layers.Where(l => l.Bottoms.Count == 0 && l.Type != "Parameter").SelectMany(l => l.Tops)
            .Where(t => t.AxisCount > 1).Select(t => t.Dim(0)).FirstOrDefault();
        foreach (LearnableParameter parameter in net.Learnable)
        {
            foreach (var (layer, _) in parameter.Uses.Where(u => u.Layer != parameter.Owner))
            {
                sharers.TryAdd(layer, parameter.Owner.Name);
            }
        }
    }

    /// <summary>Makes the boxes of a net, one for each layer that does not work in place.</summary>
    public static NetGraph Build(Net net, string? title)
    {
        var builder = new NetGraphBuilder(net);
        foreach (NetLayer layer in net.Layers)
        {
            builder.Add(layer);
        }

        return new NetGraph
        {
            Title = title ?? (net.Name.Length > 0 ? net.Name : net.SourceName ?? "net"),
            Summary = builder.Summary(),
            ShapeNote = builder.ShapeNote(),
            Boxes = builder.boxes,
        };
    }

    /// <summary>Adds a box for each blob that nothing reads.</summary>
    public static NetGraph WithOutputs(NetGraph graph)
    {
        HashSet<DrawnSource> read = [.. graph.Boxes.SelectMany(b => b.Sources)];
        var all = new List<DrawnBox>();
        foreach (DrawnBox box in graph.Boxes)
        {
            all.Add(box);
            for (int i = 0; i < box.Tops.Count; i++)
            {
                var source = new DrawnSource(box, i);
                if (!read.Contains(source))
                {
                    all.Add(new DrawnBox { IsOutput = true, Tops = [box.Tops[i]], Sources = [source] });
                }
            }
        }

        return graph with { Boxes = all };
    }

    private void Add(NetLayer layer)
    {
        if (layer.Type == SplitInsertion.Type && sources.TryGetValue(layer.BottomNames[0], out var original))
        {
            foreach (string top in layer.TopNames)
            {
                sources[top] = original;
            }

            return;
        }

        if (OwnerOf(layer) is { } owner)
        {
            owner.Rows.Add(RowOf(layer));
            return;
        }

        var box = new DrawnBox
        {
            Rows = [RowOf(layer)],
            Tops = [.. layer.Tops.Select((top, i) => new DrawnBlob(layer.TopNames[i], ShapeOf(top)))],
            Sources = [.. layer.BottomNames.Select(b => sources[b].Source).Distinct()],
        };
        boxes.Add(box);
        for (int i = 0; i < layer.TopNames.Count; i++)
        {
            sources[layer.TopNames[i]] = (new DrawnSource(box, i), layer.TopNames[i]);
        }
    }

    // The box of the layer whose only top this layer changes in place.
    private DrawnBox? OwnerOf(NetLayer layer) =>
        layer.BottomNames.Count == 1 && layer.TopNames.Count == 1 && layer.BottomNames[0] == layer.TopNames[0]
        && sources[layer.BottomNames[0]].Source.Box is { Tops.Count: 1 } owner
        && ShapeOf(layer.Tops[0]) == owner.Tops[0].Shape ? owner : null;

    private DrawnRow RowOf(NetLayer layer) => new(
        layer.Name,
        layer.Type,
        LayerText.Describe(layer.Definition),
        LayerKinds.Of(layer),
        layer.ParameterCount,
        sharers.GetValueOrDefault(layer, ""),
        DefinitionOf(layer));

    // As the user wrote it: without the names of inserted splits, and without values.
    private string DefinitionOf(NetLayer layer)
    {
        LayerParameter definition = layer.Definition.Clone();
        definition.Blobs.Clear();
        for (int i = 0; i < definition.Bottom.Count; i++)
        {
            definition.Bottom[i] = sources[definition.Bottom[i]].Name;
        }

        return TextFormat.Print(definition).TrimEnd();
    }

    private string ShapeOf(Blob blob)
    {
        int[] dims = blob.Shape.ToArray();
        if (dims.Length == 0)
        {
            return "scalar";
        }

        if (dims[0] == batch)
        {
            return dims.Length == 1 ? "1" : Text(dims[1..]);
        }

        hasWholeShapes = true;
        return $"[{Text(dims)}]";

        static string Text(int[] all) =>
            string.Join("×", all.Select(d => d.ToString(CultureInfo.InvariantCulture)));
    }

    private string Summary()
    {
        long parameters = net.Learnable.Sum(p => (long)p.Blob.Count);
        double multiplyAdds = net.Layers.Sum(l => (double)l.Cost.MultiplyAdds) / Math.Max(1, batch);
        string summary = string.Create(
            CultureInfo.InvariantCulture,
            $"{net.Phase.ToString().ToUpperInvariant()} phase · {parameters:N0} parameters");
        return multiplyAdds > 0 ? $"{summary} · {NumberText.Short(multiplyAdds)} multiply-adds an item" : summary;
    }

    private string ShapeNote() => batch == 0
        ? ""
        : (batch == 1
            ? "Shapes are those of one item."
            : string.Create(CultureInfo.InvariantCulture, $"Shapes are those of one item; a batch has {batch}."))
            + (hasWholeShapes ? " Shapes in brackets are whole." : "");
}
