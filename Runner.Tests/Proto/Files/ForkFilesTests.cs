using Cnn.Proto;
using Cnn.Proto.Formats;
using Google.Protobuf;

namespace Cnn.Tests.Proto.Files;

/// <summary>
/// Binary files of forks, whose fields have numbers that are other fields of ours: they are read, and written back byte
/// for byte.
/// </summary>
[Trait("Category", "Unit")]
public sealed class ForkFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("PSPNet's interp_param { height: 33 width: 33 }, our input_param", 143, "08211021")]
    [InlineData("Microsoft's roi_pooling_param, our swish_param", 147, "080710071D0000803D")]
    [InlineData("Microsoft's smooth_l1_loss_param { sigma: 3 }, our clip_param, which requires max", 148, "0D00004040")]
    [InlineData("R-FCN's box_annotator_ohem_param, our plugin_param", 10000, "0880013D0000803F")]
    [InlineData("SegNet's upsample_param { scale: 2 }, our embed_param", 137, "0802")]
    [InlineData("a packed list where ours is one number", 137, "0A03010203")]
    [InlineData("SSD's permute_param, none of ours", 202, "080008020803")]
    public void AFieldWithANumberOfOursIsKeptByteForByte(string what, int number, string content)
    {
        byte[] parameter = Convert.FromHexString(content);
        byte[] bytes = NetOf(Layer(LengthDelimited(number, parameter)));
        File.WriteAllBytes(folder["a.caffemodel"], bytes);

        NetDefinition net = NetDefinition.Load(folder["a.caffemodel"]);
        net.Save(folder["b.caffemodel"]);
        using var weights = WeightsFile.Open(folder["a.caffemodel"]);

        Assert.Equal((what, Convert.ToHexString(bytes)), (
            what, Convert.ToHexString(File.ReadAllBytes(folder["b.caffemodel"]))));
        Assert.Equal("conv", Assert.Single(weights.Layers).Name);
        Assert.Equal(2, weights.Layers[0].Blobs[0]!.Data.Count);
    }

    [Fact]
    public void KnownAndUnknownFieldsOfAMessageAreKeptInAnyOrder()
    {
        // R-FCN's psroi_pooling_param { spatial_scale: 0.0625 output_dim: 21 group_size: 7 }, our idx_data_param.
        byte[] bytes = NetOf(Layer(LengthDelimited(10001, Convert.FromHexString("0D0000803D10151807"))));
        File.WriteAllBytes(folder["a.caffemodel"], bytes);

        NetDefinition.Load(folder["a.caffemodel"]).Save(folder["b.caffemodel"]);

        Assert.Equal(bytes.Order(), File.ReadAllBytes(folder["b.caffemodel"]).Order());
    }

    [Theory]
    [InlineData("NVIDIA's forward_type, our parameter_param", 145)]
    [InlineData("NVIDIA's backward_math, our clip_param", 148)]
    [InlineData("MyCaffe's own, our convolution_param", 106)]
    public void AFieldOfAnotherWireTypeIsKeptByteForByte(string what, int number)
    {
        byte[] bytes = NetOf(Layer([.. Varint((ulong)number << 3), 2]));
        File.WriteAllBytes(folder["a.caffemodel"], bytes);

        NetDefinition net = NetDefinition.Load(folder["a.caffemodel"]);
        net.Save(folder["b.caffemodel"]);

        Assert.Equal((what, Convert.ToHexString(bytes)), (
            what, Convert.ToHexString(File.ReadAllBytes(folder["b.caffemodel"]))));
    }

    [Fact]
    public void WeightsOfC3dHaveFiveAxes()
    {
        // layers { name: "c" blobs { num: 2 channels: 1 length: 1 height: 1 width: 3 data: 6 floats } }
        byte[] values = [.. Enumerable.Range(0, 6).SelectMany(i => BitConverter.GetBytes(i + 0.5f))];
        byte[] blob = [8, 2, 16, 1, 24, 1, 32, 1, 40, 3, .. LengthDelimited(6, values)];
        byte[] layer = [.. LengthDelimited(4, "c"u8.ToArray()), .. LengthDelimited(6, blob)];
        File.WriteAllBytes(folder["c3d.caffemodel"], LengthDelimited(2, layer));

        using var weights = WeightsFile.Open(folder["c3d.caffemodel"]);

        StoredBlob stored = weights.Layers[0].Blobs[0]!;
        Assert.Equal("2 1 1 1 3", stored.ShapeText);
        Assert.True(stored.Fits([2, 1, 1, 1, 3]));
        Assert.False(stored.Fits([2, 1, 1, 3, 1]));
        Assert.Null(stored.Diff);
        var read = new float[6];
        stored.Data.CopyTo(read);
        Assert.Equal([0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f], read);

        // The same, as a message in memory.
        StoredBlob again = StoredBlob.From(ProtoFile.LoadNet(folder["c3d.caffemodel"]).Message.Layer[0].Blobs[0]);
        Assert.Equal("2 1 1 1 3", again.ShapeText);
        again.Data.CopyTo(read);
        Assert.Equal(5.5f, read[5]);
    }

    [Fact]
    public void ABiasOfC3dFitsAnArrayOfOneAxis()
    {
        byte[] blob = [8, 1, 16, 1, 24, 1, 32, 1, 40, 2, .. LengthDelimited(6, new byte[8])];
        StoredBlob stored = StoredBlob.From(BlobProto.Parser.ParseFrom(blob));

        Assert.True(stored.Fits([2]));
    }

    // layer { name: "conv" type: "Convolution" blobs { shape { dim: 2 } data: [1, 2] } } and a field.
    private static byte[] Layer(byte[] field)
    {
        var layer = new LayerParameter { Name = "conv", Type = "Convolution" };
        layer.Blobs.Add(new BlobProto { Shape = new BlobShape { Dim = { 2 } }, Data = { 1, 2 } });
        return [.. layer.ToByteArray(), .. field];
    }

    private static byte[] NetOf(byte[] layer) => LengthDelimited(NetParameter.LayerFieldNumber, layer);

    private static byte[] LengthDelimited(int field, byte[] content) =>
        [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
