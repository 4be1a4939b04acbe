using System.Buffers.Binary;
using System.Text;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>
/// Several files in one input: for each, its name, a line end, its length (4 bytes) and its bytes. What is damaged
/// counts as far as it can be read.
/// </summary>
internal static class Bundle
{
    private const int LongestName = 40;

    /// <summary>Returns the bytes of files.</summary>
    public static byte[] Of(IEnumerable<(string Name, byte[] Content)> files)
    {
        var bytes = new List<byte>();
        foreach (var (name, content) in files)
        {
            var length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, content.Length);
            bytes.AddRange([.. Encoding.ASCII.GetBytes(name), (byte)'\n', .. length, .. content]);
        }

        return [.. bytes];
    }

    /// <summary>Returns the files of an input.</summary>
    public static List<(string Name, byte[] Content)> Files(byte[] bundle)
    {
        var files = new List<(string, byte[])>();
        for (int at = 0; at < bundle.Length;)
        {
            int end = bundle.AsSpan(at).IndexOf((byte)'\n');
            if (end is < 1 or > LongestName || at + end + 1 + sizeof(int) > bundle.Length)
            {
                break;
            }

            string name = Encoding.ASCII.GetString(bundle, at, end);
            at += end + 1;
            int length = Math.Clamp(BinaryPrimitives.ReadInt32LittleEndian(bundle.AsSpan(at)), 0,
                bundle.Length - at - sizeof(int));
            at += sizeof(int);
            files.Add((name, bundle[at..(at + length)]));
            at += length;
        }

        return files;
    }

    /// <summary>Returns all files of a folder.</summary>
    public static byte[] OfFolder(string folder) => Of(Directory.EnumerateFiles(folder)
        .Order(StringComparer.Ordinal)
        .Select(file => (Path.GetFileName(file), File.ReadAllBytes(file))));

    /// <summary>Makes a folder of the files of an input; those whose names lead elsewhere are left out.</summary>
    public static void Place(byte[] bundle, string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        foreach (var (name, content) in Files(bundle))
        {
            if (name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && name.Trim('.').Length > 0)
            {
                File.WriteAllBytes(Path.Combine(folder, name), content);
            }
        }
    }

    /// <summary>Damages one of the files.</summary>
    /// <param name="bundle">The files.</param>
    /// <param name="damage">Damages a file; it is given its name.</param>
    /// <param name="random">Chooses.</param>
    public static byte[] Damage(byte[] bundle, Func<string, byte[], byte[]> damage, Random random)
    {
        List<(string Name, byte[] Content)> files = Files(bundle);
        if (files.Count == 0)
        {
            return bundle;
        }

        int at = random.Next(files.Count);
        if (random.Next(24) == 0)
        {
            files.RemoveAt(at);
        }
        else
        {
            files[at] = (files[at].Name, damage(files[at].Name, files[at].Content));
        }

        return Of(files);
    }
}
