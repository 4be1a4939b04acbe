using System.Buffers.Binary;

namespace Cnn.Campaigns.Fuzz.Mutations;

/// <summary>
/// Damages that need no knowledge of a format: bits, bytes, numbers of any width, pieces moved and repeated.
/// </summary>
internal static class ByteMutations
{
    private const int MostAdded = 512;

    private static readonly long[] Boundaries =
    [
        0, 1, -1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, 511, 512, 1000, 1023, 1024, 4095,
            4096, 32767,
        32768, 65535, 65536, -128, -32768, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 32, long.MaxValue,
            long.MinValue,
        1 << 20, 1 << 24, 1 << 28, 1 << 30, (1L << 31) + 1, 1L << 40, 1L << 61, 1L << 62,
    ];

    /// <summary>Returns a number at which readers often go wrong.</summary>
    public static long Boundary(Random random) => Boundaries[random.Next(Boundaries.Length)];

    /// <summary>Damages an input once.</summary>
    /// <param name="bytes">The input.</param>
    /// <param name="other">Another input, from which pieces are taken.</param>
    /// <param name="words">Words of the format.</param>
    /// <param name="random">Chooses.</param>
    public static void Apply(List<byte> bytes, byte[] other, IReadOnlyList<byte[]> words, Random random)
    {
        int at = random.Next(bytes.Count + 1), left = bytes.Count - at;
        int length = Math.Min(left, random.Next(4) == 0 ? random.Next(MostAdded) : 1 + random.Next(8));
        switch (random.Next(12))
        {
            case 0 when left > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when left > 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when left > 0:
                bytes[at] += (byte)random.Next(-35, 36);
                break;
            case 3 or 4:
                WriteNumber(bytes, at, Boundary(random), random);
                break;
            case 5:
                bytes.RemoveRange(at, length);
                break;
            case 6:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 7:
                byte[] noise = new byte[1 + random.Next(16)];
                random.NextBytes(noise);
                bytes.InsertRange(at, random.Next(2) == 0 ? noise : [.. Enumerable.Repeat(noise[0], noise.Length)]);
                break;
            case 8 when other.Length > 0:
                int from = random.Next(other.Length);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 1 + random.Next(MostAdded))]);
                break;
            case 9 when words.Count > 0:
                byte[] word = words[random.Next(words.Count)];
                bytes.RemoveRange(at, random.Next(2) == 0 ? Math.Min(left, word.Length) : 0);
                bytes.InsertRange(at, word);
                break;
            case 10 when random.Next(4) == 0:
                bytes.RemoveRange(at, left);
                break;
            default:
                Overwrite(bytes, at, bytes.GetRange(random.Next(bytes.Count - length + 1), length));
                break;
        }
    }

    /// <summary>
    /// Replaces a number of 1, 2, 4 or 8 bytes of either order by a boundary or one near to what it was.
    /// </summary>
    /// <param name="bytes">The input.</param>
    /// <param name="place">Where the number is, and its size in bytes.</param>
    /// <param name="random">Chooses.</param>
    public static void ChangeNumber(List<byte> bytes, (int Start, int Size) place, Random random)
    {
        if (place.Start < 0 || place.Start + place.Size > bytes.Count)
        {
            return;
        }

        Span<byte> value = stackalloc byte[sizeof(long)];
        for (int i = 0; i < place.Size; i++)
        {
            value[i] = bytes[place.Start + i];
        }

        long now = BinaryPrimitives.ReadInt64LittleEndian(value);
        long then = random.Next(5) switch
        {
            0 => now + random.Next(-9, 10),
            1 => now * 2,
            2 => random.Next(bytes.Count + 1),
            3 => bytes.Count + random.Next(-64, 64),
            _ => Boundary(random),
        };
        BinaryPrimitives.WriteInt64LittleEndian(value, then);
        Overwrite(bytes, place.Start, value[..place.Size].ToArray());
    }

    private static void WriteNumber(List<byte> bytes, int at, long value, Random random)
    {
        int size = 1 << random.Next(4);
        var written = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(written, value);
        byte[] number = written[..size];
        if (random.Next(3) == 0)
        {
            Array.Reverse(number);
        }

        // Formats align their numbers.
        Overwrite(bytes, random.Next(2) == 0 ? at / size * size : at, number);
    }

    private static void Overwrite(List<byte> bytes, int at, IReadOnlyList<byte> by)
    {
        for (int i = 0; i < by.Count && at + i < bytes.Count; i++)
        {
            bytes[at + i] = by[i];
        }
    }
}
