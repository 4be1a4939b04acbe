using Cnn.Proto;

namespace Cnn.Engine.Drawing.Layout;

/// <summary>The boxes in layers, with a bend in each layer that a wire passes.</summary>
internal sealed class LayoutGraph
{
    /// <summary>The width that a wire takes between boxes.</summary>
    public const double BendWidth = 6;

    // What a machine lays out in some seconds; nets of thousands of layers stay far below.
    private const int MostNodes = 400_000;

    private readonly List<LayoutNode> nodes = [];

    /// <summary>Assigns layers and makes the bends.</summary>
    /// <exception cref="CnnException">The wires would have too many bends.</exception>
    public LayoutGraph(IReadOnlyList<BoxSize> boxes, IReadOnlyList<BoxLink> links)
    {
        int[] layers = LayerAssignment.Of(boxes.Count, links);
        for (int i = 0; i < boxes.Count; i++)
        {
            Add(layers[i], boxes[i], isBend: false);
        }

        Wires = [.. links.GroupBy(l => (l.From, l.Port)).Select(wire => (wire.Key.From, wire.Key.Port, Join(wire)))];
        Layers = [.. Enumerable.Range(0, layers.Append(-1).Max() + 1).Select(_ => new List<LayoutNode>())];
        foreach (LayoutNode node in nodes)
        {
            Layers[node.Layer].Add(node);
        }
    }

    /// <summary>All nodes, the boxes first.</summary>
    public IReadOnlyList<LayoutNode> Nodes => nodes;

    /// <summary>The nodes of each layer, from left to right.</summary>
    public IReadOnlyList<List<LayoutNode>> Layers { get; }

    /// <summary>The pieces of each wire, from node to node of the next layer.</summary>
    public IReadOnlyList<(int From, int Port, List<(LayoutNode From, LayoutNode To)> Pieces)> Wires { get; }

    /// <summary>Writes each node's place in its layer into the nodes.</summary>
    public void Number()
    {
        foreach (List<LayoutNode> layer in Layers)
        {
            for (int i = 0; i < layer.Count; i++)
            {
                layer[i].Order = i;
            }
        }
    }

    // One trunk down to the layer above the last reader, from which each reader branches off.
    private List<(LayoutNode From, LayoutNode To)> Join(IEnumerable<BoxLink> links)
    {
        var pieces = new List<(LayoutNode, LayoutNode)>();
        LayoutNode trunk = null!;
        foreach (BoxLink link in links.OrderBy(l => nodes[l.To].Layer).ThenBy(l => l.To))
        {
            trunk ??= nodes[link.From];
            LayoutNode to = nodes[link.To];
            while (trunk.Layer < to.Layer - 1)
            {
                LayoutNode bend = Add(trunk.Layer + 1, new BoxSize(BendWidth, 0), isBend: true);
                Connect(trunk, bend);
                trunk = bend;
            }

            Connect(trunk, to);
        }

        return pieces;

        void Connect(LayoutNode from, LayoutNode to)
        {
            from.Below.Add(to);
            to.Above.Add(from);
            pieces.Add((from, to));
        }
    }

    private LayoutNode Add(int layer, BoxSize size, bool isBend)
    {
        if (nodes.Count == MostNodes)
        {
            throw new CnnException(
                "the net has too many long connections to be drawn",
                "write a .dot or .mmd, which other programs lay out");
        }

        var node = new LayoutNode
        {
            Id = nodes.Count, IsBend = isBend, Width = size.Width, Height = size.Height, Layer = layer,
        };
        nodes.Add(node);
        return node;
    }
}
