using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Tests.Engine.Solvers;
using Google.Protobuf;

namespace Cnn.Tests.Layers;

/// <summary>
/// <c>blobs</c> in a definition: a layer keeps the shape with which they are written, as Caffe does.
/// </summary>
[Trait("Category", "Unit")]
public sealed class StoredParameterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>Layers, the counts of their parameters, and the bottom's shape where it is not [2, 2, 3, 3].</summary>
    public static TheoryData<string, int[], int[]> Layers => new()
    {
        { "type: 'InnerProduct' inner_product_param { num_output: 2 }", [36, 2], [] },
        { "type: 'Convolution' convolution_param { num_output: 2 kernel_size: 3 }", [36, 2], [] },
        { "type: 'Deconvolution' convolution_param { num_output: 2 kernel_size: 2 }", [16, 2], [] },
        { "type: 'Scale' scale_param { bias_term: true }", [2, 2], [] },
        { "type: 'Bias'", [2], [] },
        { "type: 'PReLU'", [2], [] },
        { "type: 'BatchNorm'", [2, 2, 1], [] },
        { "type: 'Embed' embed_param { num_output: 2 input_dim: 3 }", [6, 2], [4] },
        { "type: 'LSTM' recurrent_param { num_output: 2 }", [24, 8, 16], [2, 3, 3] },
        { "type: 'RNN' recurrent_param { num_output: 2 }", [6, 2, 4, 4, 2], [2, 3, 3] },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Layers))]
    public void ShapesAreKeptAndOnlyCountsMatter(string layer, int[] counts, int[] bottom)
    {
        using Net plain = Build(layer, counts, bottom, Shaped.AsTheLayers);
        using Net kept = Build(layer, counts, bottom, Shaped.WithOnes);
        using Net legacy = Build(layer, counts, bottom, Shaped.Legacy);
        Forward(plain);

        foreach (Net net in (Net[])[kept, legacy])
        {
            Forward(net);
            Assert.Equal(counts.Select(count => $"1 1 1 {count} ({count})"), Shapes(net));
            Assert.Equal(plain.Blobs["y"].Data.ToArray(), net.Blobs["y"].Data.ToArray());
            Assert.Equal(plain.Blobs["y"].ShapeText, net.Blobs["y"].ShapeText);
        }
    }

    [Fact]
    public void TheShapesAreSavedAgain()
    {
        string definition = "type: 'InnerProduct' inner_product_param { num_output: 2 }", path = folder["w.caffemodel"];
        using Net net = Build(definition, [36, 2], [], Shaped.WithOnes);

        net.SaveWeights(path);

        using WeightsFile file = WeightsFile.Open(path);
        IReadOnlyList<StoredBlob?> blobs = file.Layers.Single(l => l.Name == "layer").Blobs;
        Assert.Equal(["1 1 1 36", "1 1 1 2"], blobs.Select(blob => blob!.ShapeText));
    }

    [Fact]
    public void ANetThatStartsFromThemTrains()
    {
        using var pool = new WorkerPool(1);
        Solver solver = Training.Prepare(
            """
            net_param {
              layer { name: 'x' type: 'DummyData' top: 'x' top: 't'
                dummy_data_param { shape { dim: 2 dim: 3 } shape { dim: 2 dim: 2 } data_filler { value: 1 } } }
              layer { name: 'ip' type: 'InnerProduct' bottom: 'x' top: 'y' inner_product_param { num_output: 2 }
                blobs { shape { dim: 2 dim: 3 } data: [1, 1, 1, 1, 1, 1] }
                blobs { shape { dim: [1, 1, 1, 2] } data: [5, 5] } }
              layer { name: 'loss' type: 'EuclideanLoss' bottom: 'y' bottom: 't' top: 'loss' }
            }
            base_lr: 0.1 lr_policy: 'fixed' momentum: 0.9 max_iter: 2 snapshot_after_train: false
            """,
            pool);

        Assert.True(solver.Solve());

        Assert.Equal([1, 1, 1, 2], solver.TrainNet.FindLayer("ip").Parameters[1].Shape.ToArray());
        Assert.NotEqual(5, solver.TrainNet.FindLayer("ip").Parameters[1].Data[0]);
    }

    [Theory]
    [InlineData("shape { dim: 3 } data: [1, 2, 3]", "stored parameter 1 has shape 3, the layer's has 2 (2)")]
    [InlineData("shape { dim: [1, 2] } data: 1", "stored parameter 1 holds 1 values, its shape needs 2")]
    [InlineData("shape { dim: [-1, -2] } data: [1, 2]", "stored parameter 1 has an impossible dimension -1")]
    [InlineData("num: 2 data: [1, 2]", "stored parameter 1 has shape 2 0 0 0, the layer's has 2 (2)")]
    [InlineData("data: [1, 2]", "stored parameter 1 has shape , the layer's has 2 (2)")]
    public void ACountThatIsNotTheLayersIsRefusedWithBothShapes(string bias, string expected)
    {
        string path = folder.Write("net.prototxt", $$"""
            layer { name: 'in' type: 'Input' top: 'x' input_param { shape { dim: [1, 2] } } }
            layer { name: 'ip' type: 'InnerProduct' bottom: 'x' top: 'y' inner_product_param { num_output: 2 }
              blobs { shape { dim: [2, 2] } data: [1, 2, 3, 4] } blobs { {{bias}} } }
            """);

        var error = Assert.Throws<CnnException>(() => Net.Load(path));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal("ip", error.Diagnostics[0].Layer);
    }

    [Fact]
    public void HalfPrecisionValuesInADefinitionAreRead()
    {
        // raw_data_type FLOAT16 and raw_data, as NVIDIA's fork writes them.
        byte[] half = [10 << 3, 2, (12 << 3) | 2, 4, 0x00, 0x3C, 0x00, 0xB8];
        BlobProto proto = BlobProto.Parser.ParseFrom(
            [.. new BlobProto { Shape = new BlobShape { Dim = { 2, 1 } } }.ToByteArray(), .. half]);

        Blob blob = BlobFormat.ToBlob(proto, "the blob");

        Assert.Equal([2, 1], blob.Shape.ToArray());
        Assert.Equal([1, -0.5f], blob.Data.ToArray());
    }

    private static IEnumerable<string> Shapes(Net net) =>
        net.FindLayer("layer").Parameters.Select(blob => blob.ShapeText);

    private static void Forward(Net net)
    {
        foreach (string name in (string[])["x", "cont"])
        {
            if (net.Blobs.TryGetValue(name, out Blob? blob))
            {
                for (int i = 0; i < blob.Count; i++)
                {
                    blob.Data[i] = name == "cont" ? 1 : i % 3;
                }
            }
        }

        net.Forward();
    }

    private Net Build(string layer, int[] counts, int[] bottom, Shaped shaped)
    {
        bool isRecurrent = layer.Contains("recurrent", StringComparison.Ordinal);
        string shape = string.Join(", ", bottom.Length == 0 ? [2, 2, 3, 3] : bottom);
        var parameter = TextFormat.Parse<NetParameter>($$"""
            layer { name: 'in' type: 'Input' top: 'x' {{(isRecurrent ? "top: 'cont'" : "")}}
              input_param { shape { dim: [{{shape}}] } {{(isRecurrent ? "shape { dim: [2, 3] }" : "")}} } }
            layer { name: 'layer' bottom: 'x' {{(isRecurrent ? "bottom: 'cont'" : "")}} top: 'y' {{layer}} }
            """, "net.prototxt");
        using Net empty = Load(parameter);
        for (int i = 0; i < counts.Length; i++)
        {
            var blob = new BlobProto { Data = { Enumerable.Range(0, counts[i]).Select(v => 1 + (v % 5 * 0.25f)) } };
            if (shaped == Shaped.Legacy)
            {
                (blob.Num, blob.Channels, blob.Height, blob.Width) = (1, 1, 1, counts[i]);
            }
            else
            {
                blob.Shape = shaped == Shaped.WithOnes
                    ? new BlobShape { Dim = { 1, 1, 1, counts[i] } }
                    : StoredShape.Message(empty.FindLayer("layer").Parameters[i].Shape);
            }

            parameter.Layer[1].Blobs.Add(blob);
        }

        return Load(parameter);
    }

    private Net Load(NetParameter definition)
    {
        string path = folder["net.prototxt"];
        ProtoFile.Save(definition, path);
        return Net.Load(path);
    }

    private enum Shaped
    {
        AsTheLayers,
        WithOnes,
        Legacy,
    }
}
