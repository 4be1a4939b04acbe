using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Runner.Graph;

/// <summary>Weights from files of any kind into a net.</summary>
internal static class WeightFiles
{
    /// <summary>Copies the weights of one file, told apart by content, into the layers of the same names.</summary>
    /// <exception cref="CnnException">The file cannot be read or does not fit.</exception>
    public static WeightReport CopyInto(Net net, string path) =>
        Hdf5Weights.IsHdf5(path)
            ? CopyHdf5(net, path)
            : net.CopyWeightsFrom(ProtoFile.LoadWeights(path));

    private static WeightReport CopyHdf5(Net net, string path)
    {
        var copied = new List<string>();
        var ignored = new List<string>();
        foreach (var (name, blobs) in Hdf5Weights.Read(path))
        {
            NetLayer? target = net.Layers.FirstOrDefault(l => l.Name == name);
            if (target is null)
            {
                ignored.Add(name);
                continue;
            }

            foreach (var (index, shape, values) in blobs)
            {
                if (index >= target.Layer.Blobs.Count || !target.Layer.Blobs[index].Shape.SequenceEqual(shape))
                {
                    throw new CnnException(new Diagnostic(
                        $"{path}: parameter {index} has shape {string.Join(' ', shape)}, "
                        + (index < target.Layer.Blobs.Count
                            ? $"the layer's has {target.Layer.Blobs[index].ShapeText}"
                            : $"the layer has {target.Layer.Blobs.Count} parameter(s)"),
                        Layer: name));
                }

                values.CopyTo(target.Layer.Blobs[index].Data);
            }

            RequireOwnedBlobs(net, target, blobs.Select(b => b.Index).ToHashSet(), path);
            if (blobs.Count > 0)
            {
                copied.Add(name);
            }
        }

        return net.Report(copied, ignored);
    }

    // A file leaves out parameters that another layer owns; any other gap would be a partial load.
    private static void RequireOwnedBlobs(Net net, NetLayer target, HashSet<int> present, string path)
    {
        for (int i = 0; i < target.Layer.Blobs.Count; i++)
        {
            if (!present.Contains(i) && net.Learnable.Any(p => p.Owner == target && p.Index == i))
            {
                throw new CnnException(new Diagnostic($"{path}: parameter {i} is missing", Layer: target.Name));
            }
        }
    }
}
