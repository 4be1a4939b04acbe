using System.Text;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Proto.Formats.Jpeg;

/// <summary>JPEG files that libjpeg-turbo's <c>cjpeg</c> writes give the pixels of its <c>djpeg</c>.</summary>
[Trait("Category", "Unit")]
public sealed class LibjpegTests : IDisposable
{
    private static readonly string[] Samplings =
    [
        "1x1,1x1,1x1", "2x1,1x1,1x1", "2x2,1x1,1x1", "1x2,1x1,1x1", "4x1,1x1,1x1", "4x2,1x1,1x1", "1x4,1x1,1x1",
        "2x2,2x1,1x2", "2x2,1x2,2x1", "2x1,2x1,2x1", "1x1,2x2,1x1", "3x1,1x1,1x1", "1x4,1x2,1x1", "2x2,2x2,1x1",
    ];

    private static readonly string[] Ways =
    [
        "", "-progressive", "-restart 1", "-restart 3B", "-optimize", "-grayscale", "-rgb", "-progressive -restart 2B",
        "-grayscale -progressive", "-rgb -progressive", "-smooth 20", "-dct fast",
    ];

    private static readonly int[] Qualities = [1, 10, 40, 75, 90, 95, 100];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task PixelsEqualThoseOfLibjpegTurbo()
    {
        Shell.HasOrSkip("cjpeg", "djpeg");
        const int Count = 400;
        var random = new Random(16);
        var script = new StringBuilder("set -e\n");
        var ways = new string[Count];
        for (int i = 0; i < Count; i++)
        {
            // Each way and each kind of sampling comes with small and with larger sizes.
            int width = i % 3 == 0 ? random.Next(1, 9) : random.Next(1, 71);
            int height = i % 4 == 0 ? random.Next(1, 9) : random.Next(1, 54);
            string way = Ways[i % Ways.Length], sampling = Samplings[i / Ways.Length % Samplings.Length];
            ways[i] = $"{width}x{height} -quality {Qualities[random.Next(Qualities.Length)]} {way}";
            ways[i] += way.StartsWith("-g", StringComparison.Ordinal) ? "" : $" -sample {sampling}";
            File.WriteAllBytes(folder[$"{i}.ppm"], Picture(random, width, height));
            script.Append($"cjpeg {ways[i][(ways[i].IndexOf(' ') + 1)..]} -outfile {i}.jpg {i}.ppm\n");
            script.Append($"djpeg -pnm -outfile {i}.colour {i}.jpg\n");
            script.Append($"djpeg -pnm -grayscale -outfile {i}.grey {i}.jpg\n");
        }

        (int exitCode, _, string error) = await Shell.Run(folder, $"{script}");
        Assert.True(exitCode == 0, error);

        using var decoder = new ImageDecoder();
        var image = new PlanarImage();
        List<string> differences = [];
        for (int i = 0; i < Count; i++)
        {
            byte[] file = File.ReadAllBytes(folder[$"{i}.jpg"]);
            decoder.Decode(file, ImageColor.Colour, image);
            Compare($"{i}.colour", ways[i], image, differences);
            decoder.Decode(file, ImageColor.Grey, image);
            Compare($"{i}.grey", ways[i], image, differences);
        }

        Assert.Equal([], differences);
    }

    // Areas of one colour, edges, and noise that is different from picture to picture.
    private static byte[] Picture(Random random, int width, int height)
    {
        int noise = random.Next(4) switch { 0 => 1, 1 => 20, 2 => 120, _ => 256 };
        byte[] header = Encoding.ASCII.GetBytes($"P6\n{width} {height}\n255\n");
        var pixels = new byte[3 * width * height];
        int[] color = [random.Next(256), random.Next(256), random.Next(256)];
        for (int i = 0; i < pixels.Length; i++)
        {
            if (random.Next(100) == 0)
            {
                color[i % 3] = random.Next(256);
            }

            pixels[i] = (byte)Math.Clamp(color[i % 3] + random.Next(noise) - (noise / 2), 0, 255);
        }

        return [.. header, .. pixels];
    }

    private void Compare(string name, string way, PlanarImage image, List<string> differences)
    {
        byte[] pnm = File.ReadAllBytes(folder[name]);
        int channels = pnm[1] == '5' ? 1 : 3, size = image.Height * image.Width;
        ReadOnlySpan<byte> expected = pnm.AsSpan(pnm.Length - (channels * size));
        string header = Encoding.ASCII.GetString(pnm.AsSpan(3, pnm.Length - (channels * size) - 3));
        Assert.Equal($"{image.Width} {image.Height}\n255\n", header);
        int greatest = 0;
        for (int c = 0; c < image.Channels; c++)
        {
            for (int i = 0; i < size; i++)
            {
                int sample = channels == 1 ? expected[i] : expected[(3 * i) + 2 - c];
                greatest = Math.Max(greatest, Math.Abs(sample - image.Plane(c)[i]));
            }
        }

        if (greatest > 0)
        {
            differences.Add($"{name} ({way}): {greatest}");
        }
    }
}
