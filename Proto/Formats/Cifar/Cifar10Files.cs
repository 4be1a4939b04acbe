using System.Formats.Tar;
using System.IO.Compression;

namespace Cnn.Proto.Formats.Cifar;

/// <summary>
/// CIFAR-10's binary version: six files of 10,000 records, each a label from 0 to 9 and 32 x 32 pixels of red, then
/// green, then blue. From Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
/// </summary>
public static class Cifar10Files
{
    /// <summary>The name of the archive as published.</summary>
    public const string Archive = "cifar-10-binary.tar.gz";

    /// <summary>Bytes of an image.</summary>
    public const int ImageSize = 3 * Side * Side;

    /// <summary>Rows and columns of an image.</summary>
    public const int Side = 32;

    /// <summary>Bytes of a record.</summary>
    public const int RecordSize = 1 + ImageSize;

    private const int RecordsAFile = 10_000;
    private const string Folder = "cifar-10-batches-bin";

    /// <summary>The files to train on, in order.</summary>
    public static IReadOnlyList<string> Train { get; } = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")];

    /// <summary>The files to test with.</summary>
    public static IReadOnlyList<string> Test { get; } = ["test_batch.bin"];

    /// <summary>Reads all six files.</summary>
    /// <param name="from">
    /// A folder with them, or with <c>cifar-10-batches-bin</c> or the archive in it, or the archive itself.
    /// </param>
    /// <returns>The records of each file by its name.</returns>
    /// <exception cref="CnnException">A file is missing, damaged or not CIFAR-10's.</exception>
    public static IReadOnlyDictionary<string, byte[]> Read(string from)
    {
        Dictionary<string, byte[]> read = [];
        string[] names = [.. Train, .. Test];
        string folder = File.Exists(Path.Combine(from, Folder, names[0])) ? Path.Combine(from, Folder) : from;
        string archive = Directory.Exists(from) ? Path.Combine(from, Archive) : from;
        if (!File.Exists(Path.Combine(folder, names[0])) && File.Exists(archive))
        {
            Unpack(archive, names, read);
        }
        else
        {
            foreach (string name in names)
            {
                read.Add(name, ReadFile(folder, name));
            }
        }

        return read;
    }

    /// <summary>Reads one file of records, as many as it has.</summary>
    /// <exception cref="CnnException">It cannot be read, or is not whole records of ten classes.</exception>
    public static byte[] ReadRecords(string path)
    {
        byte[] records;
        try
        {
            records = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }

        if (records.Length == 0 || records.Length % RecordSize != 0)
        {
            throw new CnnException(
                $"'{path}' is not records of {RecordSize} bytes: it has {records.Length}",
                "take CIFAR-10's binary version, not the one for Python");
        }

        CheckLabels(path, records);
        return records;
    }

    /// <summary>Returns what is wrong with an archive; null when it holds the six complete files.</summary>
    /// <exception cref="CnnException">It cannot be read, is damaged, or lacks a file.</exception>
    public static string? Problem(string archive)
    {
        Unpack(archive, [.. Train, .. Test], []);
        return null;
    }

    private static byte[] ReadFile(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            throw new CnnException(
                $"'{folder}' holds neither {name} nor {Archive}",
                "name the folder with CIFAR-10's binary version, or use --download");
        }

        try
        {
            return Checked(path, File.ReadAllBytes(path));
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }
    }

    private static void Unpack(string archive, string[] names, Dictionary<string, byte[]> read)
    {
        try
        {
            using FileStream file = File.OpenRead(archive);
            using var plain = new GZipStream(file, CompressionMode.Decompress);
            using var tar = new TarReader(plain);
            while (tar.GetNextEntry() is { } entry)
            {
                string name = Path.GetFileName(entry.Name);
                if (!names.Contains(name) || entry.DataStream is null || read.ContainsKey(name))
                {
                    continue;
                }

                // One byte more than expected, so that a longer file is noticed.
                byte[] content = new byte[(RecordsAFile * RecordSize) + 1];
                int length = entry.DataStream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
                read.Add(name, Checked($"{archive}:{name}", content[..length]));
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new CnnException($"'{archive}' is damaged or is no gzip-compressed tar", "fetch it again", exception);
        }
        catch (Exception exception) when (FileErrors.From(archive, "read", exception) is { } error)
        {
            throw error;
        }

        string? missing = Array.Find(names, name => !read.ContainsKey(name));
        if (missing is not null)
        {
            throw new CnnException($"'{archive}' holds no {missing}", "CIFAR-10's binary version has it");
        }
    }

    private static byte[] Checked(string path, byte[] records)
    {
        if (records.Length != RecordsAFile * RecordSize)
        {
            throw new CnnException(
                $"'{path}' is not {RecordsAFile} records of {RecordSize} bytes",
                "take CIFAR-10's binary version, not the one for Python");
        }

        CheckLabels(path, records);
        return records;
    }

    private static void CheckLabels(string path, byte[] records)
    {
        for (int record = 0; record * RecordSize < records.Length; record++)
        {
            byte label = records[record * RecordSize];
            if (label > 9)
            {
                throw new CnnException(
                    $"label {record} in '{path}' is {label}, not one of ten classes", "fetch it again");
            }
        }
    }
}
