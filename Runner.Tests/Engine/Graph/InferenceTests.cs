using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

/// <summary>A net for inference computes the same as a net that keeps all blobs, in less memory.</summary>
[Trait("Category", "Unit")]
public sealed class InferenceTests
{
    private const string Filler = "weight_filler { type: 'gaussian' std: 0.1 }";
    private const string BiasFiller = "bias_filler { type: 'uniform' min: -1 max: 1 }";

    private const string Data =
        "layer { name: 'data' type: 'Input' top: 'data' input_param { shape { dim: 2 dim: 32 dim: 24 dim: 24 } } }";

    // Winograd tiles, groups, strides, tops with their own names and in place, branches, a slope, a Scale without a
    // BatchNorm.
    private const string Branches =
        "layer { name: 'conv1' type: 'Convolution' bottom: 'data' top: 'conv1' convolution_param { num_output: 40 "
        + "kernel_size: 3 pad: 1 bias_term: false " + Filler + " } }"
        + "layer { name: 'bn1' type: 'BatchNorm' bottom: 'conv1' top: 'bn1' }"
        + "layer { name: 'scale1' type: 'Scale' bottom: 'bn1' top: 'scale1' scale_param { bias_term: true } }"
        + "layer { name: 'relu1' type: 'ReLU' bottom: 'scale1' top: 'relu1' }"
        + "layer { name: 'conv2' type: 'Convolution' bottom: 'relu1' top: 'conv2' convolution_param { num_output: 24 "
        + "kernel_size: 5 stride: 2 pad: 2 group: 2 " + Filler + BiasFiller + " } }"
        + "layer { name: 'bn2' type: 'BatchNorm' bottom: 'conv2' top: 'conv2' }"
        + "layer { name: 'scale2' type: 'Scale' bottom: 'conv2' top: 'conv2' scale_param { bias_term: true } }"
        + "layer { name: 'relu2' type: 'ReLU' bottom: 'conv2' top: 'conv2' relu_param { negative_slope: 0.1 } }"
        + "layer { name: 'side' type: 'Convolution' bottom: 'relu1' top: 'side' convolution_param { num_output: 24 "
        + "kernel_size: 1 stride: 2 " + Filler + BiasFiller + " } }"
        + "layer { name: 'bn3' type: 'BatchNorm' bottom: 'side' top: 'bn3' }"
        + "layer { name: 'sum' type: 'Eltwise' bottom: 'conv2' bottom: 'bn3' top: 'sum' }"
        + "layer { name: 'scale3' type: 'Scale' bottom: 'sum' top: 'scale3' }"
        + "layer { name: 'pool' type: 'Pooling' bottom: 'scale3' top: 'pool' "
        + "pooling_param { kernel_size: 3 stride: 2 } }"
        + "layer { name: 'flat' type: 'Flatten' bottom: 'pool' top: 'flat' }"
        + "layer { name: 'ip' type: 'InnerProduct' bottom: 'flat' top: 'ip' inner_product_param { num_output: 10 "
        + Filler + " } }"
        + "layer { name: 'prob' type: 'Softmax' bottom: 'ip' top: 'prob' }";

    private const string Plain =
        "layer { name: 'conv1' type: 'Convolution' bottom: 'data' top: 'conv1' convolution_param { num_output: 40 "
        + "kernel_size: 3 pad: 1 " + Filler + BiasFiller + " } }"
        + "layer { name: 'relu1' type: 'ReLU' bottom: 'conv1' top: 'conv1' }"
        + "layer { name: 'norm' type: 'LRN' bottom: 'conv1' top: 'norm' }"
        + "layer { name: 'pool1' type: 'Pooling' bottom: 'norm' top: 'pool1' "
        + "pooling_param { kernel_size: 2 stride: 2 } }"
        + "layer { name: 'conv2' type: 'Convolution' bottom: 'pool1' top: 'conv2' convolution_param { num_output: 30 "
        + "kernel_size: 5 group: 2 " + Filler + BiasFiller + " } }"
        + "layer { name: 'relu2' type: 'ReLU' bottom: 'conv2' top: 'relu2' relu_param { negative_slope: 0.2 } }"
        + "layer { name: 'left' type: 'Convolution' bottom: 'relu2' top: 'left' convolution_param { num_output: 8 "
        + "kernel_size: 1 " + Filler + " } }"
        + "layer { name: 'right' type: 'Pooling' bottom: 'relu2' top: 'right' "
        + "pooling_param { kernel_size: 3 stride: 1 pad: 1 } }"
        + "layer { name: 'join' type: 'Concat' bottom: 'left' bottom: 'right' top: 'join' }"
        + "layer { name: 'ip' type: 'InnerProduct' bottom: 'join' top: 'ip' inner_product_param { num_output: 10 "
        + Filler + " } }";

    [Fact]
    public void LayersThatAConvolutionTakesInCostOneRoundingAtMost()
    {
        using Net plain = Net.Build(NetDefinition.Parse(Data + Branches));
        using Net inference = Net.Build(
            NetDefinition.Parse(Data + Branches), new NetOptions { Inference = true, Keep = ["sum"] });
        Statistics(plain);
        Statistics(inference);
        foreach (int images in (int[])[2, 5, 1])
        {
            Fill(plain, images);
            Fill(inference, images);
            plain.Forward();
            inference.Forward();
            foreach (string name in (string[])["sum", "prob"])
            {
                Span<float> expected = plain.FindBlob(name).Data, actual = inference.FindBlob(name).Data;
                Assert.Equal(expected.Length, actual.Length);
                float most = 0;
                foreach (float value in expected)
                {
                    most = Math.Max(most, Math.Abs(value));
                }

                for (int i = 0; i < expected.Length; i++)
                {
                    Assert.Equal(expected[i], actual[i], 1e-5f * most);
                }
            }
        }

        string[] folded = [.. inference.Layers.Where(l => l.IsFolded).Select(l => l.Name)];
        Assert.Equal(["bn1", "scale1", "relu1", "bn2", "scale2", "relu2", "bn3", "sum"], folded);
    }

    // The kinds of convolution that a sum can follow: pixels or outputs in the vectors, Winograd, several taps with a
    // stride, depthwise, packed patches.
    [Theory]
    [InlineData("num_output: 40 kernel_size: 1", "num_output: 40 kernel_size: 1", 24)]
    [InlineData("num_output: 40 kernel_size: 1", "num_output: 40 kernel_size: 1", 7)]
    [InlineData("num_output: 40 kernel_size: 3 pad: 1", "num_output: 40 kernel_size: 3 pad: 1", 24)]
    [InlineData("num_output: 40 kernel_size: 3 pad: 1 stride: 2", "num_output: 40 kernel_size: 1 stride: 2", 24)]
    [InlineData("num_output: 32 kernel_size: 3 pad: 1 group: 32", "num_output: 32 kernel_size: 1", 13)]
    [InlineData("num_output: 5 kernel_size: 3 pad: 1 stride: 2", "num_output: 5 kernel_size: 1 stride: 2", 9)]
    [InlineData("num_output: 40 kernel_size: 1", "num_output: 40 kernel_size: 1", 1)]
    public void ASumAndItsRectifierArePartOfTheConvolutionBeforeThem(string body, string shortcut, int size)
    {
        string net =
            $"layer {{ name: 'data' type: 'Input' top: 'data' input_param {{ shape {{ dim: 2 dim: 32 dim: {size} "
            + $"dim: {size} }} }} }}"
            + "layer { name: 'shortcut' type: 'Convolution' bottom: 'data' top: 'shortcut' convolution_param { "
            + shortcut + " " + Filler + BiasFiller + " } }"
            + "layer { name: 'body' type: 'Convolution' bottom: 'data' top: 'body' convolution_param { "
            + body + " " + Filler + BiasFiller + " } }"
            + "layer { name: 'scale' type: 'Scale' bottom: 'body' top: 'body' scale_param { bias_term: true } }"
            + "layer { name: 'sum' type: 'Eltwise' bottom: 'shortcut' bottom: 'body' top: 'sum' }"
            + "layer { name: 'relu' type: 'ReLU' bottom: 'sum' top: 'sum' relu_param { negative_slope: 0.25 } }";
        using Net plain = Net.Build(NetDefinition.Parse(net));
        using Net inference = Net.Build(NetDefinition.Parse(net), new NetOptions { Inference = true });
        inference.ShareParametersOf(plain);
        foreach (int images in (int[])[2, 1, 3])
        {
            Fill(plain, images, size);
            Fill(inference, images, size);
            plain.Forward();
            inference.Forward();
            Span<float> expected = plain.FindBlob("sum").Data, actual = inference.FindBlob("sum").Data;
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], actual[i], 1e-5f * Math.Max(1, Math.Abs(expected[i])));
            }
        }

        Assert.Equal(["scale", "sum", "relu"], inference.Layers.Where(l => l.IsFolded).Select(l => l.Name));
    }

    [Fact]
    public void ARectifierWithACeilingIsPartOfTheConvolutionBeforeIt()
    {
        foreach (string options in (string[])
            ["kernel_size: 1", "kernel_size: 3 pad: 1", "kernel_size: 3 stride: 2", "kernel_size: 3 group: 32"])
        {
            string net = Data
                + "layer { name: 'conv' type: 'Convolution' bottom: 'data' top: 'conv' convolution_param { "
                + "num_output: 32 " + options + " weight_filler { type: 'gaussian' std: 4 } } }"
                + "layer { name: 'relu6' type: 'ReLU6' bottom: 'conv' top: 'conv' }";
            using Net plain = Net.Build(NetDefinition.Parse(net));
            using Net inference = Net.Build(NetDefinition.Parse(net), new NetOptions { Inference = true });
            inference.ShareParametersOf(plain);
            Fill(plain, 2);
            Fill(inference, 2);
            plain.Forward();
            inference.Forward();
            Assert.True(inference.FindLayer("relu6").IsFolded);
            float[] expected = plain.FindBlob("conv").Data.ToArray();
            float[] actual = inference.FindBlob("conv").Data.ToArray();
            Assert.Contains(6, actual);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
        }
    }

    [Theory]
    [InlineData("bottom: 'body' bottom: 'later'", "")]
    [InlineData("bottom: 'body' bottom: 'data'", "eltwise_param { coeff: 1 coeff: 2 }")]
    [InlineData("bottom: 'body' bottom: 'data'", "eltwise_param { operation: PROD }")]
    [InlineData("bottom: 'body' bottom: 'data' bottom: 'data'", "")]
    public void OtherSumsAreNotTakenIn(string bottoms, string options)
    {
        string net = Data
            + "layer { name: 'body' type: 'Convolution' bottom: 'data' top: 'body' convolution_param { num_output: 32 "
            + "kernel_size: 1 " + Filler + " } }"
            + "layer { name: 'later' type: 'Power' bottom: 'data' top: 'later' power_param { scale: 3 } }"
            + $"layer {{ name: 'sum' type: 'Eltwise' {bottoms} top: 'sum' {options} }}";
        using Net plain = Net.Build(NetDefinition.Parse(net));
        using Net inference = Net.Build(NetDefinition.Parse(net), new NetOptions { Inference = true });
        Fill(plain, 2);
        Fill(inference, 2);
        plain.Forward();
        inference.Forward();
        Assert.Equal(plain.FindBlob("sum").Data, inference.FindBlob("sum").Data);
        Assert.DoesNotContain(inference.Layers, l => l.IsFolded);
    }

    [Fact]
    public void WithoutSuchLayersTheBitsAreTheSame()
    {
        using Net plain = Net.Build(NetDefinition.Parse(Data + Plain));
        using Net inference = Net.Build(
            NetDefinition.Parse(Data + Plain), new NetOptions { Inference = true, Keep = ["conv1", "relu2"] });
        foreach (int images in (int[])[2, 9, 1, 2])
        {
            Fill(plain, images);
            Fill(inference, images);
            plain.Forward();
            inference.Forward();
            foreach (string name in (string[])["conv1", "relu2", "ip"])
            {
                Assert.True(plain.FindBlob(name).Data.SequenceEqual(inference.FindBlob(name).Data), name);
            }
        }
    }

    [Fact]
    public void ALayerWhoseBottomIsToBeKeptIsNotTakenIn()
    {
        using Net net = Net.Build(
            NetDefinition.Parse(Data + Plain), new NetOptions { Inference = true, Keep = ["conv2"] });
        Fill(net, 2);
        net.Forward();

        Assert.Contains(net.FindBlob("conv2").Data.ToArray(), v => v < 0);
        Assert.DoesNotContain(net.Layers, l => l.Name == "relu2" && l.IsFolded);
    }

    [Fact]
    public void NewWeightsAreReadAnew()
    {
        string file = Path.GetTempFileName();
        try
        {
            using Net other = Net.Build(NetDefinition.Parse(Data + Plain), new NetOptions { Seed = 7 });
            using Net net = Net.Build(NetDefinition.Parse(Data + Plain), new NetOptions { Inference = true });
            other.SaveWeights(file);
            Fill(other, 2);
            Fill(net, 2);
            other.Forward();
            net.Forward();
            Assert.False(other.FindBlob("ip").Data.SequenceEqual(net.FindBlob("ip").Data));

            net.CopyWeightsFrom(file);
            net.Forward();
            Assert.True(other.FindBlob("ip").Data.SequenceEqual(net.FindBlob("ip").Data));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void BlobsOfDifferentTimesAreOneMemory()
    {
        string layers = Data;
        for (int i = 0; i < 12; i++)
        {
            layers += $"layer {{ name: 'l{i}' type: 'Power' bottom: '{(i == 0 ? "data" : $"l{i - 1}")}' top: 'l{i}' "
                + "power_param { shift: 1 } }";
        }

        using Net net = Net.Build(NetDefinition.Parse(layers), new NetOptions { Inference = true });
        Fill(net, 2);
        net.Forward();

        object[] memories = [.. net.Layers.SelectMany(l => l.Tops).Select(b => b.Memory).Distinct()];
        Assert.Equal(4, memories.Length);
        Assert.Equal(12 + net.FindBlob("data").Data[5], net.FindBlob("l11").Data[5], 1e-5f);
    }

    [Fact]
    public void ABlobThatKeepsNoValuesIsRefusedByName()
    {
        using Net net = Net.Build(
            NetDefinition.Parse("name: 'small' " + Data + Plain), new NetOptions { Inference = true });

        var error = Assert.Throws<CnnException>(() => net.FindBlob("pool1"));
        Assert.Equal(
            "blob 'pool1' keeps no values, as net 'small' is built for inference; name it among those to keep",
            error.Message);
    }

    [Fact]
    public void TheTableOfBlobsHoldsThoseThatKeepValuesAlone()
    {
        using Net net = Net.Build(NetDefinition.Parse(Data + Plain), new NetOptions { Inference = true });

        Assert.Throws<CnnException>(() => net.Blobs["pool1"]);
        Assert.False(net.Blobs.ContainsKey("pool1"));
        Assert.Contains("data", net.Blobs.Keys);
        Assert.Equal(net.Blobs.Count, net.Blobs.Values.Count());
    }

    [Theory]
    [InlineData("conv1", 0, false)]
    [InlineData("conv1", 1, false)]
    [InlineData("norm", 0, false)]
    [InlineData("norm", 1, false)]
    [InlineData("scale", 0, false)]
    [InlineData("scale", 1, false)]
    [InlineData("conv1", 0, true)]
    public void ParametersChangedAfterAPassAreThoseOfTheNext(string layer, int index, bool throughSpanFromBefore)
    {
        const string Layers = """
            layer { name: "in" type: "Input" top: "data" input_param { shape { dim: 3 dim: 32 dim: 24 dim: 24 } } }
            layer { name: "conv1" type: "Convolution" bottom: "data" top: "c"
              convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
            layer { name: "norm" type: "BatchNorm" bottom: "c" top: "c" }
            layer { name: "scale" type: "Scale" bottom: "c" top: "c" scale_param { bias_term: true } }
            layer { name: "relu" type: "ReLU" bottom: "c" top: "c" relu_param { negative_slope: 0.5 } }
            """;
        using Net plain = Net.Build(NetDefinition.Parse(Layers));
        using Net net = Net.Build(NetDefinition.Parse(Layers), new NetOptions { Inference = true });
        foreach (Net each in (Net[])[plain, net])
        {
            each.FindLayer("norm").Parameters[1].Data.Fill(2);
            each.FindLayer("norm").Parameters[2].Data.Fill(1);
            Fill(each, 3);
            Blob changed = each.FindLayer(layer).Parameters[index];
            Span<float> kept = changed.Data;
            each.Forward();
            if (throughSpanFromBefore)
            {
                kept.Fill(0.25f);
                each.ParametersChanged();
            }
            else
            {
                changed.Data.Fill(0.25f);
            }

            each.Forward();
        }

        for (int i = 0; i < plain.FindBlob("c").Count; i++)
        {
            Assert.Equal(plain.FindBlob("c").Data[i], net.FindBlob("c").Data[i], 1e-4f);
        }
    }

    [Fact]
    public void ABlobToKeepThatDoesNotExistIsAnError()
    {
        var error = Assert.Throws<CnnException>(
            () => Net.Build(NetDefinition.Parse(Data + Plain), new NetOptions { Inference = true, Keep = ["pool2"] }));
        Assert.Contains("has no blob 'pool2'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ItDoesNotRunBackward()
    {
        using Net net = Net.Build(NetDefinition.Parse(Data + Plain), new NetOptions { Inference = true });
        net.Forward();

        var error = Assert.Throws<CnnException>(net.Backward);
        Assert.Contains("built for inference", error.Message, StringComparison.Ordinal);
    }

    private static void Statistics(Net net)
    {
        var random = new Random(3);
        foreach (NetLayer layer in net.Layers.Where(l => l.Type is "BatchNorm" or "Scale"))
        {
            foreach (Blob blob in layer.Parameters)
            {
                foreach (ref float value in blob.Data)
                {
                    value = 0.5f + random.NextSingle();
                }
            }
        }
    }

    private static void Fill(Net net, int images, int size = 24)
    {
        var random = new Random(images);
        float[] values = new float[images * 32 * size * size];
        foreach (ref float value in values.AsSpan())
        {
            value = random.NextSingle() - 0.3f;
        }

        net.SetInput("data", values, images, 32, size, size);
    }
}
