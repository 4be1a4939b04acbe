using global::Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Wire;
using Google.Protobuf;

namespace Cnn.Tests.Proto.Formats;

[Trait("Category", "Unit")]
public class WeightsFileTests
{
    [Fact]
    public void EveryWayToStoreNumbersIsRead()
    {
        using var folder = new TemporaryFolder();
        byte[] blob =
        [
            .. new BlobProto { Shape = new BlobShape { Dim = { 7 } }, Data = { 1, 2 } }.ToByteArray(),

            // A second packed run, then three floats with a tag each, as old protobuf writers wrote them.
            .. new BlobProto { Data = { 3, 4 } }.ToByteArray(),
            .. Tagged(5), .. Tagged(6), .. Tagged(7),
        ];

        float[] values = Read(folder, Net(NetParameter.LayerFieldNumber, Layer("ip", blob)), "ip");

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], values);
    }

    [Fact]
    public void DoublesComeAsFloatsAndWinOverFloats()
    {
        using var folder = new TemporaryFolder();
        var both = new BlobProto { Shape = new BlobShape { Dim = { 2 } }, Data = { 9, 9 }, DoubleData = { 0.1, -2 } };
        byte[] blob = both.ToByteArray();

        Assert.Equal([0.1f, -2], Read(folder, Net(NetParameter.LayerFieldNumber, Layer("ip", blob)), "ip"));
    }

    [Fact]
    public void LayersOfTheFormatsOf2013And2014AreRead()
    {
        using var folder = new TemporaryFolder();
        var net = new NetParameter();
        var blob = new BlobProto { Num = 1, Channels = 1, Height = 1, Width = 2, Data = { 4, 5 } };
        net.Layers.Add(new V1LayerParameter { Name = "newer", Blobs = { blob } });
        net.Layers.Add(new V1LayerParameter { Layer = new V0LayerParameter { Name = "older", Blobs = { blob } } });
        string path = folder["old.caffemodel"];
        File.WriteAllBytes(path, net.ToByteArray());

        using WeightsFile file = WeightsFile.Open(path);

        Assert.Equal(["newer", "older"], file.Layers.Select(l => l.Name));
        foreach (StoredLayer layer in file.Layers)
        {
            StoredBlob stored = Assert.Single(layer.Blobs)!;
            Assert.True(stored.IsLegacy);
            Assert.True(stored.Fits([2]));
            Assert.True(stored.Fits([1, 2]));
            Assert.False(stored.Fits([2, 1]));
            var values = new float[2];
            stored.Data.CopyTo(values);
            Assert.Equal([4, 5], values);
        }
    }

    [Fact]
    public void WeightsInTextAreRead()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(
            "net.prototxt", "layer { name: 'ip' type: 'InnerProduct' blobs { shape { dim: 2 } data: [1.5, 2] } }");

        using WeightsFile file = WeightsFile.Open(path);
        var values = new float[2];
        file.Layers[0].Blobs[0]!.Data.CopyTo(values);

        Assert.Equal([1.5f, 2], values);
    }

    [Theory]
    [InlineData(0, "000000000000F03F000000000000E0BF", new[] { 1, -0.5f })]
    [InlineData(1, "0000803F000000BF", new[] { 1, -0.5f })]
    [InlineData(2, "003C00B8", new[] { 1, -0.5f })]
    [InlineData(3, "01000000FEFFFFFF", new[] { 1f, -2 })]
    [InlineData(4, "01000000FEFFFFFF", new[] { 1f, 4294967294 })]
    [InlineData(5, "0100", new[] { 1f, 0 })]
    public void ValuesAsRawBytesOfTheForksTypesAreRead(int type, string raw, float[] expected)
    {
        using var folder = new TemporaryFolder();
        byte[] blob = Raw(type, Convert.FromHexString(raw), [2]);

        Assert.Equal(expected, Read(folder, Net(NetParameter.LayerFieldNumber, Layer("ip", blob)), "ip"));
    }

    [Fact]
    public void GradientsAsRawBytesAreReadToo()
    {
        using var folder = new TemporaryFolder();
        string path = folder["net.caffemodel"];
        byte[] blob = [.. Raw(2, [0, 0x3C], [1]), (11 << 3) | 0, 2, (13 << 3) | 2, 2, 0, 0xC0];
        File.WriteAllBytes(path, Net(NetParameter.LayerFieldNumber, Layer("ip", blob)));
        using WeightsFile file = WeightsFile.Open(path);
        var diff = new float[1];

        file.Layers[0].Blobs[0]!.Diff!.CopyTo(diff);

        Assert.Equal([-2], diff);
    }

    [Fact]
    public void PlainValuesWinOverRawBytes()
    {
        using var folder = new TemporaryFolder();
        byte[] blob = [.. Raw(2, [0, 0x3C], [1]), .. new BlobProto { Data = { 9 } }.ToByteArray()];

        Assert.Equal([9], Read(folder, Net(NetParameter.LayerFieldNumber, Layer("ip", blob)), "ip"));
    }

    [Theory]
    [InlineData(2, 3, "3 bytes are no whole number of 16-bit numbers")]
    [InlineData(6, 2, "raw values are of type 6, the types are 0 to 5")]
    public void RawBytesThatAreNoNumbersAreRefused(int type, int length, string expected)
    {
        using var folder = new TemporaryFolder();
        byte[] layer = Layer("ip", Raw(type, new byte[length], [1]));

        var error = Assert.Throws<CnnException>(() => Read(folder, Net(NetParameter.LayerFieldNumber, layer), "ip"));

        Assert.Contains("net.caffemodel: is damaged at byte", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RawBytesInAMessageAreReadAsTheyAreInAFile()
    {
        StoredBlob blob = StoredBlob.From(BlobProto.Parser.ParseFrom(Raw(2, [0, 0x3C, 0, 0x40], [2, 1])));
        var values = new float[2];
        blob.Data.CopyTo(values);

        Assert.Equal([1, 2], values);
        Assert.Equal("2 1", blob.ShapeText);
    }

    [Fact]
    public void UnknownGroupsAreSkippedAtEveryLevel()
    {
        using var folder = new TemporaryFolder();

        // Fields 300 of the net, of the layer and of the blob, the first with a group in it.
        byte[] group = [0xE3, 0x12, 0x08, 1, 0x1B, 0x22, 1, 7, 0x1C, 0xE4, 0x12];
        byte[] blob = [.. group, .. new BlobProto { Data = { 1, 2 } }.ToByteArray(), .. group];
        byte[] layer = [.. group, .. Layer("ip", blob), .. group];
        byte[] net = [.. group, .. Net(NetParameter.LayerFieldNumber, layer), .. group];

        Assert.Equal([1, 2], Read(folder, net, "ip"));
    }

    [Fact]
    public void AFileWithoutLayersIsClosedAgain()
    {
        using var folder = new TemporaryFolder();
        string path = folder["none.safetensors"];
        File.WriteAllBytes(path, [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']);

        Assert.Contains("holds no layers", Assert.Throws<CnnException>(() => WeightsFile.Open(path)).Message);
        using FileStream exclusive = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.True(exclusive.CanWrite);
    }

    [Fact]
    public void AFileCutAtAnyPlaceIsRefusedOrHoldsFewerLayers()
    {
        using var folder = new TemporaryFolder();
        byte[] blob = new BlobProto { Shape = new BlobShape { Dim = { 3 } }, Data = { 1, 2, 3 } }.ToByteArray();
        byte[] whole =
        [
            .. Net(NetParameter.LayerFieldNumber, Layer("a", blob)),
            .. Net(NetParameter.LayerFieldNumber, Layer("b", blob)),
        ];
        string path = folder["cut.caffemodel"];
        int refused = 0;
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            try
            {
                using WeightsFile file = WeightsFile.Open(path);
                Assert.Equal("a", Assert.Single(file.Layers).Name);
            }
            catch (CnnException exception)
            {
                refused++;
                Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
            }
        }

        Assert.Equal(whole.Length - 1, refused);
    }

    [Theory]
    [InlineData(1, 9)]
    [InlineData(2, 6)]
    [InlineData(3, 0)]
    public void AMessageOfAnotherKindIsRefused(int field, int wireType)
    {
        using var folder = new TemporaryFolder();
        string path = folder["other.caffemodel"];
        File.WriteAllBytes(path, [(byte)((field << 3) | (wireType & 7)), 1, 2, 3, 4, 5, 6, 7, 8]);

        string error = Assert.Throws<CnnException>(() => WeightsFile.Open(path)).Message;

        Assert.StartsWith(path, error, StringComparison.Ordinal);
    }

    private static float[] Read(TemporaryFolder folder, byte[] content, string layer)
    {
        string path = folder["net.caffemodel"];
        File.WriteAllBytes(path, content);
        using WeightsFile file = WeightsFile.Open(path);
        StoredBlob blob = Assert.Single(file.Layers.Single(l => l.Name == layer).Blobs)!;
        var values = new float[blob.Data.Count];
        blob.Data.CopyTo(values);
        return values;
    }

    private static byte[] Raw(int type, byte[] raw, long[] shape) =>
    [
        .. new BlobProto { Shape = new BlobShape { Dim = { shape } } }.ToByteArray(),
        10 << 3, (byte)type,
        (12 << 3) | 2, (byte)raw.Length, .. raw,
    ];

    private static byte[] Tagged(float value) =>
        [(BlobProto.DataFieldNumber << 3) | 5, .. BitConverter.GetBytes(value)];

    private static byte[] Layer(string name, byte[] blob)
    {
        using var stream = new MemoryStream();
        var writer = new WireWriter(stream);
        writer.Fields(new LayerParameter { Name = name, Type = "InnerProduct" });
        writer.Bytes(LayerParameter.BlobsFieldNumber, blob);
        return stream.ToArray();
    }

    private static byte[] Net(int field, byte[] layer)
    {
        using var stream = new MemoryStream();
        new WireWriter(stream).Bytes(field, layer);
        return stream.ToArray();
    }
}
