using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Weights;

/// <summary>Copies weights from files of any format into a net.</summary>
internal static class WeightFiles
{
    /// <summary>
    /// Copies the weights of a file into the layers of the same names, the k-th of a name into the k-th. Types are not
    /// compared; layers on one side only are left alone. Nothing is copied unless everything fits.
    /// </summary>
    /// <param name="net">The net.</param>
    /// <param name="path">The file.</param>
    /// <param name="log">Receives a line for each layer of the file that the net does not have.</param>
    /// <exception cref="CnnException">The file cannot be read or does not fit.</exception>
    public static WeightReport CopyInto(Net net, string path, Action<string> log)
    {
        try
        {
            return Copy(net, path, log);
        }
        catch (OutOfMemoryException exception)
        {
            throw MemoryErrors.OfFile(path, "read", exception);
        }
    }

    private static WeightReport Copy(Net net, string path, Action<string> log)
    {
        using WeightsFile file = WeightsFile.Open(path);
        var targets = new LayersByName(net.Layers);
        var occurrences = new Dictionary<string, int>();
        var copies = new List<(StoredLayer From, NetLayer To)>();
        var ignored = new List<StoredLayer>();
        foreach (StoredLayer stored in file.Layers)
        {
            NetLayer? target = stored.Blobs.Count == 0
                ? WithoutParameters(net, file, stored)
                : Next(net, targets, occurrences, stored.Name);
            if (target is null)
            {
                log($"Ignoring source layer {stored.Name}");
                ignored.Add(stored);
                continue;
            }

            StoredLayer source = NamedParameters.Numbered(path, stored, target);
            RequireFit(net, path, source, target);
            if (source.Blobs.Count > 0)
            {
                copies.Add((source, target));
            }
        }

        foreach (var (from, to) in copies)
        {
            try
            {
                Copy(from, to);
            }
            catch (OutOfMemoryException exception)
            {
                throw Error(path, to, MemoryErrors.Describe(exception), null, exception);
            }
        }

        NetLayer[] copied = [.. copies.Select(c => c.To)];
        return new WeightReport(
            [.. copied.Select(l => l.Name)],
            [.. ignored.Select(l => l.Name)],
            [.. ignored.Where(l => l.Blobs.Count > 0).Select(l => l.Name)],
            [.. net.Layers.Where(l => l.Layer.Blobs.Count > 0 && !copied.Contains(l)).Select(l => l.Name)])
        {
            CopiedLayers = copied,
        };
    }

    private static NetLayer? Next(Net net, LayersByName targets, Dictionary<string, int> occurrences, string name)
    {
        int occurrence = occurrences.GetValueOrDefault(name);
        occurrences[name] = occurrence + 1;
        return targets.Find(name, occurrence)
            ?? (occurrence == 0 ? net.Layers.FirstOrDefault(l => l.Name == name) : null);
    }

    // When another layer of the same name has the parameters, on either side, this one has none to compare.
    private static NetLayer? WithoutParameters(Net net, WeightsFile file, StoredLayer source)
    {
        NetLayer[] same = [.. net.Layers.Where(l => l.Name == source.Name)];
        bool isElsewhere = file.Layers.Any(l => l.Name == source.Name && l.Blobs.Count > 0);
        return Array.Find(same, l => l.Layer.Blobs.Count == 0)
            ?? (isElsewhere ? null : same.FirstOrDefault());
    }

    private static void Copy(StoredLayer from, NetLayer to)
    {
        for (int i = 0; i < from.Blobs.Count; i++)
        {
            if (from.Blobs[i] is not { } stored)
            {
                continue;
            }

            Blob blob = to.Layer.Blobs[i];
            stored.Data.CopyTo(blob.Data);
            blob.IsFilled = true;
            if (stored.Diff is { } diff && diff.Count == stored.Data.Count)
            {
                diff.CopyTo(blob.Diff);
            }
        }

        to.Layer.ParametersLoaded();
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
                        $"has {source.Blobs.Count(b => b is not null)} parameter(s) there, {blobs.Count} in the net; "
                        + $"{Parameter(i)} is missing",
                        "rename the layer to leave it out");
                }

                continue;
            }

            if (!stored.Fits(blobs[i].Shape))
            {
                throw Error(
                    $"{Parameter(i)} has shape {stored.ShapeText} there, {blobs[i].ShapeText} in the net",
                    "rename the layer to leave it out");
            }

            if (stored.Data.Count != blobs[i].Count)
            {
                throw Error(
                    $"{Parameter(i)} holds {stored.Data.Count} values, its shape {stored.ShapeText} "
                    + $"needs {blobs[i].Count}");
            }

            stored.Data.Verify();
        }

        string Parameter(int index) =>
            source.Roles is null ? $"parameter {index}" : $"parameter '{source.Roles[index]}'";

        CnnException Error(string message, string? hint = null) => WeightFiles.Error(path, target, message, hint, null);
    }

    private static CnnException Error(
        string path, NetLayer layer, string message, string? hint, OutOfMemoryException? exception) =>
        new(new Diagnostic($"{path}: {message}", Hint: hint, Layer: layer.Name), exception)
        {
            IsOfTheMachine = exception is not null,
        };
}
