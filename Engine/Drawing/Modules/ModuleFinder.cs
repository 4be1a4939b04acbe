namespace Cnn.Engine.Drawing.Modules;

/// <summary>
/// Finds what a net repeats: regions between a box and the join of all that branches off it, such as residual blocks
/// and inception modules, and side chains, such as the heads of a detector. Only what occurs several times with the
/// same types and connections counts.
/// </summary>
internal sealed class ModuleFinder
{
    private const int MostMembers = 60, LeastChain = 3, LeastChains = 3;

    private readonly BoxGraph graph;

    private ModuleFinder(BoxGraph graph) => this.graph = graph;

    /// <summary>Returns regions that do not overlap, in the order of their exits.</summary>
    public static IReadOnlyList<ModuleRegion> Find(BoxGraph graph)
    {
        var finder = new ModuleFinder(graph);
        var isTaken = new bool[graph.Boxes.Count];
        var found = new List<ModuleRegion>();
        foreach (var (candidates, least) in ((IEnumerable<ModuleRegion>, int)[])
            [(finder.Joins(), 2), (finder.Chains(), LeastChains)])
        {
            // The larger hold the smaller.
            foreach (ModuleRegion region in Repeated([.. candidates], least).OrderByDescending(r => r.Members.Count)
                .ThenBy(r => r.Exit))
            {
                if (!region.Members.Any(m => isTaken[m]))
                {
                    found.Add(region);
                    foreach (int member in region.Members)
                    {
                        isTaken[member] = true;
                    }
                }
            }
        }

        return [.. found.OrderBy(r => r.Exit)];

        IEnumerable<ModuleRegion> Repeated(IReadOnlyList<ModuleRegion> regions, int least) =>
            regions.GroupBy(finder.Structure).Where(g => g.Count() >= least).SelectMany(g => g);
    }

    private IEnumerable<ModuleRegion> Joins()
    {
        for (int i = 0; i < graph.Boxes.Count; i++)
        {
            if (graph.Before[i].Length > 1 && graph.Dominators[i] >= 0
                && Between(graph.Dominators[i], i) is { } members
                && Region(WithName(members)) is { } region)
            {
                yield return region;
            }
        }
    }

    // All boxes on ways from the entry to the exit; null where they are too many.
    private List<int>? Between(int entry, int exit)
    {
        var members = new SortedSet<int> { exit };
        var waiting = new Stack<int>([exit]);
        while (waiting.TryPop(out int box))
        {
            foreach (int before in graph.Before[box])
            {
                if (before != entry && members.Add(before))
                {
                    waiting.Push(before);
                }
            }

            if (members.Count > MostMembers)
            {
                return null;
            }
        }

        return [.. members];
    }

    // Takes in the box before and the box after, where their names say that they belong to the rest ("fire2/squeeze").
    private List<int> WithName(List<int> members)
    {
        string name = ModuleName.Folder(members.Select(m => graph.Boxes[m].Name));
        if (name.Length == 0)
        {
            return members;
        }

        int[] entries = [.. members.SelectMany(m => graph.Before[m]).Except(members).Distinct()];
        if (entries is [var entry] && graph.Before[entry].Length == 1 && IsNamed(entry)
            && graph.After[entry].All(members.Contains))
        {
            members = [entry, .. members];
        }

        if (graph.After[members[^1]] is [var after] && graph.Before[after].Length == 1 && IsNamed(after))
        {
            members = [.. members, after];
        }

        return members;

        bool IsNamed(int box) => graph.Boxes[box].Name.StartsWith(name, StringComparison.Ordinal);
    }

    private IEnumerable<ModuleRegion> Chains()
    {
        var seen = new bool[graph.Boxes.Count];
        for (int i = 0; i < graph.Boxes.Count; i++)
        {
            // A chain begins where several boxes read the same, and ends before a join or another branching.
            if (graph.Before[i] is not [var before] || graph.After[before].Count < 2)
            {
                continue;
            }

            List<int> chain = [i];
            while (graph.After[chain[^1]] is [var next] && graph.Before[next].Length == 1)
            {
                chain.Add(next);
            }

            bool endsInJoin = graph.After[chain[^1]] is [var join] && graph.Before[join].Length > 1;
            if (endsInJoin && chain.Count is >= LeastChain and <= MostMembers && Region(chain) is { } region)
            {
                yield return region;
            }
        }
    }

    // Null unless one blob goes in and only the last box is read from outside.
    private ModuleRegion? Region(List<int> members)
    {
        HashSet<int> inside = [.. members];
        HashSet<DrawnBox> boxes = [.. members.Select(m => graph.Boxes[m])];
        DrawnSource[] entries =
        [
            .. members.SelectMany(m => graph.Boxes[m].Sources).Where(s => !boxes.Contains(s.Box)).Distinct(),
        ];
        bool isClosed = members.SkipLast(1).All(
            m => graph.After[m].Count > 0 && graph.After[m].All(inside.Contains) && IsReadWhole(m));
        return entries.Length == 1 && isClosed && graph.Boxes[members[^1]].Tops.Count == 1
            ? new ModuleRegion(members, entries[0])
            : null;
    }

    // A top that nothing reads is an output of the net, which must stay visible.
    private bool IsReadWhole(int box) =>
        graph.Boxes[box].Tops.Count == 1
        || graph.After[box].SelectMany(a => graph.Boxes[a].Sources).Where(s => s.Box == graph.Boxes[box]).Distinct()
            .Count() == graph.Boxes[box].Tops.Count;

    // The types of the layers and the connections, by places in the region.
    private string Structure(ModuleRegion region)
    {
        Dictionary<int, int> places = region.Members.Select((m, i) => (m, i)).ToDictionary(p => p.m, p => p.i);
        return string.Join('|', region.Members.Select(m =>
            string.Join('+', graph.Boxes[m].Rows.Select(r => r.Type))
            + "<" + string.Join(',', graph.Before[m].Select(b => places.GetValueOrDefault(b, -1)))));
    }
}
