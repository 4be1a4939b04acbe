using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Png;

namespace Cnn.Tests.Proto.Formats.Png;

/// <summary>PNG files of random content made for tests, in every colour type and depth.</summary>
internal static class PngFiles
{
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
    [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ];

    /// <summary>All pairs of a colour type and a depth that the format has.</summary>
    public static IEnumerable<(PngColor Color, int Depth)> Kinds() =>
        from color in Enum.GetValues<PngColor>()
        from depth in new[] { 1, 2, 4, 8, 16 }
        where color == PngColor.Grey || (color == PngColor.Palette ? depth <= 8 : depth >= 8)
        select (color, depth);

    /// <summary>Makes a file.</summary>
    /// <param name="random">Draws size, pixels, filters and palette.</param>
    /// <param name="color">The colour type.</param>
    /// <param name="depth">The bits of a sample.</param>
    /// <param name="interlaced">Whether it has seven passes.</param>
    /// <param name="transparent">Whether it has a tRNS chunk, where the colour type may have one.</param>
    /// <param name="gamma">A gAMA chunk in units of 1e-5; 0 for none, -1 for an sRGB chunk.</param>
    /// <param name="more">Chunks to put before the pixels.</param>
    public static byte[] Random(
        Random random, PngColor color, int depth, bool interlaced, bool transparent = false, int gamma = 0,
        params byte[][] more)
    {
        int width = random.Next(1, 24), height = random.Next(1, 24);
        int samples = new PngHeader(height, width, depth, color, interlaced).Samples;
        int colors = color == PngColor.Palette ? random.Next(1, (1 << depth) + 1) : 1 << depth;
        var values = new int[height * width * samples];
        for (int i = 0; i < values.Length; i++)
        {
            // Some colours are greys.
            values[i] = samples > 2 && i % 7 == 2 ? values[i - 1] : random.Next(colors);
        }

        List<byte> file = [0x89, .. "PNG\r\n\u001a\n"u8];
        file.AddRange(Chunk("IHDR", [.. Word(width), .. Word(height), (byte)depth, (byte)color, 0, 0,
            (byte)(interlaced ? 1 : 0)]));
        file.AddRange(gamma > 0 ? Chunk("gAMA", Word(gamma)) : gamma < 0 ? Chunk("sRGB", [0]) : []);
        file.AddRange(more.SelectMany(c => c));
        if (color == PngColor.Palette)
        {
            file.AddRange(Chunk("PLTE", Bytes(random, 3 * colors)));
        }

        if (transparent && color is not (PngColor.GreyAlpha or PngColor.ColourAlpha))
        {
            file.AddRange(Chunk("tRNS", color == PngColor.Palette
                ? Bytes(random, random.Next(1, colors + 1))
                : [.. values[..samples].SelectMany(v => new[] { (byte)(v >> 8), (byte)v })]));
        }

        byte[] pixels = Deflated(Filtered(random, values, width, height, samples, depth, interlaced));
        int half = pixels.Length / 2;
        return [.. file, .. Chunk("IDAT", pixels[..half]), .. Chunk("IDAT", pixels[half..]), .. Chunk("IEND", [])];
    }

    /// <summary>Makes a chunk with its checksum.</summary>
    public static byte[] Chunk(string type, byte[] content)
    {
        byte[] covered = [.. Encoding.ASCII.GetBytes(type), .. content];
        return [.. Word(content.Length), .. covered, .. Word((int)Crc32.Of(covered))];
    }

    private static byte[] Filtered(
        Random random, int[] values, int width, int height, int samples, int depth, bool interlaced)
    {
        List<byte> rows = [];
        int distance = Math.Max(1, samples * depth / 8);
        foreach (var (left, top, stepX, stepY) in interlaced ? Passes : [(0, 0, 1, 1)])
        {
            byte[]? above = null;
            for (int y = top; y < height && left < width; y += stepY)
            {
                byte[] row = Packed(values, y * width, left, width, stepX, samples, depth);
                rows.AddRange(Filter(random.Next(5), row, above ?? new byte[row.Length], distance));
                above = row;
            }
        }

        return [.. rows];
    }

    private static byte[] Packed(int[] values, int start, int left, int width, int step, int samples, int depth)
    {
        var bits = new StringBuilder();
        for (int x = left; x < width; x += step)
        {
            for (int s = 0; s < samples; s++)
            {
                bits.Append(Convert.ToString(values[((start + x) * samples) + s], 2).PadLeft(depth, '0'));
            }
        }

        bits.Append('0', (8 - (bits.Length % 8)) % 8);
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte($"{bits}".Substring(8 * i, 8), 2))];
    }

    private static IEnumerable<byte> Filter(int filter, byte[] row, byte[] above, int distance) =>
    [
        (byte)filter,
        .. row.Select((value, i) =>
        {
            int left = i < distance ? 0 : row[i - distance], corner = i < distance ? 0 : above[i - distance];
            int sum = left + above[i] - corner;
            int paeth = new[] { left, above[i], corner }.MinBy(v => Math.Abs(v - sum));
            return (byte)(value - new[] { 0, left, above[i], (left + above[i]) / 2, paeth }[filter]);
        }),
    ];

    private static byte[] Deflated(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Word(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }
}
