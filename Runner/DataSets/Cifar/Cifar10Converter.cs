using Cnn.Proto;
using Cnn.Proto.Formats.Cifar;

namespace Cnn.Runner.DataSets.Cifar;

/// <summary>Converts CIFAR-10's binary version to what Caffe's example reads.</summary>
public static class Cifar10Converter
{
    // Caffe's tool numbers the records of a set with five digits.
    private const int KeyDigits = 5;

    /// <summary>
    /// Writes the databases <c>cifar10_train_lmdb</c> and <c>cifar10_test_lmdb</c>, and <c>mean.binaryproto</c>, the
    /// mean image of the first. Keys have five digits; the records for training are in the order of their files.
    /// </summary>
    /// <param name="from">See <see cref="Cifar10Files.Read"/>.</param>
    /// <param name="to">The folder to write to; created if necessary.</param>
    /// <param name="writesMean">Whether to write the mean image; Caffe's <c>convert_cifar_data</c> does not.</param>
    /// <param name="progress">Receives progress every thousand images; may be null.</param>
    /// <param name="cancel">Cancels the conversion.</param>
    /// <returns>The paths that were written.</returns>
    /// <exception cref="CnnException">
    /// A file is missing, damaged or not CIFAR-10's, or a target exists already.
    /// </exception>
    public static IReadOnlyList<string> Convert(
        string from,
        string to,
        bool writesMean = true,
        IProgress<WriteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        string train = Path.Combine(to, "cifar10_train_lmdb"), test = Path.Combine(to, "cifar10_test_lmdb");
        string mean = Path.Combine(to, "mean.binaryproto");
        string[] targets = writesMean ? [train, test, mean] : [train, test];
        foreach (string target in targets)
        {
            if (Path.Exists(target))
            {
                throw new CnnException($"'{target}' exists already", "remove it or write to another folder");
            }
        }

        // Everything is read and checked before anything is written.
        IReadOnlyDictionary<string, byte[]> files = Cifar10Files.Read(from);
        byte[][] trainFiles = [.. Cifar10Files.Train.Select(name => files[name])];
        try
        {
            OutputFolder.Create(to);
            Write(train, trainFiles, progress, cancel);
            Write(test, [.. Cifar10Files.Test.Select(name => files[name])], progress, cancel);
            if (writesMean)
            {
                ImageMean.Save(Mean(trainFiles), mean);
            }
        }
        catch (Exception exception)
            when (exception is not CnnException && FileErrors.From(to, "write", exception) is { } error)
        {
            throw error;
        }

        return targets;
    }

    private static void Write(string path, byte[][] files, IProgress<WriteProgress>? progress, CancellationToken cancel)
    {
        int recordsAFile = files[0].Length / Cifar10Files.RecordSize;
        DatumWriter.Write(
            path,
            files.Length * recordsAFile,
            3,
            Cifar10Files.Side,
            Cifar10Files.Side,
            Image,
            KeyDigits,
            progress,
            cancel);

        int Image(int item, Span<byte> pixels)
        {
            ReadOnlySpan<byte> record = files[item / recordsAFile]
                .AsSpan(item % recordsAFile * Cifar10Files.RecordSize, Cifar10Files.RecordSize);
            record[1..].CopyTo(pixels);
            return record[0];
        }
    }

    private static BlobProto Mean(byte[][] files)
    {
        var sums = new ImageSums(3, Cifar10Files.Side, Cifar10Files.Side);
        foreach (byte[] file in files)
        {
            for (int at = 0; at < file.Length; at += Cifar10Files.RecordSize)
            {
                sums.Add(file.AsSpan(at + 1, Cifar10Files.ImageSize));
            }
        }

        return sums.Mean();
    }
}
