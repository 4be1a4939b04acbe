using System.IO.Compression;
using Cnn.Campaigns.Fuzz.Mutations;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Packed files, and damage of what is in them.</summary>
internal static class GzipSeeds
{
    private const int Longest = 1 << 15;

    /// <summary>Packs bytes.</summary>
    public static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>Damages what is in a packed file, or a file that is not packed.</summary>
    public static byte[] Damage(byte[] file, Random random)
    {
        bool isPacked = file is [0x1F, 0x8B, ..];
        var bytes = new List<byte>(isPacked ? Unpack(file) : file);
        ByteMutations.Apply(bytes, [.. bytes], [], random);
        return isPacked && random.Next(8) > 0 ? Pack([.. bytes]) : [.. bytes];
    }

    private static byte[] Unpack(byte[] file)
    {
        var content = new byte[Longest];
        int read = 0;
        try
        {
            using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
            for (int now = 1; now > 0 && read < content.Length; read += now)
            {
                now = gzip.Read(content, read, content.Length - read);
            }
        }
        catch (InvalidDataException)
        {
            // What came out before the damage is there.
        }

        return content[..read];
    }
}
