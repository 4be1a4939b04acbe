using Cnn.Layers.Data.Digits;
using Cnn.Proto;
using Cnn.Proto.Formats.Idx;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Runner.DataSets;

namespace Cnn.Tests.Layers.Data.Digits;

[Trait("Category", "Unit")]
public sealed class DigitsExporterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheDatabaseHoldsTheStream()
    {
        DigitsExporter.Write(
            folder["db"], 30, 9, DataSetFormat.Lmdb, first: 100, cancel: TestContext.Current.CancellationToken);
        using LmdbReader reader = LmdbReader.Open(folder["db"]);
        Assert.Equal(30, reader.Count);
        Assert.Equal("00000007"u8.ToArray(), reader.Key(7).ToArray());
        Datum datum = Datum.Parser.ParseFrom(reader.Value(7).ToArray());
        var pixels = new byte[784];
        Assert.Equal(DigitRenderer.Draw(DigitRenderer.Key(9), 107, pixels), datum.Label);
        Assert.Equal(pixels, datum.Data.ToByteArray());
        Assert.Equal((1, 28, 28), (datum.Channels, datum.Height, datum.Width));
    }

    [Fact]
    public void TheIdxFilesHoldTheStream()
    {
        IReadOnlyList<string> written = DigitsExporter.Write(
            folder["idx"], 30, 9, DataSetFormat.Idx, cancel: TestContext.Current.CancellationToken);
        IdxFile images = IdxFile.ReadImages(written[0]), labels = IdxFile.ReadLabels(written[1]);
        var pixels = new byte[784];
        Assert.Equal(DigitRenderer.Draw(DigitRenderer.Key(9), 29, pixels), labels.Data[29]);
        Assert.Equal(pixels, images.Data[(29 * 784)..]);
        Assert.Throws<CnnException>(() => DigitsExporter.Write(
            folder["idx"], 30, 9, DataSetFormat.Idx, cancel: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void ImpossibleCountsAreRefused() =>
        Assert.Contains(
            "choose",
            Assert.Throws<CnnException>(() => DigitsExporter.Write(
                folder["x"], 0, cancel: TestContext.Current.CancellationToken)).Message);
}
