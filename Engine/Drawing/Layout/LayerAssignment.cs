namespace Cnn.Engine.Drawing.Layout;

/// <summary>
/// Gives each box a layer below those of all boxes that lead to it: the longest way from the top, then moved to where
/// wires are shorter.
/// </summary>
internal static class LayerAssignment
{
    private const int Rounds = 4;

    /// <summary>Returns the layer of each box, the first being 0.</summary>
    public static int[] Of(int count, IReadOnlyList<BoxLink> links)
    {
        List<int>[] before = [.. Enumerable.Range(0, count).Select(_ => new List<int>())];
        List<int>[] after = [.. Enumerable.Range(0, count).Select(_ => new List<int>())];
        var exits = new int[count];
        var seen = new HashSet<(int, int)>();
        foreach (BoxLink link in links)
        {
            before[link.To].Add(link.From);
            after[link.From].Add(link.To);
            exits[link.From] += seen.Add((link.From, link.Port)) ? 1 : 0;
        }

        var layers = new int[count];
        for (int i = 0; i < count; i++)
        {
            layers[i] = Lowest(before[i], layers);
        }

        for (int round = 0; round < Rounds; round++)
        {
            for (int i = count - 1; i >= 0; i--)
            {
                layers[i] = after[i].Count == 0 || exits[i] < before[i].Count ? Lowest(before[i], layers)
                    : exits[i] > before[i].Count ? after[i].Min(a => layers[a]) - 1
                    : layers[i];
            }
        }

        int top = count == 0 ? 0 : layers.Min();
        return Array.ConvertAll(layers, l => l - top);
    }

    private static int Lowest(List<int> before, int[] layers) =>
        before.Count == 0 ? 0 : before.Max(b => layers[b]) + 1;
}
