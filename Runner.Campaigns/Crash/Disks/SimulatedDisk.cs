using Cnn.Fillers;

namespace Cnn.Campaigns.Crash.Disks;

/// <summary>
/// Tells what a disk may hold after the power was lost in the middle of a log. What was flushed is there. Of the bytes
/// written to a file since it was flushed any may be lost: a write may end early or reach the disk in some of its
/// sectors alone, and a file may have its new length with zeros in it. Of the names that were given and taken away
/// since their folder was flushed any may be lost, so a file may get its final name before its bytes. A sector of 512
/// bytes that a file had before is the old one or the new one, and a renaming happens as a whole.
/// </summary>
/// <param name="log">The log.</param>
internal sealed class SimulatedDisk(DiskLog log)
{
    private const int Sector = 512;

    private enum Fate
    {
        Lost,
        Kept,
        Torn,
        Zeroed,
        Scattered,
    }

    /// <summary>What a disk does to all that is pending: loses it, keeps it, or each has its own fate.</summary>
    private enum Mood
    {
        Loses,
        Keeps,
        KeepsTheFirst,
        Mixes,
    }

    /// <summary>Returns what the folder holds after the first operations of the log while the power is on.</summary>
    public SortedDictionary<string, byte[]?> Everything(int operations)
    {
        List<DiskNode> nodes = Start();
        foreach (DiskOperation operation in log.Operations.Take(operations))
        {
            Keep(nodes, operation);
        }

        return Content(nodes);
    }

    /// <summary>Returns a state of the disk after the first operations of the log.</summary>
    /// <param name="operations">How many operations had been done.</param>
    /// <param name="random">Chooses what is lost.</param>
    /// <returns>The paths in the folder with their bytes; null for folders.</returns>
    public SortedDictionary<string, byte[]?> Crash(int operations, PhiloxRandom random)
    {
        List<DiskNode> nodes = Start();
        var pending = new SortedDictionary<int, List<DiskOperation>>();
        foreach (DiskOperation operation in log.Operations.Take(operations))
        {
            List<DiskOperation> ofNode = pending.TryGetValue(operation.Node, out var list)
                ? list
                : pending[operation.Node] = [];
            ofNode.Add(operation);
            if (operation.Kind == DiskOperationKind.Flush)
            {
                ofNode.ForEach(done => Keep(nodes, done));
                ofNode.Clear();
            }
        }

        var (ofNames, ofBytes) = ((Mood)random.Next(4), (Mood)random.Next(4));
        foreach (var (node, left) in pending)
        {
            Lose(nodes, left, nodes[node].Bytes is null ? ofNames : ofBytes, random);
        }

        return Content(nodes);
    }

    private List<DiskNode> Start()
    {
        var nodes = new List<DiskNode>(log.Start.Select(node => node.Copy()));
        nodes.AddRange(log.IsFolder.Skip(nodes.Count).Select(f => f ? DiskNode.Folder() : DiskNode.File([])));
        return nodes;
    }

    private static SortedDictionary<string, byte[]?> Content(List<DiskNode> nodes)
    {
        var found = new SortedDictionary<string, byte[]?>(StringComparer.Ordinal);
        Collect(nodes, 0, "", found);
        return found;
    }

    private static void Lose(List<DiskNode> nodes, List<DiskOperation> left, Mood mood, PhiloxRandom random)
    {
        int first = mood switch
        {
            Mood.Loses => 0,
            Mood.Keeps => left.Count,
            _ => random.Next(left.Count + 1),
        };
        for (int i = 0; i < left.Count; i++)
        {
            bool isFile = nodes[left[i].Node].Bytes is not null;
            Fate fate = mood == Mood.Mixes ? (Fate)random.Next(isFile ? 5 : 2)
                : i < first ? Fate.Kept
                : i == first && mood == Mood.KeepsTheFirst && isFile ? Fate.Torn
                : Fate.Lost;
            Apply(nodes, left[i], fate, random);
        }
    }

    private static void Keep(List<DiskNode> nodes, DiskOperation operation) => Apply(nodes, operation, Fate.Kept, null);

    private static void Apply(List<DiskNode> nodes, DiskOperation operation, Fate fate, PhiloxRandom? random)
    {
        DiskNode node = nodes[operation.Node];
        if (fate == Fate.Lost)
        {
            return;
        }

        switch (operation.Kind)
        {
            case DiskOperationKind.Write:
                node.Bytes = Written(node.Bytes!, operation, fate, random);
                break;
            case DiskOperationKind.Resize:
                node.Bytes = Resized(node.Bytes!, operation.Place);
                break;
            case DiskOperationKind.Link:
                node.Names[operation.Name] = operation.Target;
                break;
            case DiskOperationKind.Unlink:
                node.Names.Remove(operation.Name);
                break;
            case DiskOperationKind.Rename:
                // The old name is another node's by now where only a part of what was done is kept.
                if (node.Names.TryGetValue(operation.OldName, out int old) && old == operation.Target)
                {
                    node.Names.Remove(operation.OldName);
                }

                node.Names[operation.Name] = operation.Target;
                break;
        }
    }

    private static byte[] Written(byte[] before, DiskOperation operation, Fate fate, PhiloxRandom? random)
    {
        byte[] data = operation.Data;
        int place = (int)operation.Place, kept = fate == Fate.Torn ? random!.Next(data.Length + 1) : data.Length;
        if (place + kept < before.Length && fate == Fate.Torn)
        {
            // Within what the file had before, sectors are whole.
            kept = Math.Max(0, ((place + kept) / Sector * Sector) - place);
        }

        byte[] after = Resized(before, Math.Max(before.Length, place + kept));
        for (int at = 0; at < kept;)
        {
            int length = Math.Min(kept - at, Sector - ((place + at) % Sector));
            if (fate is Fate.Kept or Fate.Torn || (fate == Fate.Scattered && random!.Next(2) == 0))
            {
                data.AsSpan(at, length).CopyTo(after.AsSpan(place + at));
            }

            at += length;
        }

        return after;
    }

    private static byte[] Resized(byte[] bytes, long length)
    {
        byte[] resized = new byte[length];
        bytes.AsSpan(0, (int)Math.Min(length, bytes.Length)).CopyTo(resized);
        return resized;
    }

    private static void Collect(
        List<DiskNode> nodes, int folder, string path, SortedDictionary<string, byte[]?> found)
    {
        foreach (var (name, node) in nodes[folder].Names)
        {
            string below = Path.Combine(path, name);
            found.Add(below, nodes[node].Bytes);
            if (nodes[node].Bytes is null)
            {
                Collect(nodes, node, below, found);
            }
        }
    }
}
