using Cnn.Fillers;
using Cnn.Proto;
using Cnn.Tests.Layers;
using Google.Protobuf;
using PureHDF;

namespace Cnn.Tests.Fillers;

[Trait("Category", "Unit")]
public sealed class FileFillerTests : IDisposable
{
    private static readonly float[] Six = [1, 2, 3, 4, 5, 6];

    private readonly TemporaryFolder folder = new();

    public FileFillerTests()
    {
        BlobProto blob = Blob([2, 3], Six), bias = Blob([2], [7, 8]);
        var old = new BlobProto { Num = 1, Channels = 1, Height = 2, Width = 3, Data = { Six } };
        Save("blob.binaryproto", blob);
        Save("old.binaryproto", old);
        Save("doubles.bin", new BlobProto { Shape = blob.Shape, DoubleData = { 1, 2, 3, 4, 5, 6 } });
        Save("short.binaryproto", new BlobProto { Shape = blob.Shape, Data = { 1, 2 } });
        var ip = new LayerParameter { Name = "ip", Type = "InnerProduct", Blobs = { blob, bias } };
        var relu = new LayerParameter { Name = "relu", Type = "ReLU" };
        Save("one.caffemodel", new NetParameter { Layer = { relu, ip } });
        Save("one.weights", new NetParameter { Name = "named", ForceBackward = true, Layer = { relu, ip } });
        Save(
            "two.caffemodel",
            new NetParameter { Layer = { ip, new LayerParameter { Name = "other", Blobs = { bias } } } });
        Save("none.caffemodel", new NetParameter { Layer = { relu } });
        new H5File
        {
            ["data"] = new H5Group
            {
                ["ip"] = new H5Group
                {
                    ["0"] = new float[,] { { 1, 2, 3 }, { 4, 5, 6 } },
                    ["1"] = new float[] { 7, 8 },
                },
                ["relu"] = new H5Group(),
            },
        }.Write(folder["weights.h5"]);
        folder.Write(
            "text.prototxt",
            "layer { name: 'ip' type: 'InnerProduct' blobs { shape { dim: 2 dim: 3 } data: [1, 2, 3, 4, 5, 6] } }");
        folder.Write("damaged.caffemodel", "\u0001\u0002 no weights");
    }

    [Theory]
    [InlineData("file: 'blob.binaryproto'")]
    [InlineData("file: 'old.binaryproto'")]
    [InlineData("file: 'doubles.bin'")]
    [InlineData("file: 'one.caffemodel'")]
    [InlineData("file: 'one.weights'")]
    [InlineData("file: 'two.caffemodel' file_layer: 'ip'")]
    [InlineData("file: 'two.caffemodel' file_layer: 'ip' file_blob: 0")]
    [InlineData("file: 'weights.h5'")]
    [InlineData("file: 'weights.h5' file_layer: 'ip'")]
    [InlineData("file: 'text.prototxt'")]
    public void TheValuesAreThoseOfTheFile(string options) => Assert.Equal(Six, Fill(options, 2, 3));

    [Theory]
    [InlineData("file: 'one.caffemodel' file_blob: 1")]
    [InlineData("file: 'two.caffemodel' file_layer: 'other'")]
    [InlineData("file: 'weights.h5' file_layer: 'ip' file_blob: 1")]
    public void AnyBlobOfAnyLayerMayBeTaken(string options) => Assert.Equal([7, 8], Fill(options, 2));

    [Theory]
    [InlineData("", "names no file")]
    [InlineData("file: 'blob.binaryprot'", "'blob.binaryprot' does not exist")]
    [InlineData("file: '.'", "is a folder")]
    [InlineData("file: 'blob.binaryproto' file_blob: 1", "no blob 1")]
    [InlineData("file: 'short.binaryproto'", "has shape 2 3 but 2 values")]
    [InlineData("file: 'two.caffemodel'", "name one as file_layer: ip, other")]
    [InlineData("file: 'two.caffemodel' file_layer: 'othr'", "did you mean 'other'?")]
    [InlineData("file: 'two.caffemodel' file_layer: 'other' file_blob: 7", "no blob 7 of layer 'other'")]
    [InlineData("file: 'weights.h5' file_blob: 2", "file_blob is 0 to 1")]
    [InlineData("file: 'weights.h5' file_layer: 'no'", "no layer 'no'")]
    [InlineData("file: 'none.caffemodel'", "0 layers with blobs")]
    [InlineData("file: 'damaged.caffemodel'", "damaged.caffemodel")]
    [InlineData("file: 'one.caffemodel' sparse: 2", "no sparse form")]
    [InlineData("file: 'one.caffemodel' file_blob: 1", "has shape 2, the blob to fill has shape 2 3")]
    [InlineData("file: 'two.caffemodel' file_layer: 'other' file_blob: 0", "shape 2,")]
    public void WhatIsWrongIsSaid(string options, string expected) => Assert.Contains(
        expected, Assert.Throws<CnnException>(() => Fill(options, 2, 3)).ToString(), StringComparison.Ordinal);

    [Fact]
    public void ATransposedBlobIsOfAnotherShape() => Assert.Contains(
        "has shape 2 3, the blob to fill has shape 3 2",
        Assert.Throws<CnnException>(() => Fill("file: 'one.caffemodel'", 3, 2)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void AnOldShapeFitsABlobOfFewerAxes() => Assert.Equal(Six, Fill("file: 'old.binaryproto'", 1, 2, 3));

    [Fact]
    public void LayersFillTheirBlobsFromFiles()
    {
        string filler = $"type: 'file' file: '{folder["one.caffemodel"]}'";
        using var harness = new LayerHarness(
            $"type: 'InnerProduct' inner_product_param {{ num_output: 2 weight_filler {{ {filler} }} "
                + $"bias_filler {{ {filler} file_blob: 1 }} }}",
            [[1, 3]]);
        harness.Set(0, 1, 0, -1);
        harness.Forward();
        Assert.Equal([1 - 3 + 7, 4 - 6 + 8], harness.Top);
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'InnerProduct' inner_product_param {{ num_output: 2 weight_filler {{ {filler} }} }}", [[1, 4]]));
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    public void Dispose() => folder.Dispose();

    private static BlobProto Blob(int[] shape, float[] values)
    {
        var proto = new BlobProto { Shape = new BlobShape(), Data = { values } };
        proto.Shape.Dim.Add(shape.Select(d => (long)d));
        return proto;
    }

    private void Save(string name, IMessage message) => File.WriteAllBytes(folder[name], message.ToByteArray());

    // The file is in the definition's folder, like a net's files.
    private float[] Fill(string options, params int[] shape)
    {
        var parameter = TextFormat.Parse<FillerParameter>($"type: 'file' {options}", "filler");
        var values = new float[shape.Aggregate(1, (a, b) => a * b)];
        new FillerRegistry().Create(parameter, new PathResolver(folder["net.prototxt"]))
            .Fill(values, shape, new PhiloxRandom(1));
        return values;
    }
}
