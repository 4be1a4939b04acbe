using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>A blob from a file.</summary>
/// <param name="Name">What it is, for errors.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">Its values, as many as the dimensions say.</param>
internal sealed record StoredBlob(string Name, int[] Shape, float[] Values)
{
    /// <summary>Reads a blob of a weights file, or the blob of a file that holds nothing else.</summary>
    /// <param name="path">The file.</param>
    /// <param name="layer">The layer; null for the only one that has blobs.</param>
    /// <param name="index">Which of its blobs.</param>
    /// <exception cref="CnnException">The file cannot be read or has no such blob.</exception>
    public static StoredBlob Read(string path, string? layer, uint index)
    {
        if (Hdf5Weights.IsHdf5(path))
        {
            var layers = Hdf5Weights.Read(path);
            string name = Choose(path, layer, layers.Where(l => l.Value.Count > 0).Select(l => l.Key));
            foreach (var (stored, shape, values) in layers[name])
            {
                if (stored == index)
                {
                    return new StoredBlob(NameOf(name, index), shape, values);
                }
            }

            throw NoBlob(path, name, index, layers[name].Count);
        }

        if (layer is null && ReadAlone(path) is { } alone)
        {
            return index == 0 ? From(alone, path, "the blob") : throw NoBlob(path, "", index, 1);
        }

        NetParameter net = ProtoFile.LoadWeights(path);
        string chosen = Choose(path, layer, net.Layer.Where(l => l.Blobs.Count > 0).Select(l => l.Name).Distinct());
        var blobs = net.Layer.First(l => l.Name == chosen && l.Blobs.Count > 0).Blobs;
        return index < blobs.Count
            ? From(blobs[(int)index], path, NameOf(chosen, index))
            : throw NoBlob(path, chosen, index, blobs.Count);
    }

    // A weights file read as a single blob has no values, or is none at all.
    private static BlobProto? ReadAlone(string path)
    {
        if (Path.GetExtension(path) is ".caffemodel" or ".prototxt" or ".yaml" or ".yml")
        {
            return null;
        }

        try
        {
            BlobProto blob = ProtoFile.LoadBinary<BlobProto>(path);
            return blob.Data.Count + blob.DoubleData.Count > 0 ? blob : null;
        }
        catch (CnnException) when (File.Exists(path))
        {
            return null;
        }
    }

    private static string Choose(string path, string? layer, IEnumerable<string> present)
    {
        string[] names = [.. present];
        if (layer is not null)
        {
            return names.Contains(layer)
                ? layer
                : throw new CnnException(
                    $"'{path}' has no layer '{layer}' with blobs", Suggestion.For(layer, names) ?? $"it has {string.Join(", ", names)}");
        }

        return names.Length == 1
            ? names[0]
            : throw new CnnException(
                $"'{path}' has {names.Length} layers with blobs",
                names.Length == 0 ? "it is not a weights file" : $"name one as file_layer: {string.Join(", ", names.Take(20))}");
    }

    private static StoredBlob From(BlobProto proto, string path, string name)
    {
        bool isOld = proto.HasNum || proto.HasChannels || proto.HasHeight || proto.HasWidth;
        long[] dims = isOld ? [proto.Num, proto.Channels, proto.Height, proto.Width] : [.. proto.Shape?.Dim ?? []];
        float[] values = proto.DoubleData.Count > 0
            ? Array.ConvertAll(proto.DoubleData.ToArray(), v => (float)v)
            : [.. proto.Data];
        long count = 1;
        foreach (long dim in dims)
        {
            count = dim is >= 0 and <= int.MaxValue && count is >= 0 and <= int.MaxValue ? count * dim : -1;
        }

        return count == values.Length
            ? new StoredBlob(name, Array.ConvertAll(dims, d => (int)d), values)
            : throw new CnnException($"{name} in '{path}' has shape {string.Join(' ', dims)} but {values.Length} values");
    }

    private static string NameOf(string layer, uint index) => $"blob {index} of layer '{layer}'";

    private static CnnException NoBlob(string path, string layer, uint index, int count) => new(
        $"'{path}' has no blob {index}{(layer.Length > 0 ? $" of layer '{layer}'" : "")}",
        count == 1 ? "it has one, which is file_blob: 0" : $"file_blob is 0 to {count - 1}");
}
