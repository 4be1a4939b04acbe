namespace Cnn.Engine.Drawing.Layout;

/// <summary>
/// Gives the nodes of ordered layers their places across (Brandes and Köpf, 2001): four layouts, each aligned with the
/// neighbours above or below and pushed to the left or right; a node is at the mean of its two middle places.
/// </summary>
internal sealed class ColumnAssignment
{
    // Layers with more wires are not compared pair by pair, which takes a time of their square.
    private const int MostCompared = 300;

    private readonly LayoutGraph graph;
    private readonly double gap;
    private readonly HashSet<(int Above, int Below)> conflicts = [];
    private readonly int[] fromTop;
    private readonly int[] fromBottom;

    private ColumnAssignment(LayoutGraph graph, double gap)
    {
        this.graph = graph;
        this.gap = gap;
        fromTop = Lengths(isFromTop: true);
        fromBottom = Lengths(isFromTop: false);
    }

    /// <summary>Sets <see cref="LayoutNode.X"/>, the leftmost edge being 0, and returns the width.</summary>
    public static double Assign(LayoutGraph graph, double gap)
    {
        var assignment = new ColumnAssignment(graph, gap);
        assignment.FindConflicts();
        double[][] four =
        [
            assignment.Place(isUp: true, isRight: false), assignment.Place(isUp: true, isRight: true),
            assignment.Place(isUp: false, isRight: false), assignment.Place(isUp: false, isRight: true),
        ];
        assignment.Align(four);
        foreach (LayoutNode node in graph.Nodes)
        {
            double[] places = [.. four.Select(f => f[node.Id]).Order()];
            node.X = (places[1] + places[2]) / 2;
        }

        double left = graph.Nodes.Min(n => n.X - (n.Width / 2));
        foreach (LayoutNode node in graph.Nodes)
        {
            node.X -= left;
        }

        return graph.Nodes.Max(n => n.X + (n.Width / 2));
    }

    // Pieces that others are straight before: those off the main path of a box; and of two that cross, a wire past
    // layers goes before a chain, and a chain before what is left.
    private void FindConflicts()
    {
        foreach (LayoutNode node in graph.Nodes)
        {
            if (Main(node.Below, fromBottom) is [var below])
            {
                conflicts.UnionWith(node.Below.Where(b => b != below).Select(b => (node.Id, b.Id)));
            }

            if (Main(node.Above, fromTop) is [var above])
            {
                conflicts.UnionWith(node.Above.Where(a => a != above).Select(a => (a.Id, node.Id)));
            }
        }

        foreach (List<LayoutNode> layer in graph.Layers)
        {
            (LayoutNode From, LayoutNode To, int Rank)[] pieces =
            [
                .. layer.SelectMany(from => from.Below.Select(to => (from, to, RankOf(from, to)))),
            ];
            for (int i = 0; i < pieces.Length && pieces.Length <= MostCompared; i++)
            {
                for (int k = 0; k < i; k++)
                {
                    var (a, b) = (pieces[i], pieces[k]);
                    int crossing = (a.From.Order - b.From.Order) * (a.To.Order - b.To.Order);
                    if (crossing < 0 && a.Rank != b.Rank)
                    {
                        var lesser = a.Rank < b.Rank ? a : b;
                        conflicts.Add((lesser.From.Id, lesser.To.Id));
                    }
                }
            }
        }
    }

    private static int RankOf(LayoutNode from, LayoutNode to) =>
        from.IsBend && to.IsBend ? 2 : from.Below.Count == 1 && to.Above.Count == 1 ? 1 : 0;

    private double[] Place(bool isUp, bool isRight)
    {
        LayoutNode[][] layers =
        [
            .. graph.Layers.Select(l => (LayoutNode[])[.. isRight ? l.AsEnumerable().Reverse() : l]),
        ];
        if (!isUp)
        {
            Array.Reverse(layers);
        }

        var position = new int[graph.Nodes.Count];
        foreach (LayoutNode[] layer in layers)
        {
            for (int i = 0; i < layer.Length; i++)
            {
                position[layer[i].Id] = i;
            }
        }

        int[] roots = Blocks(layers, position, isUp);
        double[] places = Compact(layers, roots);
        return isRight ? Array.ConvertAll(places, x => -x) : places;
    }

    // Joins nodes with their middle neighbours into vertical blocks that do not cross; returns each node's first.
    private int[] Blocks(LayoutNode[][] layers, int[] position, bool isUp)
    {
        int[] roots = [.. Enumerable.Range(0, graph.Nodes.Count)];
        int[] lengths = isUp ? fromTop : fromBottom;
        foreach (LayoutNode[] layer in layers)
        {
            int last = -1;
            foreach (LayoutNode node in layer)
            {
                LayoutNode[] neighbours = Main(isUp ? node.Above : node.Below, lengths);
                Array.Sort(neighbours, (a, b) => position[a.Id].CompareTo(position[b.Id]));
                for (int m = (neighbours.Length - 1) / 2; m >= 0 && m <= neighbours.Length / 2
                    && m < neighbours.Length; m++)
                {
                    LayoutNode other = neighbours[m];
                    (int, int) pair = isUp ? (other.Id, node.Id) : (node.Id, other.Id);
                    if (roots[node.Id] == node.Id && last < position[other.Id]
                        && !conflicts.Contains(pair))
                    {
                        roots[node.Id] = roots[other.Id];
                        last = position[other.Id];
                    }
                }
            }
        }

        return roots;
    }

    // The one that the longest path goes through, so that main paths are straight; all where several are as long.
    private static LayoutNode[] Main(List<LayoutNode> neighbours, int[] lengths)
    {
        int longest = neighbours.Select(n => lengths[n.Id]).DefaultIfEmpty().Max();
        LayoutNode[] main = [.. neighbours.Where(n => lengths[n.Id] == longest)];
        return main.Length == 1 ? main : [.. neighbours];
    }

    // The number of boxes on the longest path from the top, or from the bottom, to each node.
    private int[] Lengths(bool isFromTop)
    {
        var lengths = new int[graph.Nodes.Count];
        for (int i = 0; i < graph.Layers.Count; i++)
        {
            foreach (LayoutNode node in graph.Layers[isFromTop ? i : graph.Layers.Count - 1 - i])
            {
                List<LayoutNode> earlier = isFromTop ? node.Above : node.Below;
                int longest = earlier.Count == 0 ? 0 : earlier.Max(n => lengths[n.Id]);
                lengths[node.Id] = longest + (node.IsBend ? 0 : 1);
            }
        }

        return lengths;
    }

    // The leftmost places of the blocks, then each as far to the right as its neighbours let it.
    private double[] Compact(LayoutNode[][] layers, int[] roots)
    {
        int count = graph.Nodes.Count;
        List<(int Block, double Distance)>[] right =
        [
            .. Enumerable.Range(0, count).Select(_ => new List<(int, double)>()),
        ];
        var waiting = new int[count];
        foreach (LayoutNode[] layer in layers)
        {
            for (int i = 1; i < layer.Length; i++)
            {
                double distance = ((layer[i - 1].Width + layer[i].Width) / 2) + gap;
                right[roots[layer[i - 1].Id]].Add((roots[layer[i].Id], distance));
                waiting[roots[layer[i].Id]]++;
            }
        }

        var order = new List<int>(count);
        order.AddRange(Enumerable.Range(0, count).Where(i => roots[i] == i && waiting[i] == 0));
        var places = new double[count];
        for (int i = 0; i < order.Count; i++)
        {
            foreach (var (block, distance) in right[order[i]])
            {
                places[block] = Math.Max(places[block], places[order[i]] + distance);
                if (--waiting[block] == 0)
                {
                    order.Add(block);
                }
            }
        }

        for (int i = order.Count - 1; i >= 0; i--)
        {
            if (right[order[i]].Count > 0)
            {
                places[order[i]] = Math.Max(
                    places[order[i]], right[order[i]].Min(r => places[r.Block] - r.Distance));
            }
        }

        return [.. Enumerable.Range(0, count).Select(i => places[roots[i]])];
    }

    // Moves the four so that their left or right edges meet that of the narrowest.
    private void Align(double[][] four)
    {
        (double Left, double Right)[] edges = [.. four.Select(places => (
            graph.Nodes.Min(n => places[n.Id] - (n.Width / 2)), graph.Nodes.Max(n => places[n.Id] + (n.Width / 2))))];
        (double left, double right) = edges.MinBy(e => e.Right - e.Left);
        for (int i = 0; i < four.Length; i++)
        {
            double shift = i % 2 == 0 ? left - edges[i].Left : right - edges[i].Right;
            for (int k = 0; k < four[i].Length; k++)
            {
                four[i][k] += shift;
            }
        }
    }
}
