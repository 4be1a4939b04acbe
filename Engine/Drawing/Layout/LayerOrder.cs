namespace Cnn.Engine.Drawing.Layout;

/// <summary>
/// Orders the nodes of each layer so that few wires cross: sweeps down and up by the mean place of a node's neighbours
/// (Sugiyama, Tagawa and Toda, 1981), then swaps of neighbours; the best order found stays.
/// </summary>
internal static class LayerOrder
{
    private const int Sweeps = 12, SwapRounds = 6;

    /// <summary>Orders and numbers the nodes.</summary>
    public static void Improve(LayoutGraph graph)
    {
        Begin(graph);
        long least = CrossingCount.Of(graph);
        int[] best = Orders(graph);
        for (int sweep = 0; sweep < Sweeps && least > 0; sweep++)
        {
            Sweep(graph, isDown: sweep % 2 == 0);
            if (sweep % 2 == 1)
            {
                Swap(graph);
            }

            long crossings = CrossingCount.Of(graph);
            if (crossings < least)
            {
                (least, best) = (crossings, Orders(graph));
            }
        }

        foreach (List<LayoutNode> layer in graph.Layers)
        {
            layer.Sort((a, b) => best[a.Id].CompareTo(best[b.Id]));
        }

        graph.Number();
    }

    // Depth first from the top, so that each branch begins in a column of its own.
    private static void Begin(LayoutGraph graph)
    {
        var seen = new bool[graph.Nodes.Count];
        foreach (List<LayoutNode> layer in graph.Layers)
        {
            layer.Clear();
        }

        var stack = new Stack<LayoutNode>();
        foreach (LayoutNode source in graph.Nodes.Where(n => n.Above.Count == 0))
        {
            stack.Push(source);
            while (stack.TryPop(out LayoutNode? node))
            {
                if (seen[node.Id])
                {
                    continue;
                }

                seen[node.Id] = true;
                graph.Layers[node.Layer].Add(node);
                for (int i = node.Below.Count - 1; i >= 0; i--)
                {
                    stack.Push(node.Below[i]);
                }
            }
        }

        graph.Number();
    }

    private static void Sweep(LayoutGraph graph, bool isDown)
    {
        var keys = new double[graph.Nodes.Count];
        for (int i = 0; i < graph.Layers.Count; i++)
        {
            List<LayoutNode> layer = graph.Layers[isDown ? i : graph.Layers.Count - 1 - i];
            foreach (LayoutNode node in layer)
            {
                List<LayoutNode> fixedOnes = isDown ? node.Above : node.Below;
                keys[node.Id] = fixedOnes.Count == 0 ? node.Order : fixedOnes.Average(n => n.Order);
            }

            LayoutNode[] sorted = [.. layer.OrderBy(n => keys[n.Id]).ThenBy(n => n.Order)];
            for (int k = 0; k < sorted.Length; k++)
            {
                layer[k] = sorted[k];
                sorted[k].Order = k;
            }
        }
    }

    private static void Swap(LayoutGraph graph)
    {
        bool isBetter = true;
        for (int round = 0; isBetter && round < SwapRounds; round++)
        {
            isBetter = false;
            foreach (List<LayoutNode> layer in graph.Layers)
            {
                for (int i = 0; i + 1 < layer.Count; i++)
                {
                    LayoutNode left = layer[i], right = layer[i + 1];
                    if (Crossings(left, right) > Crossings(right, left))
                    {
                        (layer[i], layer[i + 1]) = (right, left);
                        (left.Order, right.Order) = (i + 1, i);
                        isBetter = true;
                    }
                }
            }
        }
    }

    private static int Crossings(LayoutNode left, LayoutNode right) =>
        Crossings(left.Above, right.Above) + Crossings(left.Below, right.Below);

    private static int Crossings(List<LayoutNode> left, List<LayoutNode> right)
    {
        int count = 0;
        foreach (LayoutNode a in left)
        {
            foreach (LayoutNode b in right)
            {
                count += a.Order > b.Order ? 1 : 0;
            }
        }

        return count;
    }

    private static int[] Orders(LayoutGraph graph) => [.. graph.Nodes.Select(n => n.Order)];
}
