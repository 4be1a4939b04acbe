using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Tests.Runner.DataSets;
using Google.Protobuf;

namespace Cnn.Tests.Runner.Commands;

/// <summary>
/// Compares databases record by record with ones that the test makes of the files by Caffe's rules.
/// </summary>
[Trait("Category", "Unit")]
public sealed class ConvertImagesetCommandTests : IDisposable
{
    private static readonly (string Name, int Label)[] Images =
    [
        ("a.png", 3), ("sub/b.jpg", 0), ("with space.png", -2), ("c.bmp", 7), ("grey.png", 1), ("alpha.png", 12),
    ];

    private readonly TemporaryFolder folder = new();

    public ConvertImagesetCommandTests()
    {
        TestImages.Write(folder["root/a.png"], TestImages.Image(1, 3, 11, 7));
        TestImages.Write(folder["root/sub/b.jpg"], TestImages.Image(2, 3, 16, 24));
        TestImages.Write(folder["root/with space.png"], TestImages.Image(3, 3, 5, 5));
        TestImages.Write(folder["root/c.bmp"], TestImages.Image(4, 3, 9, 9));
        TestImages.Write(folder["root/grey.png"], TestImages.Image(5, 1, 8, 6));
        TestImages.Write(folder["root/alpha.png"], TestImages.Image(6, 4, 8, 6));
        folder.Write("list.txt", string.Concat(Images.Select(i => $"{i.Name} {i.Label}\n")));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false, 0, 0)]
    [InlineData(true, 0, 0)]
    [InlineData(false, 6, 10)]
    [InlineData(true, 20, 3)]
    public void ImagesBecomeRawRecordsWithTheirPositionAndNameAsKey(bool gray, int height, int width)
    {
        CommandLine run = Run([
            .. gray ? ["--gray"] : Array.Empty<string>(),
            .. height > 0 ? ["-resize_height", $"{height}", $"--resize_width={width}"] : Array.Empty<string>(),
        ]);

        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        Assert.Equal($"Wrote {folder["db"]} (6 images)", run.Output.TrimEnd());
        var read = TestImages.ReadDatabase(folder["db"]);
        Assert.Equal(Images.Select((image, i) => $"{i:D8}_{image.Name}"), read.Select(r => r.Key));
        Assert.Equal(Images.Select(image => Raw(image, gray, height, width)), read.Select(r => r.Datum));
        Assert.Equal(["data.mdb"], Directory.GetFileSystemEntries(folder["db"]).Select(Path.GetFileName));
    }

    [Fact]
    public void EncodedRecordsHoldTheFilesThatAreAsTheyShouldBe()
    {
        CommandLine run = Run("--encoded");

        Assert.True(run.ExitCode == 0, run.Error);
        var read = TestImages.ReadDatabase(folder["db"]);
        for (int i = 0; i < Images.Length; i++)
        {
            var (name, label) = Images[i];
            Datum datum = read[i].Datum;
            Assert.Equal((label, true, false), (datum.Label, datum.Encoded, datum.HasChannels));
            byte[] file = File.ReadAllBytes(folder["root/" + name]);

            // A Data layer finds the channels of a file, so grey and transparent ones are written anew.
            bool isKept = name is not ("grey.png" or "alpha.png");
            Assert.Equal(isKept, datum.Data.Span.SequenceEqual(file));
            Assert.Equal(
                Decode(file, ImageColor.Colour).Pixels.ToArray(),
                Decode(datum.Data.ToByteArray(), ImageColor.Stored).Pixels.ToArray());
        }
    }

    [Theory]
    [InlineData("--encoded", "--resize_width=4", "--resize_height=6")]
    [InlineData("--encode_type=png", "--resize_width=4", "--resize_height=6")]
    public void ResizedImagesAreEncodedAnew(params string[] options)
    {
        Assert.Equal(0, Run(options).ExitCode);

        var read = TestImages.ReadDatabase(folder["db"]);
        Assert.All(read, r => Assert.True(r.Datum.Encoded));
        for (int i = 0; i < Images.Length; i++)
        {
            PlanarImage image = Decode(read[i].Datum.Data.ToByteArray(), ImageColor.Stored);
            Assert.Equal((3, 6, 4), (image.Channels, image.Height, image.Width));
            if (Images[i].Name != "sub/b.jpg" || options[0] != "--encoded")
            {
                Assert.Equal(Raw(Images[i], false, 6, 4).Data, image.Pixels.ToArray());
            }
        }
    }

    [Fact]
    public void ATypeAloneEncodesAndKeepsTheFilesOfThatType()
    {
        TestImages.Write(folder["root/d.JPEG"], TestImages.Image(7, 3, 8, 8));
        folder.Write("list.txt", "a.png 1\nsub/b.jpg 2\nd.JPEG 3\n");

        Assert.Equal(0, Run("--encode_type", "jpg").ExitCode);

        var read = TestImages.ReadDatabase(folder["db"]);
        Assert.True(read[0].Datum.Data.Span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]));
        Assert.Equal(File.ReadAllBytes(folder["root/sub/b.jpg"]), read[1].Datum.Data);
        Assert.Equal(File.ReadAllBytes(folder["root/d.JPEG"]), read[2].Datum.Data);
    }

    [Fact]
    public void WhatCannotBeReadIsToldAndItsPositionStaysFree()
    {
        File.WriteAllBytes(folder["root/c.bmp"], [1, 2, 3]);
        File.Delete(folder["root/with space.png"]);

        CommandLine run = Run("--threads", "3");

        Assert.Equal((0, $"Wrote {folder["db"]} (4 images, 2 skipped)"), (run.ExitCode, run.Output.TrimEnd()));
        string[] lines = run.Error.TrimEnd().Split('\n');
        Assert.StartsWith("image 2 ('with space.png') is skipped: cannot read '", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("image 3 ('c.bmp') is skipped: this is no image", lines[1], StringComparison.Ordinal);
        Assert.Equal(
            ["00000000_a.png", "00000001_sub/b.jpg", "00000004_grey.png", "00000005_alpha.png"],
            TestImages.ReadDatabase(folder["db"]).Select(r => r.Key));
    }

    [Fact]
    public void ShufflingIsAFunctionOfTheSeed()
    {
        Assert.Equal(0, Run("--shuffle").ExitCode);
        Assert.Equal(0, RunTo("again", "--shuffle", "--seed", "1", "--threads", "1").ExitCode);
        Assert.Equal(0, RunTo("other", "--shuffle", "--seed", "2").ExitCode);

        string[] names = Names("db");
        Assert.Equal(names, Names("again"));
        Assert.NotEqual(names, Names("other"));
        Assert.NotEqual(Images.Select(i => i.Name), names);
        Assert.Equal(Images.Select(i => i.Name).Order(), names.Order());

        string[] Names(string database) =>
            [.. TestImages.ReadDatabase(folder[database]).Select(r => r.Key["00000000_".Length..])];
    }

    [Theory]
    [InlineData]
    [InlineData("--encoded")]
    [InlineData("--gray", "--resize_width=30", "--resize_height=31", "--shuffle")]
    public void TheDatabaseHasTheSameBytesForAnyNumberOfThreads(params string[] options)
    {
        folder.Write("list.txt", string.Concat(
            Enumerable.Range(0, 500).Select(i => $"{(i % 9 == 5 ? "missing.png" : Images[i % 6].Name)} {i}\n")));

        Assert.Equal(0, RunTo("one", [.. options, "--threads", "1"]).ExitCode);
        Assert.Equal(0, RunTo("four", [.. options, "--threads", "4"]).ExitCode);

        Assert.Equal(File.ReadAllBytes(folder["one/data.mdb"]), File.ReadAllBytes(folder["four/data.mdb"]));
    }

    [Fact]
    public void AllMistakesOfAListAreToldBeforeAnythingIsWritten()
    {
        string list = folder.Write("list.txt", "a.png 1\nb.png\nc.png cat\n\nd.png 2\ne\t3\n");

        CommandLine run = Run();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{list}:2:", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{list}:3:7: 'cat' is no label", run.Error, StringComparison.Ordinal);
        Assert.Contains($"{list}:6:", run.Error, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("", "names no images")]
    [InlineData(null, "does not exist")]
    public void AListWithoutImagesIsRefused(string? content, string expected)
    {
        File.Delete(folder["list.txt"]);
        if (content is not null)
        {
            folder.Write("list.txt", content);
        }

        CommandLine run = Run();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public void DifferentSizesAreRefusedWhereTheyShouldNotBe()
    {
        CommandLine run = Run("--check_size");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "image 1 ('sub/b.jpg') is 3 x 16 x 24, the first is 3 x 11 x 7; resize the images", run.Error,
            StringComparison.Ordinal);
        AssertNothingIsLeft();
        Assert.Equal(0, Run("--check_size", "--resize_width=5", "--resize_height=5").ExitCode);
    }

    [Fact]
    public void ARootWithoutImagesIsAMistake()
    {
        CommandLine run = CommandLine.Run("convert_imageset", folder["root"], folder["list.txt"], folder["db"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("none of the 6 images can be read: 'a.png': cannot read '", run.Error);
        Assert.Contains($"is '{folder["root"]}' right? It is put in front of the names as it is", run.Error);
        AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("images are not written as 'tif'", "--encode_type", "tif")]
    [InlineData("databases of LevelDB are read here, not written", "--backend=leveldb")]
    [InlineData("--resize_width is -1, it must be 0 or more", "--resize_width=-1", "--resize_height=5")]
    [InlineData("images of 5 x 100000 are too large", "--resize_width=100000", "--resize_height=5")]
    public void AWrongOptionIsToldBeforeAnythingIsWritten(string expected, params string[] options)
    {
        CommandLine run = Run(options);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [Fact]
    public void OneSideAloneResizesNothingAsInCaffeButIsTold()
    {
        CommandLine run = Run("--resize_width=5");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("only one is given, so nothing is resized", run.Error, StringComparison.Ordinal);
        Assert.Equal(Raw(Images[0], false, 0, 0), TestImages.ReadDatabase(folder["db"])[0].Datum);
    }

    [Fact]
    public void WhatIsThereIsNeverOverwritten()
    {
        folder.Write("db", "mine");

        CommandLine run = Run();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("db' exists already; remove it or write to another name", run.Error);
        Assert.Equal("mine", File.ReadAllText(folder["db"]));
    }

    [Fact]
    public async Task LmdbsOwnToolsReadTheDatabase()
    {
        Shell.OrSkip();
        Assert.SkipUnless(
            (await Shell.Run(folder, "command -v mdb_stat && command -v mdb_dump")).ExitCode == 0,
            "needs mdb_stat and mdb_dump");
        Assert.Equal(0, Run("--encoded").ExitCode);

        var (exitCode, output, error) = await Shell.Run(folder, "mdb_stat -e db && mdb_dump db");

        Assert.True(exitCode == 0, error);
        Assert.Contains("Entries: 6", output, StringComparison.Ordinal);
        foreach (var (key, datum) in TestImages.ReadDatabase(folder["db"]))
        {
            Assert.Contains(
                $" {Convert.ToHexStringLower(Encoding.UTF8.GetBytes(key))}\n "
                    + $"{Convert.ToHexStringLower(datum.ToByteArray())}\n",
                output,
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task WhatIsFinishedIsKeptAndResumeEndsInTheSameBytes(string signal)
    {
        Shell.OrSkip();
        folder.Write("list.txt", string.Concat(Enumerable.Range(0, 6_000).Select(i => $"sub/b.jpg {i}\n")));
        string[] arguments =
            ["convert_imageset", "--resize_width=60", "--resize_height=70", "root/", "list.txt", "db"];
        using (CnnProcess run = CnnProcess.Start(folder.Path, arguments))
        {
            string data = folder["db.partial/data.mdb"];
            await run.WaitUntil(() => File.Exists(data) && new FileInfo(data).Length > 2_000_000);
            run.Signal(signal);
            var (exitCode, _, error) = await run.Finish();
            if (signal == "INT")
            {
                Assert.Equal(130, exitCode);
                Assert.Matches(
                    @"cnn: \d+ of 6000 images are finished and kept in 'db.partial'; --resume goes on from there\s+"
                        + "cnn: interrupted",
                    error);
            }
        }

        Assert.False(Path.Exists(folder["db"]));
        using (CnnProcess run = CnnProcess.Start(folder.Path, [.. arguments, "--resume"]))
        {
            var (exitCode, _, error) = await run.Finish();
            Assert.True(exitCode == 0, error);
        }

        using (CnnProcess run = CnnProcess.Start(folder.Path, [.. arguments[..^1], "whole"]))
        {
            Assert.Equal(0, (await run.Finish()).ExitCode);
        }

        Assert.False(Path.Exists(folder["db.partial"]));
        Assert.Equal(["data.mdb"], Directory.GetFileSystemEntries(folder["db"]).Select(Path.GetFileName));
        Assert.True(
            File.ReadAllBytes(folder["db/data.mdb"]).AsSpan().SequenceEqual(
                File.ReadAllBytes(folder["whole/data.mdb"])));
    }

    private CommandLine Run(params string[] options) => RunTo("db", options);

    private CommandLine RunTo(string database, params string[] options) => CommandLine.Run(
        ["convert_imageset", .. options, folder["root"] + "/", folder["list.txt"], folder[database]]);

    private void AssertNothingIsLeft() => Assert.Empty(Directory.GetFileSystemEntries(folder.Path, "*db*"));

    private Datum Raw((string Name, int Label) image, bool gray, int height, int width)
    {
        PlanarImage decoded = Decode(
            File.ReadAllBytes(folder["root/" + image.Name]), gray ? ImageColor.Grey : ImageColor.Colour);
        if (height > 0)
        {
            var resized = new PlanarImage();
            ImageResizer.Resize(decoded, height, width, resized);
            decoded = resized;
        }

        Datum datum = TestImages.Raw(decoded, image.Label);
        datum.Encoded = false;
        return datum;
    }

    private static PlanarImage Decode(byte[] file, ImageColor color)
    {
        using var decoder = new ImageDecoder();
        var image = new PlanarImage();
        decoder.Decode(file, color, image);
        return image;
    }
}
