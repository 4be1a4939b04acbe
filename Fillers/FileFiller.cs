using Cnn.Proto;

namespace Cnn.Fillers;

/// <summary>
/// The values of a blob in <c>file</c>: of layer <c>file_layer</c>'s blob <c>file_blob</c> in a weights file (caffemodel,
/// its text, or HDF5), or the one blob of a binaryproto. The shapes must agree but for leading axes of size 1, with which
/// old files pad theirs to four.
/// </summary>
[FillerType("file")]
public sealed class FileFiller : Filler
{
    private readonly string path;
    private readonly StoredBlob stored;

    /// <exception cref="CnnException">No file is named, it cannot be read, or it has no such blob.</exception>
    public FileFiller(FillerParameter parameter, PathResolver files)
    {
        FillerChecks.RefuseSparse(parameter);
        if (parameter.File.Length == 0)
        {
            throw new CnnException("filler 'file' names no file", "say file: \"...\"");
        }

        path = files.Find(parameter.File);
        stored = StoredBlob.Read(path, parameter.HasFileLayer ? parameter.FileLayer : null, parameter.FileBlob);
    }

    /// <inheritdoc/>
    public override void Fill(Span<float> values, ReadOnlySpan<int> shape, PhiloxRandom random)
    {
        if (!WithoutLeadingOnes(shape).SequenceEqual(WithoutLeadingOnes(stored.Shape)) || values.Length != stored.Values.Length)
        {
            throw new CnnException(
                $"{stored.Name} in '{path}' has shape {Text(stored.Shape)}, the blob to fill has shape {Text(shape)}");
        }

        stored.Values.CopyTo(values);
    }

    private static ReadOnlySpan<int> WithoutLeadingOnes(ReadOnlySpan<int> shape) => shape.TrimStart(1);

    private static string Text(ReadOnlySpan<int> shape)
    {
        long count = 1;
        foreach (int dim in shape)
        {
            count *= dim;
        }

        return $"{string.Join(' ', shape.ToArray())} ({count})";
    }
}
