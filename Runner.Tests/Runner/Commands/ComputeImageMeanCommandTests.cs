using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Tests.Runner.DataSets;
using Google.Protobuf;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class ComputeImageMeanCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void TheMeanOfPixelsIsTheExactSumByTheCount(int threads)
    {
        const int Count = 300;
        PlanarImage[] images = [.. Enumerable.Range(0, Count).Select(i => TestImages.Image(i, 3, 7, 5))];
        TestImages.WriteDatabase(folder["db"], images.Select(i => TestImages.Raw(i, 1)));

        CommandLine run = Run(folder["db"], folder["mean.binaryproto"], "--threads", $"{threads}");

        Assert.True(run.ExitCode == 0, run.Error);
        BlobProto mean = BlobProto.Parser.ParseFrom(File.ReadAllBytes(folder["mean.binaryproto"]));
        Assert.Equal((1, 3, 7, 5), (mean.Num, mean.Channels, mean.Height, mean.Width));
        Assert.Null(mean.Shape);
        Assert.Equal(
            Enumerable.Range(0, 105).Select(i => (float)(images.Sum(image => (long)image.Pixels[i]) / (double)Count)),
            mean.Data);
        for (int c = 0; c < 3; c++)
        {
            double channel = mean.Data.Skip(35 * c).Take(35).Average(v => (double)v);
            Assert.Contains($"] mean_value channel [{c}]: {(float)channel:g6}", run.Error, StringComparison.Ordinal);
        }

        Assert.Contains("] Number of channels: 3", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void FloatsAndImageFilesCountAsTheirPixels()
    {
        PlanarImage[] images = [.. Enumerable.Range(0, 3).Select(i => TestImages.Image(i, 3, 4, 6))];
        var floats = new Datum { Channels = 3, Height = 4, Width = 6 };
        floats.FloatData.Add(images[2].Pixels.ToArray().Select(p => p + 0.25f));
        TestImages.WriteDatabase(
            folder["db"],
            [
                new Datum { Data = ByteString.CopyFrom(ImageEncoder.Encode(images[0], "png")), Encoded = true },
                TestImages.Raw(images[1], 2),
                floats,
            ]);

        Assert.Equal(0, Run(folder["db"], folder["mean"], "--backend=lmdb").ExitCode);

        BlobProto mean = BlobProto.Parser.ParseFrom(File.ReadAllBytes(folder["mean"]));
        Assert.Equal(
            Enumerable.Range(0, 72).Select(i => (float)((images.Sum(image => image.Pixels[i]) + 0.25) / 3)), mean.Data);
    }

    [Fact]
    public void WithoutAFileTheMeansAreLogged()
    {
        TestImages.WriteDatabase(folder["db"], [TestImages.Raw(TestImages.Image(1, 1, 1, 1), 0)]);

        CommandLine run = Run(folder["db"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.Contains("mean_value channel [0]: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ALevelDbDatabaseIsReadToo()
    {
        string? database = Directory.EnumerateFiles(Repository.PathOf("Runner.Tests", "Goldens"), "CURRENT",
            SearchOption.AllDirectories).Select(Path.GetDirectoryName).FirstOrDefault();
        Assert.SkipWhen(database is null, "no golden database of LevelDB is here");

        Assert.Equal(0, Run(database!, folder["mean"]).ExitCode);
        Assert.Equal(0, Run(database!, "--backend", "leveldb").ExitCode);

        CommandLine wrong = Run(database!, "--backend", "lmdb");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("it looks like LevelDB", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AnImageOfAnotherSizeIsNamedByItsKey()
    {
        TestImages.WriteDatabase(
            folder["db"],
            Enumerable.Range(0, 200).Select(i => TestImages.Raw(TestImages.Image(i, 1, 2, i == 150 ? 3 : 2), 0)));

        AssertFails("record 150 ('00000150') of '", "it is 1 x 2 x 3, the first is 1 x 2 x 2; a mean is of images of");
    }

    [Fact]
    public void ARecordThatIsNoImageIsNamedByItsKey()
    {
        TestImages.WriteDatabase(
            folder["db"],
            [
                TestImages.Raw(TestImages.Image(0, 1, 2, 2), 0),
                new Datum { Data = ByteString.CopyFromUtf8("no image"), Encoded = true },
            ]);

        AssertFails("record 1 ('00000001') of '", "this is no image of a known format");
    }

    [Fact]
    public void AnEmptyDatabaseHasNoMean()
    {
        TestImages.WriteDatabase(folder["db"], []);

        AssertFails("holds no records");
    }

    [Fact]
    public void AMissingFolderForTheFileIsToldBeforeTheWork()
    {
        CommandLine run = Run(folder["nowhere"], folder["missing/mean"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("there is no folder '", run.Error, StringComparison.Ordinal);
    }

    private void AssertFails(params string[] texts)
    {
        CommandLine run = Run(folder["db"], folder["mean"], "--threads", "3");

        Assert.Equal(1, run.ExitCode);
        Assert.All(texts, text => Assert.Contains(text, run.Error, StringComparison.Ordinal));
        Assert.False(File.Exists(folder["mean"]));
    }

    private static CommandLine Run(params string[] arguments) => CommandLine.Run(["compute_image_mean", .. arguments]);
}
