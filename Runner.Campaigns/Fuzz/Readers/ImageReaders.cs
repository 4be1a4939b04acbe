using System.Buffers.Binary;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Images;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Readers of images. The pixels are what a small file becomes; memory is held against them.</summary>
internal static class ImageReaders
{
    private const int PngSignature = 8, PngChunk = 12;

    /// <summary>The readers.</summary>
    public static IReadOnlyList<FuzzReader> All { get; } =
    [
        Reader("jpeg", ImageSeeds.Jpegs()) with { Words = ["\xFF\xD8", "\xFF\xC4", "\xFF\xDA", "Exif\0\0", "Adobe\0",
            "JFIF\0"] },
        Reader("png", ImageSeeds.Pngs()) with
        {
            Words = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "gAMA", "eXIf", "sBIT", "iCCP"],
            Numbers = PngNumbers,
            Sign = SignPng,
        },
        Reader("bmp", ImageSeeds.Bmps()),
        Reader("webp", ImageSeeds.WebPs()) with { Words = ["RIFF", "WEBP", "VP8 ", "VP8L", "VP8X", "ALPH", "EXIF"] },
    ];

    private static FuzzReader Reader(string name, IEnumerable<byte[]> seeds) => new()
    {
        Name = name,
        FileName = "input." + name,
        Seeds = _ => seeds,
        Read = path => Read(File.ReadAllBytes(path), path),
        Unpacked = Pixels,
        Longest = 1 << 13,
    };

    private static void Read(byte[] content, string path)
    {
        var image = new PlanarImage();
        using var decoder = new ImageDecoder();
        foreach (ImageColor color in Enum.GetValues<ImageColor>())
        {
            try
            {
                bool isKnown = ImageDecoder.TryReadSize(content, color, out int channels, out int height,
                    out int width);
                decoder.Decode(content, color, image);
                if (!isKnown || (channels, height, width) != (image.Channels, image.Height, image.Width))
                {
                    throw new InvalidDataException("the size that the header tells is not that of the image");
                }
            }
            catch (CnnException exception)
            {
                throw exception.In(path);
            }
        }
    }

    // Bytes of the pixels as they are decoded and as they are returned, and of what is between both; none where an
    // image of that size is refused.
    private static long Pixels(byte[] content)
    {
        const int Stored = 4, Turned = 3, Returned = 3, Colors = 3;
        try
        {
            ImageHeader header = ImageHeader.Read(content);
            long pixels = (long)header.Height * header.Width;
            return ImageLimits.Allow(header.Height, header.Width) ? pixels * (Stored + Turned + Returned + Colors) : 0;
        }
        catch (CnnException)
        {
            return 0;
        }
    }

    private static IReadOnlyList<(int Start, int Size)> PngNumbers(byte[] file)
    {
        var found = new List<(int, int)> { (16, 4), (20, 4), (24, 1), (25, 1), (26, 1), (27, 1), (28, 1) };
        foreach (var (start, length) in PngChunks(file))
        {
            found.AddRange([(start, 4), (start + 8, 1), (start + 8 + (length / 2), 1), (start + 4, 4)]);
        }

        return found;
    }

    private static byte[] SignPng(byte[] file)
    {
        byte[] signed = [.. file];
        foreach (var (start, length) in PngChunks(file))
        {
            BinaryPrimitives.WriteUInt32BigEndian(
                signed.AsSpan(start + 8 + length), Crc32.Of(signed.AsSpan(start + 4, length + 4)));
        }

        return signed;
    }

    private static IEnumerable<(int Start, int Length)> PngChunks(byte[] file)
    {
        for (int at = PngSignature; at + PngChunk <= file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            if (length < 0 || length > file.Length - at - PngChunk)
            {
                yield break;
            }

            yield return (at, length);
            at += PngChunk + length;
        }
    }
}
