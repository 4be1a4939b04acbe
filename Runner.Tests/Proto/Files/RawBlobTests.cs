using Cnn.Proto;
using Cnn.Proto.Formats;
using Google.Protobuf;
using RawType = Cnn.Proto.BlobProto.Types.RawType;

namespace Cnn.Tests.Proto.Files;

/// <summary>Values that NVIDIA's fork stores as bytes.</summary>
[Trait("Category", "Unit")]
public class RawBlobTests
{
    // 1, 2, -0.5, infinity, the smallest half above 0.
    private static readonly byte[] Halves = [0x00, 0x3C, 0x00, 0x40, 0x00, 0xB8, 0x00, 0x7C, 0x01, 0x00];

    [Fact]
    public void HalfPrecisionIsReadAsFloatsExactly()
    {
        var blob = new BlobProto { RawDataType = RawType.Float16, RawData = ByteString.CopyFrom(Halves) };
        BlobProto values = RawBlob.WithValues(blob);
        Assert.Equal([1f, 2f, -0.5f, float.PositiveInfinity, 1 / 16_777_216f], values.Data);
        Assert.False(values.HasRawData || values.HasRawDataType);
        Assert.True(blob.HasRawData);
    }

    [Fact]
    public void GradientsAndTheOtherRealTypesAreReadToo()
    {
        BlobProto values = RawBlob.WithValues(new BlobProto
        {
            RawData = ByteString.CopyFrom(BitConverter.GetBytes(0.1)),
            RawDiffType = RawType.Float,
            RawDiff = ByteString.CopyFrom(BitConverter.GetBytes(0.1f)),
        });
        Assert.Equal([0.1], values.DoubleData);
        Assert.Equal([0.1f], values.Diff);
    }

    [Fact]
    public void OrdinaryValuesWinAndOtherBytesStay()
    {
        var both = new BlobProto { Data = { 3 }, RawDataType = RawType.Float16, RawData = ByteString.CopyFrom(Halves) };
        var odd = new BlobProto { RawDataType = RawType.Float16, RawData = ByteString.CopyFrom(Halves[1..]) };
        var integers = new BlobProto { RawDataType = RawType.Int, RawData = ByteString.CopyFrom(Halves[..8]) };
        Assert.All([both, odd, integers, new BlobProto()], blob => Assert.Same(blob, RawBlob.WithValues(blob)));
    }

    [Theory]
    [InlineData("w.prototxt")]
    [InlineData("w.yaml")]
    public void TextHoldsThemAsNumbersThatAnyCaffeReads(string name)
    {
        using var folder = new TemporaryFolder();
        var blob = new BlobProto
        {
            Shape = new BlobShape { Dim = { 5 } },
            RawDataType = RawType.Float16,
            RawData = ByteString.CopyFrom(Halves),
        };
        var net = new NetParameter { Layer = { new LayerParameter { Name = "a", Type = "Bias", Blobs = { blob } } } };
        ProtoFile.Save(net, folder[name]);
        Assert.DoesNotContain("raw_data", File.ReadAllText(folder[name]), StringComparison.Ordinal);
        Assert.Equal(RawBlob.WithValues(blob), ProtoFile.LoadNet(folder[name]).Message.Layer[0].Blobs[0]);
        Assert.True(net.Layer[0].Blobs[0].HasRawData);
    }

    [Fact]
    public void WeightsInTextMayBeBytes()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(
            "w.prototxt",
            "layer { name: 'a' blobs { shape { dim: 2 } raw_data_type: FLOAT16 raw_data: '\\000\\074\\000\\100' } }");
        using WeightsFile file = WeightsFile.Open(path);
        var values = new float[2];
        file.Layers[0].Blobs[0]!.Data.CopyTo(values);
        Assert.Equal([1f, 2f], values);
    }
}
