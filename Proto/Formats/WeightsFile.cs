namespace Cnn.Proto.Formats;

/// <summary>
/// A file of weights: in one of the snapshot formats, in text, or with arrays by name. Its content says which it is, or
/// its extension where the content does not. Opening the file reads everything but the numbers. These are read when
/// they are copied, so the file must stay open until then.
/// </summary>
public sealed class WeightsFile : IDisposable
{
    private readonly IDisposable? source;

    /// <param name="layers">The layers in the order of the file.</param>
    /// <param name="source">The object that holds the file open; null when the numbers are in memory.</param>
    internal WeightsFile(IReadOnlyList<StoredLayer> layers, IDisposable? source)
    {
        Layers = layers;
        this.source = source;
    }

    /// <summary>The layers in the order of the file, including those without parameters.</summary>
    public IReadOnlyList<StoredLayer> Layers { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="CnnException">The file cannot be read, is damaged, or holds no layers.</exception>
    public static WeightsFile Open(string path)
    {
        WeightsFile file = NamedArrayFiles.Open(path)
            ?? SnapshotFormats.Find(path)?.OpenWeights(path)
            ?? OpenText(path);
        if (file.Layers.Count > 0)
        {
            return file;
        }

        file.Dispose();
        throw new CnnException($"{path}: holds no layers, so it is not a weights file");
    }

    /// <inheritdoc/>
    public void Dispose() => source?.Dispose();

    private static WeightsFile OpenText(string path)
    {
        NetParameter net = ProtoFile.LoadNet(path).Message;
        return FileErrors.Naming(path, () => new WeightsFile([.. net.Layer.Select(Stored)], null));

        static StoredLayer Stored(LayerParameter layer) => new(layer.Name, [.. layer.Blobs.Select(StoredBlob.From)]);
    }
}
