using System.Buffers.Binary;
using System.IO.Compression;

namespace Cnn.Tests.Proto.Formats.Idx;

/// <summary>Idx files made for tests.</summary>
internal static class IdxFiles
{
    public static byte[] Images(int count, int rows, int columns) =>
        [.. Header(2051, count, rows, columns), .. Enumerable.Range(0, count * rows * columns).Select(i => (byte)i)];

    public static byte[] Labels(int count) =>
        [.. Header(2049, count), .. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];

    public static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
        {
            stream.Write(content);
        }

        return packed.ToArray();
    }

    public static byte[] Header(params int[] numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), numbers[i]);
        }

        return bytes;
    }
}
