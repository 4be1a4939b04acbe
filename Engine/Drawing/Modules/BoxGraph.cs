namespace Cnn.Engine.Drawing.Modules;

/// <summary>The boxes of a net as a graph of their indices, for finding modules in it.</summary>
internal sealed class BoxGraph
{
    /// <summary>Makes the graph of boxes, each of which reads from earlier ones.</summary>
    public BoxGraph(IReadOnlyList<DrawnBox> boxes)
    {
        Boxes = boxes;
        Dictionary<DrawnBox, int> indices = boxes.Select((box, i) => (box, i)).ToDictionary(b => b.box, b => b.i);
        Before = [.. boxes.Select(b => (int[])[.. b.Sources.Select(s => indices[s.Box]).Distinct()])];
        After = [.. boxes.Select(_ => new List<int>())];
        for (int i = 0; i < boxes.Count; i++)
        {
            foreach (int before in Before[i])
            {
                After[before].Add(i);
            }
        }

        Dominators = DominatorsOf(Before);
    }

    /// <summary>The boxes.</summary>
    public IReadOnlyList<DrawnBox> Boxes { get; }

    /// <summary>The boxes that each one reads from.</summary>
    public IReadOnlyList<int[]> Before { get; }

    /// <summary>The boxes that read from each one.</summary>
    public IReadOnlyList<List<int>> After { get; }

    /// <summary>The last box that every way from the top to a box passes; -1 where there is none.</summary>
    public IReadOnlyList<int> Dominators { get; }

    // Cooper, Harvey and Kennedy: A simple, fast dominance algorithm, 2001; one pass is enough without cycles.
    private static int[] DominatorsOf(IReadOnlyList<int[]> before)
    {
        var dominators = new int[before.Count];
        for (int i = 0; i < before.Count; i++)
        {
            int common = before[i].Length == 0 ? -1 : before[i][0];
            foreach (int other in before[i])
            {
                int a = common, b = other;
                while (a != b)
                {
                    (a, b) = a > b ? (dominators[a], b) : (a, dominators[b]);
                }

                common = a;
            }

            dominators[i] = common;
        }

        return dominators;
    }
}
