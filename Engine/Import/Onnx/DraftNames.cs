using System.Globalization;

namespace Cnn.Engine.Import.Onnx;

/// <summary>Gives layers and blobs their final names, each its own.</summary>
/// <param name="layers">The layers, with the operators that they are for.</param>
internal sealed class DraftNames(IReadOnlyList<(LayerDraft Layer, string Operator)> layers)
{
    /// <summary>Gives the names.</summary>
    public void Give()
    {
        var layerNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (layer, type) in layers)
        {
            layer.Name = Free(layerNames, layer.Name, type);
        }

        BlobDraft[] blobs = [.. layers.SelectMany(l => l.Layer.Tops)];
        var blobNames = new HashSet<string>(
            blobs.Where(b => b.IsFixed).Select(b => b.Name!), StringComparer.Ordinal);
        foreach (var (layer, type) in layers)
        {
            foreach (BlobDraft top in layer.Tops.Where(t => !t.IsFixed))
            {
                top.Name = Free(blobNames, top.Name ?? layer.Name, type);
            }
        }
    }

    private static string Free(HashSet<string> taken, string wanted, string type)
    {
        if (taken.Add(wanted))
        {
            return wanted;
        }

        string name = $"{wanted}/{type}";
        for (int i = 2; !taken.Add(name); i++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{wanted}/{type}_{i}");
        }

        return name;
    }
}
