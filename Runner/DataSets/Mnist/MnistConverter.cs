using Cnn.Proto;
using Cnn.Proto.Formats.Idx;

namespace Cnn.Runner.DataSets.Mnist;

/// <summary>Converts MNIST's published idx files to what the data layers read.</summary>
public static class MnistConverter
{
    /// <summary>
    /// Converts both sets. As LMDB they become the folders <c>mnist_train_lmdb</c> and <c>mnist_test_lmdb</c>, named
    /// as in Caffe's example; as idx the four plain files under their published names.
    /// </summary>
    /// <param name="from">The folder with the four idx files, plain or gzip.</param>
    /// <param name="to">The folder to write to; created if necessary.</param>
    /// <param name="format">What to write.</param>
    /// <param name="progress">Receives progress every thousand images; may be null.</param>
    /// <param name="cancel">Cancels the conversion.</param>
    /// <returns>The paths that were written.</returns>
    /// <exception cref="CnnException">
    /// A file is missing, damaged or not MNIST's, or a target exists already.
    /// </exception>
    public static IReadOnlyList<string> Convert(
        string from,
        string to,
        DataSetFormat format,
        IProgress<WriteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        MnistSet[] sets = [MnistSet.Train, MnistSet.Test];
        List<string> targets = [];
        foreach (MnistSet set in sets)
        {
            targets.AddRange(Targets(set, to, format));
        }

        foreach (string target in targets)
        {
            if (Path.Exists(target))
            {
                throw new CnnException($"'{target}' exists already", "remove it or write to another folder");
            }
        }

        // Both sets are read and checked before anything is written.
        var read = Array.ConvertAll(sets, set => set.Read(from));
        MakeFolder(to);
        for (int i = 0; i < sets.Length; i++)
        {
            var (images, labels) = read[i];
            string[] paths = Targets(sets[i], to, format);
            if (format == DataSetFormat.Lmdb)
            {
                Write(images, labels, paths[0], progress, cancel);
            }
            else
            {
                IdxWriter.WriteImages(
                    paths[0], images.Count, images.Shape[1], images.Shape[2], (i, to) => Copy(images, i, to));
                IdxWriter.WriteLabels(paths[1], labels.Count, item => labels.Data[item]);
                progress?.Report(new WriteProgress(Path.GetFileName(paths[0]), images.Count, images.Count));
            }
        }

        return targets;
    }

    /// <summary>
    /// Writes the database of any pair of idx files, as Caffe's <c>convert_mnist_data</c> does: grey images, keys of
    /// eight digits.
    /// </summary>
    /// <param name="images">The file of images, plain or gzip.</param>
    /// <param name="labels">The file of their labels, plain or gzip.</param>
    /// <param name="to">The folder to create.</param>
    /// <param name="progress">Receives progress every thousand images; may be null.</param>
    /// <param name="cancel">Cancels the conversion; nothing is left then.</param>
    /// <exception cref="CnnException">
    /// A file is missing, damaged or no idx file, the two do not belong together, or the target exists already.
    /// </exception>
    public static void ConvertPair(
        string images,
        string labels,
        string to,
        IProgress<WriteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        IdxFile readImages = IdxFile.ReadImages(images), readLabels = IdxFile.ReadLabels(labels);
        IdxFile.RequirePair(readImages, readLabels);
        Write(readImages, readLabels, to, progress, cancel);
    }

    private static void Write(
        IdxFile images, IdxFile labels, string to, IProgress<WriteProgress>? progress, CancellationToken cancel)
    {
        DatumWriter.Write(
            to, images.Count, 1, images.Shape[1], images.Shape[2], Image, progress: progress, cancel: cancel);

        int Image(int item, Span<byte> pixels)
        {
            Copy(images, item, pixels);
            return labels.Data[item];
        }
    }

    private static void Copy(IdxFile images, int item, Span<byte> pixels) =>
        images.Data.AsSpan(item * pixels.Length, pixels.Length).CopyTo(pixels);

    private static string[] Targets(MnistSet set, string to, DataSetFormat format) => format == DataSetFormat.Lmdb
        ? [Path.Combine(to, $"mnist_{set.Name}_lmdb")]
        : [Path.Combine(to, set.ImagesName), Path.Combine(to, set.LabelsName)];

    private static void MakeFolder(string path)
    {
        try
        {
            OutputFolder.Create(path);
        }
        catch (Exception exception) when (FileErrors.From(path, "make the folder", exception) is { } error)
        {
            throw error;
        }
    }
}
