using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Runner.DataSets.ImageSets;

namespace Cnn.Runner.DataSets.Boxes;

/// <summary>Makes databases of images with boxes around their objects, which the AnnotatedData layer reads.</summary>
public static class BoxSetConverter
{
    private const int ReportAfter = 16, IndexDigits = 8, LargestSide = 1 << 15;

    // The index and a line under it.
    private const int KeyStart = IndexDigits + 1;

    /// <summary>Reads a folder of annotations as those of Pascal VOC: an XML file for each image.</summary>
    /// <param name="folder">
    /// The folder; an image is beside its XML file, or in <c>JPEGImages</c> beside that file's folder.
    /// </param>
    /// <param name="names">The classes; null to number those that occur, from 1, by the order of their names.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="CnnException">There are no annotations, or mistakes in them, which are located.</exception>
    public static BoxedSet ReadVoc(string folder, ClassNames? names = null, CancellationToken cancel = default) =>
        VocFolder.Read(folder, names, cancel);

    /// <summary>Reads a JSON file of annotations as those of COCO.</summary>
    /// <param name="path">The JSON file.</param>
    /// <param name="folder">The folder of the images.</param>
    /// <param name="names">The classes; null to number the categories from 1 in the order of their ids.</param>
    /// <exception cref="CnnException">It cannot be read, or there are mistakes in it.</exception>
    public static BoxedSet ReadCoco(string path, string folder, ClassNames? names = null) =>
        CocoFile.Read(path, folder, names);

    /// <summary>
    /// Makes a database of AnnotatedDatum records. The key of a record is the image's position with eight digits, a
    /// line and its name; an image that cannot be read has no record. A file <c>labels.txt</c> has the names of the
    /// classes in the order of their labels, the background first. The database is the same for any number of threads.
    /// </summary>
    /// <param name="set">The images.</param>
    /// <param name="path">The database to create.</param>
    /// <param name="options">How images become records; null for the defaults.</param>
    /// <param name="progress">Receives progress; may be null.</param>
    /// <param name="skipped">Receives the images that cannot be read, in order; may be null.</param>
    /// <param name="cancel">Cancels the work; nothing is left then.</param>
    /// <exception cref="CnnException">
    /// The database exists already, a size is impossible, no image can be read, or writing failed.
    /// </exception>
    public static ImageSetResult Convert(
        BoxedSet set,
        string path,
        BoxSetOptions? options = null,
        IProgress<WriteProgress>? progress = null,
        Action<SkippedImage>? skipped = null,
        CancellationToken cancel = default)
    {
        options ??= new BoxSetOptions();
        IReadOnlyList<BoxedImage> images = set.Images;
        Check(images, options);
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        using LmdbWriter writer = LmdbWriter.Create(path);
        var key = new byte[LmdbFormat.MaxKey];
        long left = 0;
        string why = "";
        OrderedWork.Run(
            0,
            images.Count,
            options.Threads,
            () => new BoxSetWorker(options),
            () => new BoxSetRecord(),
            (item, worker, record) => worker.Make(images[(int)item], record),
            Take,
            cancel);
        if (left == images.Count)
        {
            throw new CnnException($"none of the {images.Count} images can be read{why}");
        }

        WriteNames(Path.Combine(writer.Folder, "labels.txt"), set.Names);
        writer.Commit();
        progress?.Report(new WriteProgress(name, images.Count, images.Count));
        return new ImageSetResult(path, images.Count - left, left);

        void Take(long item, BoxSetRecord record)
        {
            BoxedImage image = images[(int)item];
            if (record.Problem is { } problem)
            {
                why = left++ == 0 ? $": '{image.Path}': {problem}" : why;
                skipped?.Invoke(new SkippedImage(item, image.Name, problem));
            }
            else
            {
                int length = DatumKey.Write(item, IndexDigits, key).Length;
                key[length++] = (byte)'_';
                length += Encoding.UTF8.GetBytes(image.Name, key.AsSpan(length));
                writer.Put(key.AsSpan(0, length), record.Bytes);
            }

            if (item % ReportAfter == 0)
            {
                progress?.Report(new WriteProgress(name, item, images.Count));
            }
        }
    }

    private static void Check(IReadOnlyList<BoxedImage> images, BoxSetOptions options)
    {
        if (images.Count == 0)
        {
            throw new CnnException("there are no images to convert");
        }

        if (options.ResizeHeight > LargestSide || options.ResizeWidth > LargestSide)
        {
            throw new CnnException(
                $"images of {options.ResizeHeight} x {options.ResizeWidth} are too large",
                $"at most {LargestSide} a side");
        }

        BoxedImage? tooLong = images.FirstOrDefault(
            image => Encoding.UTF8.GetByteCount(image.Name) > LmdbFormat.MaxKey - KeyStart);
        if (tooLong is not null)
        {
            throw new CnnException(
                $"the name '{tooLong.Name}' is too long for a key, which takes {LmdbFormat.MaxKey - KeyStart} bytes");
        }
    }

    private static void WriteNames(string path, ClassNames names) => AtomicFile.Write(
        path,
        stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
            foreach (string name in names.ByLabel)
            {
                writer.WriteLine(name);
            }
        });
}
