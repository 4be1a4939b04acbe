using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Png;

namespace Cnn.Tests.Proto.Formats.Png;

[Trait("Category", "Unit")]
public sealed class PngImageTests : IDisposable
{
    private const string Reader =
        """
        #include <png.h>
        #include <stdlib.h>
        int main(int argc, char **argv)
        {
            FILE *in = fopen(argv[1], "rb"), *out = fopen(argv[3], "wb");
            char mode = argv[2][0];
            png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, 0, 0, 0);
            png_infop info = png_create_info_struct(png);
            png_uint_32 width, height;
            int depth, type, stored = 1, keys = 0;
            png_bytep alpha;
            png_color_16p key;
            png_init_io(png, in);
            png_read_info(png, info);
            png_get_IHDR(png, info, &width, &height, &depth, &type, 0, 0, 0);
            png_get_tRNS(png, info, &alpha, &keys, &key);
            if (type == PNG_COLOR_TYPE_RGB || type == PNG_COLOR_TYPE_PALETTE) stored = keys > 0 ? 4 : 3;
            else if (type != PNG_COLOR_TYPE_GRAY) stored = 4;
            int channels = mode == 'u' ? stored : mode == 'c' ? 3 : 1;
            if (depth == 16) png_set_strip_16(png);
            if (channels < 4) png_set_strip_alpha(png);
            else png_set_tRNS_to_alpha(png);
            if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
            if ((type & PNG_COLOR_MASK_COLOR) == 0 && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
            if ((type & PNG_COLOR_MASK_COLOR) && channels > 1) png_set_bgr(png);
            else if (channels > 1) png_set_gray_to_rgb(png);
            else png_set_rgb_to_gray(png, 1, 0.299, 0.587);
            png_set_interlace_handling(png);
            png_read_update_info(png, info);
            png_bytep *rows = malloc(height * sizeof(png_bytep));
            for (png_uint_32 y = 0; y < height; y++) rows[y] = calloc(1, width * 8 + 64);
            png_read_image(png, rows);
            for (png_uint_32 y = 0; y < height; y++) fwrite(rows[y], channels, width, out);
            return fclose(out);
        }
        """;

    private readonly TemporaryFolder folder = new();
    private readonly ImageDecoder decoder = new();
    private readonly PlanarImage image = new();

    public void Dispose()
    {
        decoder.Dispose();
        folder.Dispose();
    }

    // OpenCV's own calls of libpng, in C.
    [Fact]
    public async Task EveryKindHasThePixelsThatLibpngGivesToOpenCv()
    {
        Shell.HasOrSkip("gcc");
        folder.Write("reader.c", Reader);
        (int exitCode, _, string error) = await Shell.Run(folder, "gcc -O1 reader.c -o reader -lpng");
        Assert.SkipUnless(exitCode == 0, $"needs libpng-dev: {error}");

        var random = new Random(7);
        List<(string Name, byte[] File)> files = [];
        foreach (var (color, depth) in PngFiles.Kinds())
        {
            for (int i = 0; i < 8; i++)
            {
                int gamma = i switch { 2 => 45455, 3 => -1, 4 => 30000, 5 => 99000, _ => 0 };
                byte[] file = PngFiles.Random(random, color, depth, i % 2 == 1, i is 3 or 6, gamma);
                files.Add(($"{color}{depth}-{i}", file));
                await File.WriteAllBytesAsync(folder[files[^1].Name], file, TestContext.Current.CancellationToken);
            }
        }

        (exitCode, _, error) = await Shell.Run(
            folder, "for f in *-?; do for m in c g u; do ./reader $f $m $f.$m || exit 1; done; done");
        Assert.True(exitCode == 0, error);
        Assert.Equal([], files.SelectMany(f => Differences(f.Name, f.File)));
    }

    [Fact]
    public void TheOrientationOfEveryPlaceIsHeeded()
    {
        byte[] exif = [.. "MM\0*\0\0\0\u0008\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0\u0006\0\0\0\0\0\0"u8];
        byte[] file = PngFiles.Random(
            new Random(8), PngColor.Colour, 8, false, more: PngFiles.Chunk("eXIf", exif));
        decoder.Decode(file, ImageColor.Stored, image);
        (int height, int width) = (image.Height, image.Width);
        byte first = image.Pixels[0];
        decoder.Decode(file, ImageColor.Colour, image);
        Assert.Equal((width, height), (image.Height, image.Width));
        Assert.Equal(first, image.Pixels[height - 1]);
    }

    [Fact]
    public void DamageIsSeenByChecksums()
    {
        byte[] file = PngFiles.Random(new Random(9), PngColor.Palette, 8, false);
        int palette = file.AsSpan().IndexOf("PLTE"u8);
        file[palette + 5] ^= 1;
        Assert.Contains("damaged", Error(file));
        file[palette + 5] ^= 1;
        decoder.Decode(file, ImageColor.Colour, image);
        file[^14] ^= 1;
        file[^18] ^= 1;
        Assert.Contains("damaged", Error(file));
    }

    [Fact]
    public void PixelsThatWantADictionaryAreDamaged()
    {
        byte[] header = PngFiles.Chunk("IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
        byte[] pixels = PngFiles.Chunk("IDAT", [0x78, 0x20, 0, 0, 0, 1, 0x63, 0, 0, 0, 2, 0, 1]);

        Assert.Contains(
            "damaged", Error([0x89, .. "PNG\r\n\u001a\n"u8, .. header, .. pixels, .. PngFiles.Chunk("IEND", [])]));
    }

    private IEnumerable<string> Differences(string name, byte[] file)
    {
        foreach (var (mode, color) in new[]
            { ("c", ImageColor.Colour), ("g", ImageColor.Grey), ("u", ImageColor.Stored) })
        {
            if (color == ImageColor.Stored && name.Contains("16", StringComparison.Ordinal))
            {
                continue;
            }

            decoder.Decode(file, color, image);
            byte[] expected = File.ReadAllBytes(folder[$"{name}.{mode}"]);
            byte[] actual = new byte[image.Pixels.Length];
            for (int i = 0, size = image.Height * image.Width; i < actual.Length; i++)
            {
                actual[i] = image.Pixels[(i % image.Channels * size) + (i / image.Channels)];
            }

            if (!expected.SequenceEqual(actual))
            {
                yield return $"{name} {color}";
            }
        }
    }

    private string Error(byte[] file) =>
        Assert.Throws<CnnException>(() => decoder.Decode(file, ImageColor.Colour, image)).Message;
}
