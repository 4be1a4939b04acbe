using System.Security.Cryptography;
using System.Text;

namespace Cnn.Campaigns.Crash.Disks;

/// <summary>What a folder holds: files by their paths in it, and folders, whose bytes are null.</summary>
internal static class FolderContent
{
    /// <summary>Reads a folder.</summary>
    public static SortedDictionary<string, byte[]?> Read(string folder)
    {
        var found = new SortedDictionary<string, byte[]?>(StringComparer.Ordinal);
        foreach (string path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
        {
            found[Path.GetRelativePath(folder, path)] = Directory.Exists(path) ? null : File.ReadAllBytes(path);
        }

        return found;
    }

    /// <summary>Empties a folder and writes a content into it.</summary>
    public static void Write(string folder, IEnumerable<KeyValuePair<string, byte[]?>> content)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        foreach (var (path, bytes) in content)
        {
            string full = Path.Combine(folder, path);
            if (bytes is null)
            {
                Directory.CreateDirectory(full);
            }
            else
            {
                File.WriteAllBytes(full, bytes);
            }
        }
    }

    /// <summary>Whether two contents have the same bytes under a path, or nothing.</summary>
    public static bool AreSame(byte[]? one, byte[]? other) =>
        one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);

    /// <summary>Returns a text that differs where contents differ.</summary>
    public static string DigestOf(SortedDictionary<string, byte[]?> content)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, bytes) in content)
        {
            digest.AppendData(Encoding.UTF8.GetBytes($"{path}\0{bytes?.Length ?? -1}\0"));
            digest.AppendData(bytes ?? []);
        }

        return Convert.ToHexString(digest.GetHashAndReset());
    }
}
