using Cnn.Layers.Data.Digits;
using Cnn.Proto;
using Cnn.Proto.Formats.Idx;

namespace Cnn.Runner.DataSets;

/// <summary>Writes the built-in digits to files, for programs that cannot draw them.</summary>
public static class DigitsExporter
{
    /// <summary>
    /// Writes images of a stream: the same that a <c>Digits</c> layer of this seed trains on. LMDB creates the folder
    /// itself; idx puts <c>digits-images-idx3-ubyte</c> and <c>digits-labels-idx1-ubyte</c> into it.
    /// </summary>
    /// <param name="to">The folder.</param>
    /// <param name="count">The number of images, at least 1.</param>
    /// <param name="seed">The stream's seed.</param>
    /// <param name="format">What to write.</param>
    /// <param name="first">Index of the first image in the stream.</param>
    /// <param name="progress">Receives progress every thousand images; may be null.</param>
    /// <param name="cancel">Cancels the writing.</param>
    /// <returns>The paths that were written.</returns>
    /// <exception cref="CnnException">The count is not possible, or the target exists or cannot be written.</exception>
    public static IReadOnlyList<string> Write(
        string to,
        int count,
        long seed = 1,
        DataSetFormat format = DataSetFormat.Lmdb,
        ulong first = 0,
        IProgress<WriteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        const int Most = 2_000_000;
        if (count is < 1 or > Most)
        {
            throw new CnnException($"cannot write {count} digits", $"choose 1 to {Most}");
        }

        ulong key = DigitRenderer.Key(seed);
        if (format == DataSetFormat.Lmdb)
        {
            DatumWriter.Write(
                to, count, 1, DigitRenderer.Side, DigitRenderer.Side, Draw, progress: progress, cancel: cancel);
            return [to];
        }

        string images = Path.Combine(to, "digits-images-idx3-ubyte");
        string labels = Path.Combine(to, "digits-labels-idx1-ubyte");
        foreach (string path in (string[])[images, labels])
        {
            if (Path.Exists(path))
            {
                throw new CnnException($"'{path}' exists already", "remove it or write to another folder");
            }
        }

        try
        {
            OutputFolder.Create(to);
        }
        catch (Exception exception) when (FileErrors.From(to, "make the folder", exception) is { } error)
        {
            throw error;
        }

        string name = Path.GetFileName(images);
        IdxWriter.WriteImages(images, count, DigitRenderer.Side, DigitRenderer.Side, (i, pixels) =>
        {
            cancel.ThrowIfCancellationRequested();
            if (i > 0)
            {
                progress?.Report(new WriteProgress(name, i, count));
            }

            Draw(i, pixels);
        });
        IdxWriter.WriteLabels(labels, count, i => (byte)DigitRenderer.Label(key, first + (ulong)i));
        progress?.Report(new WriteProgress(name, count, count));
        return [images, labels];

        int Draw(int i, Span<byte> pixels) => DigitRenderer.Draw(key, unchecked(first + (ulong)i), pixels);
    }
}
