using System.Text.Json;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Tests.Proto.Formats.Idx;
using Cnn.Tests.Runner.DataSets;
using Google.Protobuf;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class DataInspectCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ADatabaseIsCountedAndWhatDoesNotDecodeIsNamed(int threads)
    {
        WriteMixed(folder["db"]);

        CommandLine run = Run(folder["db"], "--threads", $"{threads}");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"""
            {folder["db"]}: LMDB database, 7 images (3 raw, 1 float, 1 encoded)

            size       images
            1 x 4 x 4       3
            2 x 1 x 3       1
            3 x 5 x 6       1

            label    images
               -1         1  ##############
                0         1  ##############
                3         3  ########################################

            2 cannot be decoded:
              5 ('00000005'): this is no image of a known format; JPEG, PNG, BMP and WebP are decoded
              6 ('00000006'): it is 3 x 2 x 2 but has 5 values

            """,
            run.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void JsonHoldsTheSame()
    {
        WriteMixed(folder["db"]);

        CommandLine run = Run(folder["db"], "--json");

        Assert.Equal(1, run.ExitCode);
        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("LMDB database", json.GetProperty("kind").GetString());
        Assert.Equal(7, json.GetProperty("count").GetInt32());
        Assert.Equal(3, json.GetProperty("records").GetProperty("raw").GetInt32());
        Assert.Equal(
            """{"channels":1,"height":4,"width":4,"count":3}""", Compact(json.GetProperty("sizes")[0]));
        Assert.Equal("""{"label":3,"count":3}""", Compact(json.GetProperty("labels")[2]));
        Assert.Equal(2, json.GetProperty("bad_count").GetInt32());
        Assert.Equal("00000006", json.GetProperty("bad")[1].GetProperty("name").GetString());

        static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
    }

    [Fact]
    public void AFolderOfClassesHasTheirNames()
    {
        for (int i = 0; i < 6; i++)
        {
            TestImages.Write(folder[$"pets/{(i < 4 ? "cat" : "dog")}/{i}.png"], TestImages.Image(i, 3, 8, 9));
        }

        TestImages.Write(folder["pets/dog/grey.png"], TestImages.Image(9, 1, 8, 9));
        CommandLine run = Run(folder["pets"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(": folder of classes, 7 images (7 encoded)", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 x 8 x 9       6\n1 x 8 x 9       1\n", run.Output.ReplaceLineEndings("\n"));
        Assert.Contains("    0  cat        4  ####", run.Output, StringComparison.Ordinal);
        Assert.Contains("    1  dog        3  ####", run.Output, StringComparison.Ordinal);

        Assert.Equal(0, CommandLine.Run("data", "images", folder["pets"], "--to", folder["db"]).ExitCode);
        Assert.Contains("    0  cat        4  ####", Run(folder["db"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AListNamesTheFilesThatAreMissing()
    {
        TestImages.Write(folder["root/a.png"], TestImages.Image(1, 3, 8, 9));
        string list = folder.Write("list.txt", "a.png 4\nb.png 5\n");

        CommandLine run = Run(list, "--root", folder["root"] + "/");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(": image list, 2 images (1 encoded)", run.Output, StringComparison.Ordinal);
        Assert.Contains("  1 ('b.png'): cannot read '", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void AnIdxPairIsFoundByTheNameOfItsImages()
    {
        File.WriteAllBytes(folder["t10k-images-idx3-ubyte.gz"], IdxFiles.Gzip(IdxFiles.Images(25, 4, 3)));
        string images = folder["t10k-images-idx3-ubyte.gz"];
        Assert.Contains("idx images without labels, 25 images (25 raw)", Run(images).Output);

        File.WriteAllBytes(folder["other"], IdxFiles.Labels(25));
        Assert.Contains("idx images and labels, 25 images (25 raw)", Run(images, folder["other"]).Output);

        File.WriteAllBytes(folder["t10k-labels-idx1-ubyte.gz"], IdxFiles.Labels(25));
        CommandLine run = Run(images);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("idx images and labels, 25 images (25 raw)", run.Output, StringComparison.Ordinal);
        Assert.Contains("    4         3  ####", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void CifarsFilesAreCountedTogetherOrAlone()
    {
        byte[] records = new byte[20 * 3073];
        records[3073] = 9;
        File.WriteAllBytes(folder["data_batch_2.bin"], records);
        File.WriteAllBytes(folder["test_batch.bin"], records[..(3 * 3073)]);

        Assert.Contains("CIFAR-10 records, 23 images (23 raw)", Run(folder.Path).Output, StringComparison.Ordinal);
        Assert.Contains("CIFAR-10 records, 3 images", Run(folder["test_batch.bin"]).Output, StringComparison.Ordinal);
        File.WriteAllBytes(folder["test_batch.bin"], records[..100]);
        CommandLine damaged = Run(folder["test_batch.bin"]);
        Assert.Equal((1, ""), (damaged.ExitCode, damaged.Output));
        Assert.Contains("is not records of 3073 bytes", damaged.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ALevelDbDatabaseIsToldApart()
    {
        string database = Repository.PathOf("Runner.Tests", "Goldens", "layers", "DataLevelDb", "db");

        CommandLine run = Run(database);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(": LevelDB database, ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ASheetShowsTheFirstImagesInTheirOrder()
    {
        var colours = new (byte Blue, byte Green, byte Red)[] { (250, 0, 0), (0, 250, 0), (0, 0, 250), (9, 90, 200) };
        TestImages.WriteDatabase(folder["db"], colours.Select((colour, i) =>
        {
            var image = new PlanarImage();
            image.SetSize(3, 20, 40);
            image.Plane(0).Fill(colour.Blue);
            image.Plane(1).Fill(colour.Green);
            image.Plane(2).Fill(colour.Red);
            return TestImages.Raw(image, i);
        }));

        CommandLine run = Run(folder["db"], "--sheet", folder["sheet.png"], "--sheet-images", "3");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"Wrote {folder["sheet.png"]}", run.Output, StringComparison.Ordinal);
        using var decoder = new ImageDecoder();
        var sheet = new PlanarImage();
        decoder.Decode(File.ReadAllBytes(folder["sheet.png"]), ImageColor.Colour, sheet);
        Assert.Equal((204, 204), (sheet.Height, sheet.Width));
        Assert.Equal((250, 0, 0), At(52, 52));
        Assert.Equal((0, 250, 0), At(52, 152));
        Assert.Equal((0, 0, 250), At(152, 52));
        Assert.Equal((255, 255, 255), At(152, 152));
        Assert.Equal((255, 255, 255), At(20, 52));

        (int, int, int) At(int y, int x)
        {
            int place = (y * sheet.Width) + x;
            return (sheet.Plane(0)[place], sheet.Plane(1)[place], sheet.Plane(2)[place]);
        }
    }

    [Fact]
    public void ASheetTakesRecordsOfAnyKind()
    {
        WriteMixed(folder["db"]);

        CommandLine run = Run(folder["db"], "--sheet", folder["sheet.png"]);

        Assert.Equal(1, run.ExitCode);
        Assert.True(File.Exists(folder["sheet.png"]));
    }

    [Fact]
    public void WhatIsNoSourceIsNamed()
    {
        Assert.Contains("does not exist", Run(folder["nowhere"]).Error, StringComparison.Ordinal);
        Assert.Contains("holds no folders", Run(folder.Path).Error, StringComparison.Ordinal);
        Assert.Contains("has no label", Run(folder.Write("text", "hello\n")).Error, StringComparison.Ordinal);
        CommandLine run = Run(folder.Path, "--sheet-images", "0");
        Assert.Contains("--sheet-images is 0, it must be 1 or more", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    private static CommandLine Run(params string[] arguments) => CommandLine.Run(["data", "inspect", .. arguments]);

    private static void WriteMixed(string path)
    {
        var floats = new Datum { Channels = 2, Height = 1, Width = 3 };
        floats.FloatData.Add([-1f, 0.5f, float.NaN, 3, 4, 5]);
        TestImages.WriteDatabase(
            path,
            [
                .. Enumerable.Range(0, 3).Select(i => TestImages.Raw(TestImages.Image(i, 1, 4, 4), i == 1 ? -1 : 3)),
                floats,
                new Datum
                {
                    Data = ByteString.CopyFrom(ImageEncoder.Encode(TestImages.Image(4, 3, 5, 6), "png")),
                    Label = 3,
                    Encoded = true,
                },
                new Datum { Data = ByteString.CopyFromUtf8("GIF?"), Encoded = true },
                new Datum { Channels = 3, Height = 2, Width = 2, Data = ByteString.CopyFrom(new byte[5]) },
            ]);
    }
}
