using Cnn.Layers.Data;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public class MemoryDataLayerTests
{
    private const string Size = "batch_size: 2 channels: 1 height: 1 width: 3";

    [Fact]
    public void BatchesComeInOrderAndStartAgain()
    {
        using LayerHarness harness = Make();
        Assert.Equal([2], harness.Tops[1].Shape);
        Layer(harness).Reset(Numbers(12), Numbers(4));
        foreach (int first in new[] { 0, 2, 0, 2 })
        {
            harness.Forward();
            Assert.Equal(Numbers(12)[(first * 3)..((first * 3) + 6)], harness.Top);
            Assert.Equal(Numbers(4)[first..(first + 2)], harness.Tops[1].Data.ToArray());
            harness.Clock.Pass++;
        }

        Assert.Equal([2, 1, 1, 3], harness.Tops[0].Shape);
        Assert.Equal([2, 1, 1, 1], harness.Tops[1].Shape);
    }

    [Fact]
    public void NewDataBeginWithTheNextPass()
    {
        using LayerHarness harness = Make();
        Layer(harness).Reset(Numbers(12), Numbers(4));
        harness.Forward();
        harness.Clock.Pass++;
        Layer(harness).Reset(Numbers(18, 100), Numbers(6, 100));
        harness.Forward();
        Assert.Equal([100, 101], harness.Tops[1].Data.ToArray());
        harness.Clock.Pass += 2;
        harness.Forward();
        Assert.Equal([104, 105], harness.Tops[1].Data.ToArray());
    }

    [Fact]
    public void PassesAllocateNothing()
    {
        using LayerHarness harness = Make();
        Layer(harness).Reset(Numbers(12), Numbers(4));
        harness.AssertAllocatesNothing();
    }

    [Fact]
    public void AddedRecordsAreTransformed()
    {
        using LayerHarness harness = Make(
            "transform_param { scale: 2 mean_value: 1 crop_size: 1 }", "batch_size: 2 channels: 1 height: 1 width: 1");
        Layer(harness).Add(
        [
            new Datum { Channels = 1, Height = 3, Width = 1, Label = 7, Data = ByteString.CopyFrom(1, 200, 3) },
            new Datum { Channels = 1, Height = 3, Width = 1, Label = 8, FloatData = { 0, -0.5f, 0 } },
        ]);
        harness.Forward();
        Assert.Equal([7, 8], harness.Tops[1].Data.ToArray());
        Assert.All(harness.Top[..1], value => Assert.Contains(value, new float[] { 0, 398, 4 }));
        Assert.All(harness.Top[1..], value => Assert.Contains(value, new float[] { -2, -3 }));
    }

    [Fact]
    public void APassWithoutDataIsAnError()
    {
        using LayerHarness harness = Make();
        var exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains("no data yet", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Theory]
    [InlineData("channels: 1 height: 1 width: 3", "batch_size")]
    [InlineData("batch_size: 2 height: 1 width: 3", "channels is missing")]
    [InlineData("batch_size: 2 channels: 1 height: 0 width: 3", "height is missing")]
    [InlineData("batch_size: 2 channels: 1 height: 1 width: 4294967295", "too large")]
    [InlineData("batch_size: 2000 channels: 1000 height: 1000 width: 1000", "too many")]
    [InlineData("batch_size: 2 channels: 65536 height: 65536 width: 65536", "too many")]
    public void ASizeThatCannotBeIsAnError(string options, string expected) => Assert.Contains(
        expected, Assert.Throws<CnnException>(() => Make("", options)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(9, 3, "multiple of the batch size 2")]
    [InlineData(0, 0, "multiple of the batch size 2")]
    [InlineData(11, 4, "3 values a label")]
    public void DataThatDoNotFitAreAnError(int values, int labels, string expected)
    {
        using LayerHarness harness = Make();
        var exception = Assert.Throws<CnnException>(() => Layer(harness).Reset(Numbers(values), Numbers(labels)));
        Assert.Contains(expected, exception.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("channels: 1 height: 1 width: 4 data: 'abcd'", "makes an image of 1 x 1 x 4")]
    [InlineData("channels: 1 height: 1 width: 3 data: 'ab'", "is not a raw image")]
    [InlineData("channels: 1 height: -1 width: -3 data: 'abc'", "is not a raw image")]
    [InlineData("channels: 1 height: 1 width: 3 data: 'abc' encoded: true", "record 0 cannot be decoded: ")]
    public void ARecordThatDoesNotFitIsAnError(string record, string expected)
    {
        using LayerHarness harness = Make();
        var datum = TextFormat.Parse<Datum>(record, "datum");
        var exception = Assert.Throws<CnnException>(() => Layer(harness).Add([datum, datum]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    private static LayerHarness Make(string options = "", string size = Size) =>
        new($"type: 'MemoryData' memory_data_param {{ {size} }} {options}", [], tops: 2, threads: 1);

    private static MemoryDataLayer Layer(LayerHarness harness) => (MemoryDataLayer)harness.Layer;

    private static float[] Numbers(int count, int first = 0) =>
        [.. Enumerable.Range(first, count).Select(i => (float)i)];
}
