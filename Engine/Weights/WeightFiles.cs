using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Weights;

/// <summary>Weights from files of any kind into a net.</summary>
internal static class WeightFiles
{
    /// <summary>
    /// Copies the weights of a file into the layers of the same names. Types are not compared; layers on one side only
    /// are left alone. Nothing is copied unless all fits.
    /// </summary>
    /// <exception cref="CnnException">The file cannot be read or does not fit.</exception>
    public static WeightReport CopyInto(Net net, string path, Action<string> tell)
    {
        using WeightsFile file = WeightsFile.Open(path);
        var copies = new List<(StoredArray From, NetLayer Layer, int Blob, bool IsDiff)>();
        var copied = new List<string>();
        var ignored = new List<string>();
        foreach (StoredLayer source in file.Layers)
        {
            NetLayer? target = net.Layers.FirstOrDefault(l => l.Name == source.Name);
            if (target is null)
            {
                tell($"Ignoring source layer {source.Name}");
                ignored.Add(source.Name);
                continue;
            }

            RequireFit(net, path, source, target);
            for (int i = 0; i < source.Blobs.Count; i++)
            {
                if (source.Blobs[i] is { } blob)
                {
                    copies.Add((blob.Data, target, i, false));
                    if (blob.Diff is { } diff && diff.Count == blob.Data.Count)
                    {
                        copies.Add((diff, target, i, true));
                    }
                }
            }

            if (source.Blobs.Count > 0)
            {
                copied.Add(source.Name);
            }
        }

        foreach (var (from, layer, index, isDiff) in copies)
        {
            Blob to = layer.Layer.Blobs[index];
            from.CopyTo(isDiff ? to.Diff : to.Data);
            if (!isDiff)
            {
                to.IsFilled = true;
            }
        }

        return new WeightReport(
            copied,
            ignored,
            [.. file.Layers.Where(l => l.Blobs.Count > 0 && ignored.Contains(l.Name)).Select(l => l.Name)],
            [.. net.Layers.Where(l => l.Layer.Blobs.Count > 0 && !copied.Contains(l.Name)).Select(l => l.Name)]);
    }

    private static void RequireFit(Net net, string path, StoredLayer source, NetLayer target)
    {
        IReadOnlyList<Blob> blobs = target.Layer.Blobs;
        if (source.Blobs.Count > blobs.Count)
        {
            throw Error(
                $"has {source.Blobs.Count} parameter(s) there, {blobs.Count} in the net",
                "rename the layer to leave them out");
        }

        for (int i = 0; i < blobs.Count; i++)
        {
            StoredBlob? stored = i < source.Blobs.Count ? source.Blobs[i] : null;
            if (stored is null)
            {
                // HDF5 files leave out parameters that another layer owns; any other gap would be a partial load.
                if (net.Learnable.Any(p => p.Owner == target && p.Index == i))
                {
                    throw Error(
                        $"has {source.Blobs.Count(b => b is not null)} parameter(s) there, {blobs.Count} in the net; parameter {i} is missing",
                        "rename the layer to leave it out");
                }

                continue;
            }

            if (!stored.Fits(blobs[i].Shape))
            {
                throw Error(
                    $"parameter {i} has shape {stored.ShapeText} there, {blobs[i].ShapeText} in the net",
                    "rename the layer to leave it out");
            }

            if (stored.Data.Count != blobs[i].Count)
            {
                throw Error($"parameter {i} holds {stored.Data.Count} values, its shape {stored.ShapeText} needs {blobs[i].Count}");
            }
        }

        CnnException Error(string message, string? hint = null) =>
            new(new Diagnostic($"{path}: {message}", Hint: hint, Layer: target.Name));
    }
}
