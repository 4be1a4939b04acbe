using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;
using Google.Protobuf;

namespace Cnn.Runner.DataSets;

/// <summary>Writes images to an LMDB database as Caffe's converters do: with keys of eight decimal digits.</summary>
public static class DatumWriter
{
    private const int Report = 1000;

    /// <summary>Writes a database, which gets its final name only when it is complete.</summary>
    /// <param name="path">The folder to create.</param>
    /// <param name="count">The number of images.</param>
    /// <param name="channels">The channels of each image: 1 for grey.</param>
    /// <param name="rows">The rows of each image.</param>
    /// <param name="columns">The columns of each image.</param>
    /// <param name="image">Writes the pixels of image i, one channel after the other, and returns its label.</param>
    /// <param name="progress">Receives progress every thousand images; may be null.</param>
    /// <param name="cancel">Cancels the writing; nothing is left then.</param>
    /// <exception cref="CnnException">The path exists or cannot be written.</exception>
    public static void Write(
        string path,
        int count,
        int channels,
        int rows,
        int columns,
        Func<int, Span<byte>, int> image,
        IProgress<WriteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        using LmdbWriter writer = LmdbWriter.Create(path);
        var pixels = new byte[channels * rows * columns];
        Span<byte> key = stackalloc byte[8];
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        for (int i = 0; i < count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            int label = image(i, pixels);
            var datum = new Datum
            {
                Channels = channels,
                Height = rows,
                Width = columns,
                Data = UnsafeByteOperations.UnsafeWrap(pixels),
                Label = label,
            };
            i.TryFormat(key, out _, "D8");
            writer.Put(key, datum.ToByteArray());
            if ((i + 1) % Report == 0 || i + 1 == count)
            {
                progress?.Report(new WriteProgress(name, i + 1, count));
            }
        }

        writer.Commit();
    }
}
