using Cnn.Proto;
using Cnn.Runner.DataSets;
using Google.Protobuf;

namespace Cnn.Tests.Runner.DataSets;

[Trait("Category", "Unit")]
public class DatumBufferTests
{
    private readonly DatumBuffer buffer = new();

    [Theory]
    [InlineData(0, false)]
    [InlineData(300, true)]
    [InlineData(-7, true)]
    [InlineData(int.MinValue, false)]
    [InlineData(int.MaxValue, false)]
    public void AnImageHasTheBytesOfTheMessage(int label, bool saysRaw)
    {
        byte[] pixels = [.. Enumerable.Range(0, 600).Select(i => (byte)i)];
        var expected = new Datum
        {
            Channels = 3, Height = 10, Width = 20, Data = ByteString.CopyFrom(pixels), Label = label,
        };
        if (saysRaw)
        {
            expected.Encoded = false;
        }

        buffer.WriteImage(3, 10, 20, pixels, label, saysRaw);

        Assert.Equal(expected.ToByteArray(), buffer.Record.ToArray());
    }

    [Fact]
    public void AFileHasTheBytesOfTheMessage()
    {
        byte[] file = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];

        buffer.WriteFile(file, 5);

        var expected = new Datum { Data = ByteString.CopyFrom(file), Label = 5, Encoded = true };
        Assert.Equal(expected.ToByteArray(), buffer.Record.ToArray());
    }

    [Fact]
    public void FloatsHaveTheBytesOfTheMessage()
    {
        float[] values = [.. Enumerable.Range(0, 24).Select(i => i / 7f)];

        buffer.WriteFloats(2, 3, 4, values);

        var expected = new Datum { Channels = 2, Height = 3, Width = 4 };
        expected.FloatData.Add(values);
        Assert.Equal(expected.ToByteArray(), buffer.Record.ToArray());
    }

    [Fact]
    public void AShorterRecordLeavesNothingOfTheOneBefore()
    {
        buffer.WriteFile(new byte[1000], 5);
        buffer.WriteFile([1], 6);

        Assert.Equal(
            new Datum { Data = ByteString.CopyFrom(1), Label = 6, Encoded = true }.ToByteArray(),
            buffer.Record.ToArray());
    }
}
