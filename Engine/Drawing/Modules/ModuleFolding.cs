namespace Cnn.Engine.Drawing.Modules;

/// <summary>
/// Replaces the modules that a net repeats by one box each, and equal ones in a row by one box for all.
/// </summary>
internal static class ModuleFolding
{
    /// <summary>Folds the modules of a graph without boxes of outputs.</summary>
    public static NetGraph Fold(NetGraph graph)
    {
        var found = new BoxGraph(graph.Boxes);
        IReadOnlyList<ModuleRegion> regions = ModuleFinder.Find(found);
        Dictionary<int, List<ModuleRegion>> runs = RunsOf(found, regions).ToDictionary(r => r[^1].Exit);
        var isInside = new bool[graph.Boxes.Count];
        foreach (int member in regions.SelectMany(r => r.Members))
        {
            isInside[member] = true;
        }

        // The box that stands for each of the old ones that are read from outside.
        var newBoxes = new Dictionary<DrawnBox, DrawnBox>();
        var boxes = new List<DrawnBox>();
        for (int i = 0; i < graph.Boxes.Count; i++)
        {
            if (runs.TryGetValue(i, out List<ModuleRegion>? run))
            {
                boxes.Add(newBoxes[graph.Boxes[i]] = BoxOf(found, run, newBoxes));
            }
            else if (!isInside[i])
            {
                boxes.Add(newBoxes[graph.Boxes[i]] = Renewed(graph.Boxes[i], newBoxes));
            }
        }

        return graph with { Boxes = boxes };
    }

    // Modules in a row whose layers have the same options, each of which only the next one reads.
    private static List<List<ModuleRegion>> RunsOf(BoxGraph graph, IReadOnlyList<ModuleRegion> regions)
    {
        var runs = new List<List<ModuleRegion>>();
        var runOfExit = new Dictionary<DrawnBox, List<ModuleRegion>>();
        foreach (ModuleRegion region in regions)
        {
            if (runOfExit.TryGetValue(region.Entry.Box, out List<ModuleRegion>? run)
                && Content(run[^1]) == Content(region)
                && graph.After[run[^1].Exit].All(region.Members.Contains))
            {
                run.Add(region);
            }
            else
            {
                runs.Add(run = [region]);
            }

            runOfExit[graph.Boxes[region.Exit]] = run;
        }

        return runs;

        string Content(ModuleRegion region) =>
            string.Join('|', region.Members.SelectMany(m => graph.Boxes[m].Rows).Select(r => r.Text));
    }

    private static DrawnBox BoxOf(
        BoxGraph graph, List<ModuleRegion> run, Dictionary<DrawnBox, DrawnBox> newBoxes)
    {
        string[] names =
        [
            .. run.Select(r => ModuleName.Of([.. r.Members.Select(m => graph.Boxes[m].Name)])),
        ];
        DrawnSource entry = run[0].Entry;
        return new DrawnBox
        {
            Module = new DrawnModule(
                names.Length == 1 ? names[0] : $"{names[0]} … {names[^1]}",
                [.. run.SelectMany(r => r.Members).Select(m => graph.Boxes[m])],
                entry.Box.Tops[entry.Top].Shape,
                run.Count),
            Tops = graph.Boxes[run[^1].Exit].Tops,
            Sources = [new DrawnSource(newBoxes[entry.Box], entry.Top)],
        };
    }

    private static DrawnBox Renewed(DrawnBox box, Dictionary<DrawnBox, DrawnBox> newBoxes) => new()
    {
        Rows = box.Rows,
        Tops = box.Tops,
        Sources = [.. box.Sources.Select(s => s with { Box = newBoxes[s.Box] })],
    };
}
