using System.IO.Compression;

namespace Cnn.Campaigns.Fuzz.Corpora;

/// <summary>A reader's corpus as the repository has it: a ZIP archive beside the program.</summary>
internal static class CorpusArchive
{
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Returns the inputs of a reader in the repository; none where it has no archive.</summary>
    public static IReadOnlyList<byte[]> Read(string reader)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Corpora", reader + ".zip");
        if (!File.Exists(path))
        {
            return [];
        }

        using ZipArchive archive = ZipFile.OpenRead(path);
        return [.. archive.Entries.Select(Content)];
    }

    /// <summary>
    /// Writes inputs, the first ones that are no longer than a size together when packed; returns how many.
    /// </summary>
    public static int Write(string path, IReadOnlyList<byte[]> inputs, long most)
    {
        using var stream = new FileStream(path, FileMode.Create);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create);
        int written = 0;
        foreach (byte[] input in inputs)
        {
            if (stream.Position > most)
            {
                break;
            }

            ZipArchiveEntry entry = archive.CreateEntry($"{written++:D4}", CompressionLevel.SmallestSize);
            entry.LastWriteTime = Time;
            using Stream content = entry.Open();
            content.Write(input);
        }

        return written;
    }

    private static byte[] Content(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
