using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Fillers;

/// <summary>
/// Copies a blob from <c>file</c>: blob <c>file_blob</c> of layer <c>file_layer</c> in a weights file (a caffemodel,
/// its text form, or HDF5), or the single blob of a binaryproto. The shapes must agree by the rule for loaded weights.
/// </summary>
[FillerType("file")]
public sealed class FileFiller : Filler
{
    private readonly FillerParameter parameter;
    private readonly string path;

    /// <exception cref="CnnException">No file is named, or a value does not fit the type.</exception>
    public FileFiller(FillerParameter parameter, PathResolver files)
    {
        FillerChecks.RefuseSparse(parameter);
        if (parameter.File.Length == 0)
        {
            throw new CnnException("filler 'file' names no file", "say file: \"...\"");
        }

        this.parameter = parameter;
        path = files.Find(parameter.File);
    }

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random)
    {
        FileText.RequireFile(path);
        if (!parameter.HasFileLayer && ReadAlone() is { } alone)
        {
            if (parameter.FileBlob != 0)
            {
                throw NoBlob("", 1);
            }

            Copy(StoredBlob.From(alone), "the blob", values, shape);
            return;
        }

        using var file = WeightsFile.Open(path);
        StoredLayer layer = Choose([.. file.Layers.Where(l => l.Blobs.Any(b => b is not null))]);
        StoredBlob stored = parameter.FileBlob < layer.Blobs.Count && layer.Blobs[(int)parameter.FileBlob] is { } blob
            ? blob
            : throw NoBlob($" of layer '{layer.Name}'", layer.Blobs.Count);
        Copy(stored, $"blob {parameter.FileBlob} of layer '{layer.Name}'", values, shape);
    }

    // Returns null for a weights file: read as a single blob, it has no values or cannot be parsed.
    private BlobProto? ReadAlone()
    {
        if (Path.GetExtension(path) is ".caffemodel" or ".prototxt" or ".yaml" or ".yml" or ".h5")
        {
            return null;
        }

        try
        {
            BlobProto blob = ProtoFile.LoadBinary<BlobProto>(path);
            return blob.Data.Count + blob.DoubleData.Count > 0 ? blob : null;
        }
        catch (CnnException)
        {
            return null;
        }
    }

    private StoredLayer Choose(StoredLayer[] layers)
    {
        string[] names = [.. layers.Select(l => l.Name)];
        if (parameter.HasFileLayer)
        {
            return Array.Find(layers, l => l.Name == parameter.FileLayer) ?? throw new CnnException(
                $"'{path}' has no layer '{parameter.FileLayer}' with blobs",
                Suggestion.For(parameter.FileLayer, names) ?? $"it has {string.Join(", ", names.Take(20))}");
        }

        return layers.Length == 1
            ? layers[0]
            : throw new CnnException(
                $"'{path}' has {layers.Length} layers with blobs",
                layers.Length == 0
                    ? "it is not a weights file"
                    : $"name one as file_layer: {string.Join(", ", names.Take(20))}");
    }

    private void Copy(StoredBlob stored, string name, Span<float> values, ReadOnlySpan<int> shape)
    {
        if (!stored.Fits(shape))
        {
            throw new CnnException(
                $"{name} in '{path}' has shape {stored.ShapeText}, "
                + $"the blob to fill has shape {string.Join(' ', shape.ToArray())}");
        }

        if (stored.Data.Count != values.Length)
        {
            throw new CnnException($"{name} in '{path}' has shape {stored.ShapeText} but {stored.Data.Count} values");
        }

        stored.Data.CopyTo(values);
    }

    private CnnException NoBlob(string layer, int count) => new(
        $"'{path}' has no blob {parameter.FileBlob}{layer}",
        count == 1 ? "it has one, which is file_blob: 0" : $"file_blob is 0 to {count - 1}");
}
