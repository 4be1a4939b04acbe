using Cnn.Proto;

namespace Cnn.Engine.Drawing.Layout;

/// <summary>
/// Places boxes in layers from top to bottom, each below those that lead to it, and leads the wires between them
/// without touching another box (after Sugiyama, Tagawa and Toda, 1981). The same input gives the same result.
/// </summary>
internal static class LayeredLayout
{
    private const double Gap = 22, LeastRise = 30, GreatestRise = 84, PortDistance = 36, Inset = 12;

    /// <summary>Lays out boxes, of which each is linked to later ones only.</summary>
    /// <exception cref="CnnException">There is too much to lay out.</exception>
    public static LayoutResult Of(IReadOnlyList<BoxSize> boxes, IReadOnlyList<BoxLink> links)
    {
        if (boxes.Count == 0)
        {
            return new LayoutResult(0, 0, [], []);
        }

        var graph = new LayoutGraph(boxes, links);
        LayerOrder.Improve(graph);
        double width = ColumnAssignment.Assign(graph, Gap);
        double[] tops = Tops(graph);
        foreach (LayoutNode node in graph.Nodes)
        {
            double height = tops[(node.Layer * 2) + 1] - tops[node.Layer * 2];
            node.Y = tops[node.Layer * 2] + ((height - node.Height) / 2);
        }

        return new LayoutResult(
            width,
            tops[^1],
            [.. graph.Nodes.Take(boxes.Count).Select(n => new BoxPlace(n.X - (n.Width / 2), n.Y))],
            Wires(graph, tops));
    }

    // The upper and the lower edge of each layer; wires that go far across get more room to do so.
    private static double[] Tops(LayoutGraph graph)
    {
        var tops = new double[graph.Layers.Count * 2];
        double y = 0;
        for (int i = 0; i < graph.Layers.Count; i++)
        {
            double across = graph.Layers[i].SelectMany(n => n.Below.Select(b => Math.Abs(b.X - n.X)))
                .DefaultIfEmpty().Max();
            tops[i * 2] = y;
            tops[(i * 2) + 1] = y + graph.Layers[i].Max(n => n.Height);
            y = tops[(i * 2) + 1] + Math.Clamp(24 + (across / 10), LeastRise, GreatestRise);
        }

        return tops;
    }

    private static List<Wire> Wires(LayoutGraph graph, double[] tops)
    {
        var offsets = new Dictionary<(int, int), double>();
        foreach (var box in graph.Wires.GroupBy(w => w.From).Where(g => g.Count() > 1))
        {
            LayoutNode node = graph.Nodes[box.Key];
            var exits = box.OrderBy(w => w.Pieces[0].To.X).ThenBy(w => w.Port).ToList();
            double distance = Math.Min(PortDistance, (node.Width - (2 * Inset)) / (exits.Count - 1));
            for (int i = 0; i < exits.Count; i++)
            {
                offsets[(box.Key, exits[i].Port)] = (i - ((exits.Count - 1) / 2.0)) * distance;
            }
        }

        return
        [
            .. graph.Wires.Select(wire => new Wire(
                wire.From,
                wire.Port,
                [.. wire.Pieces.Select(p => Piece(p.From, p.To, offsets.GetValueOrDefault((wire.From, wire.Port))))])),
        ];

        WirePiece Piece(LayoutNode from, LayoutNode to, double offset) => new(
            from.X + (from.IsBend ? 0 : offset),
            from.IsBend ? tops[from.Layer * 2] : from.Y + from.Height,
            tops[(from.Layer * 2) + 1],
            to.X,
            tops[to.Layer * 2],
            to.IsBend ? tops[to.Layer * 2] : to.Y,
            !to.IsBend);
    }
}
