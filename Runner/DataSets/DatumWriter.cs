using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;
using Google.Protobuf;

namespace Cnn.Runner.DataSets;

/// <summary>Images into an LMDB database as Caffe's converters write them: keys of eight decimal digits.</summary>
public static class DatumWriter
{
    private const int Report = 1000;

    /// <summary>Writes a database, under its final name only when all is there.</summary>
    /// <param name="path">The folder to make.</param>
    /// <param name="count">Images.</param>
    /// <param name="channels">Channels of each: 1 for grey.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="columns">Columns of each.</param>
    /// <param name="image">Writes the pixels of image i, a channel after the other, and returns its label.</param>
    /// <param name="progress">Told every thousand images; may be null.</param>
    /// <param name="cancel">Ends the writing; nothing is left then.</param>
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
