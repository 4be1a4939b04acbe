using System.IO.Compression;
using System.Text;
using Cnn.Campaigns.Fuzz.Mutations;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>
/// Archives of arrays, and damage of what is in them: an archive made anew has the checksums of what it holds.
/// </summary>
internal static class NpzSeeds
{
    private const int LongestEntry = 1 << 14, MostEntries = 16;

    private static readonly byte[][] Words = [.. ArrayReaders.NpyWords.Select(Encoding.ASCII.GetBytes)];

    /// <summary>Returns the archive with its entries compressed.</summary>
    public static byte[] Pack(byte[] archive) => Archive(Entries(archive, int.MaxValue)!, CompressionLevel.Optimal);

    /// <summary>Damages an entry or its name; returns what is no archive as it is.</summary>
    public static byte[] Damage(byte[] archive, Random random)
    {
        if (Entries(archive, LongestEntry) is not { Count: > 0 } entries)
        {
            return archive;
        }

        int at = random.Next(entries.Count);
        var (name, content) = entries[at];
        if (random.Next(5) == 0)
        {
            entries.Insert(at, random.Next(2) == 0 ? (name, content)
                : (name.Insert(random.Next(name.Length + 1), ".weight"), content));
        }
        else if (random.Next(2) == 0)
        {
            entries[at] = (name, TextMutations.Apply(content, content, Words, random));
        }
        else
        {
            var bytes = new List<byte>(content);
            ByteMutations.Apply(bytes, content, Words, random);
            entries[at] = (name, [.. bytes]);
        }

        return Archive(entries, random.Next(2) == 0 ? CompressionLevel.NoCompression : CompressionLevel.Fastest);
    }

    private static List<(string Name, byte[] Content)>? Entries(byte[] archive, int longest)
    {
        try
        {
            using var read = new ZipArchive(new MemoryStream(archive), ZipArchiveMode.Read);
            var entries = new List<(string, byte[])>();
            foreach (ZipArchiveEntry entry in read.Entries.Take(MostEntries))
            {
                byte[] content = new byte[Math.Clamp(entry.Length, 0, longest)];
                using Stream stream = entry.Open();
                entries.Add((entry.FullName,
                    content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)]));
            }

            return entries;
        }
        catch (Exception error) when (
            error is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    private static byte[] Archive(List<(string Name, byte[] Content)> entries, CompressionLevel level)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                ZipArchiveEntry entry = archive.CreateEntry(name, level);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using Stream to = entry.Open();
                to.Write(content);
            }
        }

        return stream.ToArray();
    }
}
