namespace Cnn.Engine.Drawing.Layout;

/// <summary>Counts the crossings of wires between layers (Barth, Jünger and Mutzel, 2002).</summary>
internal static class CrossingCount
{
    /// <summary>Counts all crossings of a graph whose nodes are numbered.</summary>
    public static long Of(LayoutGraph graph)
    {
        long sum = 0;
        for (int i = 0; i + 1 < graph.Layers.Count; i++)
        {
            sum += Between(graph.Layers[i], graph.Layers[i + 1].Count);
        }

        return sum;
    }

    // Walks the ends below in the order of their beginnings above; each crosses those passed that lie to its right.
    private static long Between(List<LayoutNode> above, int widthBelow)
    {
        var tree = new int[widthBelow + 1];
        long crossings = 0;
        int passed = 0;
        foreach (LayoutNode node in above)
        {
            int[] ends = [.. node.Below.Select(b => b.Order).Order()];
            foreach (int end in ends)
            {
                int notRight = 0;
                for (int i = end + 1; i > 0; i -= i & -i)
                {
                    notRight += tree[i];
                }

                crossings += passed - notRight;
            }

            foreach (int end in ends)
            {
                for (int i = end + 1; i <= widthBelow; i += i & -i)
                {
                    tree[i]++;
                }
            }

            passed += ends.Length;
        }

        return crossings;
    }
}
