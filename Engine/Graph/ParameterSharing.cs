using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>Lets a net use the parameters of another net's layers of the same names.</summary>
internal static class ParameterSharing
{
    /// <summary>
    /// Shares the values, not the gradients. Sharing within the net is preserved: a layer that only this net has
    /// follows the layer whose parameters it uses.
    /// </summary>
    /// <param name="net">The net whose parameters change.</param>
    /// <param name="source">The net whose parameters are used.</param>
    /// <exception cref="CnnException">A layer of the same name has other parameters.</exception>
    public static void Share(Net net, Net source)
    {
        var targets = new LayersByName(net.Layers);
        var occurrences = new Dictionary<string, int>();
        var shared = new HashSet<object>();
        foreach (NetLayer from in source.Layers.Where(l => l.Layer.Blobs.Count > 0))
        {
            int occurrence = occurrences.GetValueOrDefault(from.Name);
            occurrences[from.Name] = occurrence + 1;
            if (targets.Find(from.Name, occurrence) is { } target)
            {
                RequireFit(net, target, from);
                for (int i = 0; i < from.Layer.Blobs.Count; i++)
                {
                    Replace(net, target.Layer.Blobs[i], from.Layer.Blobs[i], shared);
                }
            }
        }
    }

    // Every blob of the net with the same memory follows.
    private static void Replace(Net net, Blob mine, Blob theirs, HashSet<object> shared)
    {
        object memory = mine.Memory;
        if (shared.Contains(memory))
        {
            return;
        }

        shared.Add(theirs.Memory);
        foreach (Blob blob in net.Layers.SelectMany(l => l.Layer.Blobs).Where(b => ReferenceEquals(b.Memory, memory)))
        {
            blob.ShareData(theirs);
        }
    }

    private static void RequireFit(Net net, NetLayer target, NetLayer source)
    {
        IReadOnlyList<Blob> mine = target.Layer.Blobs, theirs = source.Layer.Blobs;
        if (mine.Count != theirs.Count)
        {
            throw GraphErrors.At(
                net.Sources.Find(target.Definition),
                target.Definition,
                $"has {mine.Count} parameter(s), but {theirs.Count} in the training net",
                "rename the layer to leave those out");
        }

        for (int i = 0; i < mine.Count; i++)
        {
            if (!mine[i].HasShapeOf(theirs[i]))
            {
                throw GraphErrors.At(
                    net.Sources.Find(target.Definition),
                    target.Definition,
                    $"parameter {i} has shape {mine[i].ShapeText} in the test net, "
                    + $"{theirs[i].ShapeText} in the training net");
            }
        }
    }
}
