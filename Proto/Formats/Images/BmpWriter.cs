using System.Buffers.Binary;

namespace Cnn.Proto.Formats.Images;

/// <summary>
/// Writes Windows bitmaps: a file header of 14 bytes, an information header of 40, for grey a table of its 256 levels,
/// then the rows from the last to the first, each filled up to four bytes.
/// </summary>
internal static class BmpWriter
{
    private const int Headers = 14 + 40;

    /// <summary>Returns the file of an image with one channel or three.</summary>
    public static byte[] Write(PlanarImage image)
    {
        int channels = image.Channels;
        int row = ((image.Width * channels) + 3) & ~3;
        int start = Headers + (channels == 1 ? 1024 : 0);
        var file = new byte[checked(start + (row * image.Height))];
        "BM"u8.CopyTo(file);
        Put(file, 2, file.Length);
        Put(file, 10, start);
        Put(file, 14, 40);
        Put(file, 18, image.Width);
        Put(file, 22, image.Height);
        Put(file, 26, 1 | (channels * 8 << 16));
        for (int level = 0; level < 256 && channels == 1; level++)
        {
            Put(file, Headers + (4 * level), level * 0x010101);
        }

        for (int y = 0; y < image.Height; y++)
        {
            Span<byte> to = file.AsSpan(start + (row * (image.Height - 1 - y)), row);
            for (int c = 0; c < channels; c++)
            {
                ReadOnlySpan<byte> from = image.Plane(c).Slice(y * image.Width, image.Width);
                for (int x = 0; x < from.Length; x++)
                {
                    to[(x * channels) + c] = from[x];
                }
            }
        }

        return file;
    }

    private static void Put(byte[] file, int at, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
}
