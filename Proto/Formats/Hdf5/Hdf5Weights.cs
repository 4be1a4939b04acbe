using System.Globalization;
using PureHDF;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>The parameters in a .caffemodel.h5: group <c>/data</c>, a group a layer, datasets "0", "1" and so on.</summary>
internal static class Hdf5Weights
{
    /// <summary>What the file holds of each layer.</summary>
    /// <exception cref="CnnException">The file is damaged or has another layout.</exception>
    public static List<StoredLayer> Read(Hdf5File file) => file.Read(root =>
    {
        if (!root.LinkExists("data"))
        {
            throw new CnnException($"{file.Path}: has no group /data, so it holds no weights");
        }

        return root.Group("data").Children().OfType<IH5Group>().Select(layer => ReadLayer(file, layer)).ToList();
    });

    private static StoredLayer ReadLayer(Hdf5File file, IH5Group layer)
    {
        var blobs = new SortedDictionary<int, StoredBlob>();
        foreach (IH5Dataset dataset in layer.Children().OfType<IH5Dataset>())
        {
            if (!int.TryParse(dataset.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index > 1000)
            {
                throw new CnnException($"{file.Path}: dataset '{dataset.Name}' of layer '{layer.Name}' is not the number of a parameter");
            }

            blobs[index] = ReadBlob(file, dataset);
        }

        int count = blobs.Count == 0 ? 0 : blobs.Keys.Last() + 1;
        return new StoredLayer(
            layer.Name, [.. Enumerable.Range(0, count).Select(i => blobs.TryGetValue(i, out StoredBlob? blob) ? blob : null)]);
    }

    /// <summary>A dataset as a blob.</summary>
    public static StoredBlob ReadBlob(Hdf5File file, IH5Dataset dataset) => new()
    {
        Shape = [.. dataset.Space.Dimensions.Select(dim => checked((long)dim))],
        Data = file.Numbers(dataset),
    };
}
