using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Records;
using Google.Protobuf;

namespace Cnn.Runner.DataSets;

/// <summary>The mean image of a database, as Caffe's <c>compute_image_mean</c> computes and stores it.</summary>
public static class ImageMean
{
    // Threads take as many records at once, whatever their number, so that floats are always added in the same order.
    private const int RecordsAPart = 64;

    /// <summary>
    /// Computes the mean of all images of a database: raw, of floats, or image files, which are decoded with the
    /// channels that they have. The sum of bytes is exact, that of floats is in doubles; both are the same for any
    /// number of threads.
    /// </summary>
    /// <param name="path">The database.</param>
    /// <param name="format">The kind of database; null for whatever it is.</param>
    /// <param name="threads">The number of threads; 0 for one per core.</param>
    /// <param name="progress">Receives progress; may be null.</param>
    /// <param name="cancel">Cancels the computation.</param>
    /// <returns>The mean with the old dimensions 1, C, H, W.</returns>
    /// <exception cref="CnnException">
    /// The database cannot be read or is empty, a record is no image, or two images differ in size.
    /// </exception>
    public static BlobProto Compute(
        string path,
        RecordFormat? format = null,
        int threads = 0,
        IProgress<WriteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        using RecordDatabase records =
            format is { } asked ? RecordDatabase.Open(path, asked) : RecordDatabase.Open(path);
        if (records.Count == 0)
        {
            throw new CnnException($"'{path}' holds no records, so it has no mean");
        }

        ImageShape shape = ShapeOfFirst(records);
        ImageSums total = Sums();
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        OrderedWork.Run(
            0,
            ((records.Count - 1) / RecordsAPart) + 1,
            threads,
            () => new RecordReader(records),
            Sums,
            Add,
            (_, sums) =>
            {
                total.Add(sums);
                progress?.Report(new WriteProgress(name, total.Count, records.Count));
            },
            cancel);
        return total.Mean();

        ImageSums Sums() => new(shape.Channels, shape.Height, shape.Width);

        void Add(long part, RecordReader reader, ImageSums sums)
        {
            sums.Clear();
            long end = Math.Min(records.Count, (part + 1) * RecordsAPart);
            for (long i = part * RecordsAPart; i < end; i++)
            {
                AddRecord(records, i, reader, shape, sums);
            }
        }
    }

    /// <summary>Returns the mean of each channel of a mean image.</summary>
    public static double[] OfChannels(BlobProto mean)
    {
        var means = new double[mean.Channels];
        int plane = mean.Height * mean.Width;
        for (int c = 0; c < means.Length; c++)
        {
            means[c] = mean.Data.Skip(c * plane).Take(plane).Average(v => (double)v);
        }

        return means;
    }

    /// <summary>Writes a mean image, which replaces a file of that name only when it is complete.</summary>
    /// <exception cref="CnnException">The file cannot be written.</exception>
    public static void Save(BlobProto mean, string path) => AtomicFile.Write(path, mean.WriteTo);

    /// <summary>Requires the folder of a file that is to be written, before the long work for it.</summary>
    /// <exception cref="CnnException">It does not exist.</exception>
    internal static void RequireFolder(string path)
    {
        PathText.Require(path);
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
        {
            throw FileErrors.From(path, "write", new DirectoryNotFoundException())!;
        }
    }

    private static ImageShape ShapeOfFirst(RecordDatabase records)
    {
        using var reader = new RecordReader(records);
        try
        {
            return reader.Read(0).Shape;
        }
        catch (CnnException exception)
        {
            throw Named(records, 0, exception);
        }
    }

    private static void AddRecord(
        RecordDatabase records, long index, RecordReader reader, ImageShape shape, ImageSums sums)
    {
        try
        {
            RecordImage image = reader.Read(index);
            if (image.Shape != shape)
            {
                throw new CnnException(
                    $"it is {image.Shape}, the first is {shape}",
                    "a mean is of images of one size: convert_imageset --resize_width and --resize_height make them");
            }

            if (image.Kind == RecordKind.Float)
            {
                sums.Add(image.Values);
            }
            else
            {
                sums.Add(image.Pixels);
            }
        }
        catch (CnnException exception)
        {
            throw Named(records, index, exception);
        }
    }

    private static CnnException Named(RecordDatabase records, long index, CnnException exception)
    {
        Diagnostic first = exception.Diagnostics[0];
        return new CnnException($"{records.NameOf(index)}: {first.Message}", first.Hint, exception)
        {
            IsOfTheMachine = exception.IsOfTheMachine,
        };
    }
}
