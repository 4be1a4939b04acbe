using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Runner.DataSets;

/// <summary>Writes images to an LMDB database as Caffe's converters do: with their positions as decimal keys.</summary>
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
    /// <param name="digits">The digits of a key: 8 in most of Caffe's databases.</param>
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
        int digits = 8,
        IProgress<WriteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        using LmdbWriter writer = LmdbWriter.Create(path);
        var pixels = new byte[channels * rows * columns];
        var buffer = new DatumBuffer();
        Span<byte> key = stackalloc byte[DatumKey.MostDigits];
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        for (int i = 0; i < count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            int label = image(i, pixels);
            buffer.WriteImage(channels, rows, columns, pixels, label);
            writer.Put(DatumKey.Write(i, digits, key), buffer.Record);
            if ((i + 1) % Report == 0 || i + 1 == count)
            {
                progress?.Report(new WriteProgress(name, i + 1, count));
            }
        }

        writer.Commit();
    }
}
