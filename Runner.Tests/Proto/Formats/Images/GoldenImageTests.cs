using System.IO.Compression;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Proto.Formats.Images;

/// <summary>
/// The pixels that OpenCV gives for image files, in colour, in grey and resized. CNN_GOLDENS_IMAGES names a folder with
/// more of them.
/// </summary>
[Trait("Category", "Golden")]
public sealed class GoldenImageTests : IDisposable
{
    private readonly ImageDecoder decoder = new();
    private readonly PlanarImage image = new();

    public static TheoryData<string, string> Files()
    {
        var files = new TheoryData<string, string>();
        foreach (string folder in Folders())
        {
            foreach (string file in Records(folder).Select(r => r[0]).Distinct(StringComparer.Ordinal))
            {
                files.Add(folder == Ours ? "" : folder, file);
            }
        }

        return files;
    }

    public void Dispose() => decoder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void PixelsEqualThoseOfOpenCv(string folder, string file)
    {
        folder = folder.Length == 0 ? Ours : folder;
        byte[] content = File.ReadAllBytes(Path.Combine(folder, file));
        List<string> differences = [];
        foreach (string[] record in Records(folder).Where(r => r[0] == file))
        {
            ImageColor color = record[1] == "grey" ? ImageColor.Grey : ImageColor.Colour;
            if (record[^1] == "not decoded" || record.Contains("not decoded"))
            {
                var error = Assert.Throws<CnnException>(() => decoder.Decode(content, color, image));
                Assert.Contains("not decoded", error.Message, StringComparison.Ordinal);
                continue;
            }

            PlanarImage result = Resized(content, color, record[2]);
            Assert.Equal(record[3], result.Channels == 1
                ? $"{result.Height}x{result.Width}"
                : $"{result.Height}x{result.Width}x{result.Channels}");
            int greatest = Greatest(result, Pixels(Path.Combine(folder, record[4])));
            if (greatest > 0)
            {
                differences.Add($"{string.Join(' ', record[..3])}: {greatest}");
            }
        }

        Assert.Equal([], differences);
    }

    private static string Ours { get; } = Path.Combine(GoldenFolders.Roots[0], "images");

    private static IEnumerable<string> Folders() =>
        Environment.GetEnvironmentVariable("CNN_GOLDENS_IMAGES") is { Length: > 0 } more
            ? [Ours, Path.GetFullPath(more)]
            : [Ours];

    private static IEnumerable<string[]> Records(string folder) =>
        File.ReadLines(Path.Combine(folder, "index.tsv")).Skip(1).Select(line => line.Split('\t'));

    private static byte[] Pixels(string path)
    {
        using var stream = new ZLibStream(File.OpenRead(path), CompressionMode.Decompress);
        using var pixels = new MemoryStream();
        stream.CopyTo(pixels);
        return pixels.ToArray();
    }

    private static int Greatest(PlanarImage image, byte[] interleaved)
    {
        Assert.Equal(image.Pixels.Length, interleaved.Length);
        int greatest = 0, size = image.Height * image.Width;
        for (int i = 0; i < interleaved.Length; i++)
        {
            int planar = image.Pixels[(i % image.Channels * size) + (i / image.Channels)];
            greatest = Math.Max(greatest, Math.Abs(planar - interleaved[i]));
        }

        return greatest;
    }

    private PlanarImage Resized(byte[] content, ImageColor color, string size)
    {
        decoder.Decode(content, color, image);
        Assert.True(ImageDecoder.TryReadSize(content, color, out int channels, out int height, out int width));
        Assert.Equal((image.Channels, image.Height, image.Width), (channels, height, width));
        if (size == "as is")
        {
            return image;
        }

        var resized = new PlanarImage();
        string[] sides = size.Split('x');
        ImageResizer.Resize(image, int.Parse(sides[1]), int.Parse(sides[0]), resized);
        return resized;
    }
}
