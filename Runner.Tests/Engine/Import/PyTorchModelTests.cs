using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Proto;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Engine.Import;

/// <summary>Parts of well-known models as PyTorch's exporter writes them; one of them is trained.</summary>
[Trait("Category", "Unit")]
public sealed class PyTorchModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AResNetBlockWithDownsampleIsRead()
    {
        ImportedNet net = ImportRun.RequireSame(folder, ResNet(), new OnnxImportOptions { Batch = 2 });
        Assert.Equal(
            [
                "Input", "Convolution", "BatchNorm", "Scale", "ReLU", "Convolution", "BatchNorm", "Scale",
                "Convolution", "BatchNorm", "Scale", "Eltwise", "ReLU", "Pooling", "InnerProduct",
            ],
            Types(net));
        Assert.Contains("layer2.0.downsample.1", net.Definition.Layers);
        Assert.Contains("fc", net.Definition.Layers);
    }

    [Fact]
    public void AnInvertedResidualOfMobileNetV2IsRead()
    {
        var file = new OnnxFile(13);
        file.Input("input", -1, 4, 8, 8).Floats("zero", [], 0).Floats("six", [], 6);
        string expanded = ConvolutionAndNorm(file, "features.2.conv.0.0", "input", 4, 8, 1, 1);
        file.Node("Clip", $"{expanded} zero six", "/features/features.2/conv/conv.0/conv.0.2/Clip_output_0");
        string deep = ConvolutionAndNorm(
            file, "features.2.conv.1.0", "/features/features.2/conv/conv.0/conv.0.2/Clip_output_0", 8, 8, 3, 1, 8);
        file.Node("Clip", $"{deep} zero six", "/features/features.2/conv/conv.1/conv.1.2/Clip_output_0");
        string projected = ConvolutionAndNorm(
            file, "features.2.conv.2", "/features/features.2/conv/conv.1/conv.1.2/Clip_output_0", 8, 4, 1, 1);
        file.Node("Add", $"input {projected}", "/features/features.2/Add_output_0")
            .Node("GlobalAveragePool", "/features/features.2/Add_output_0", "/GlobalAveragePool_output_0")
            .Node("Flatten", "/GlobalAveragePool_output_0", "output").Output("output");
        ImportedNet net = ImportRun.RequireSame(folder, file);
        Assert.Equal(2, Types(net).Count(t => t == "ReLU6"));
        LayerParameter depthwise = net.Definition.Message.Layer.First(l => l.Name == "features.2.conv.1.0");
        Assert.Equal(8u, depthwise.ConvolutionParam.Group);
    }

    [Theory]
    [InlineData("nearest")]
    [InlineData("linear")]
    public void AUNetIsRead(string mode)
    {
        var file = new OnnxFile(17);
        file.Input("input", 1, 2, 8, 8).Weights("inc.weight", [4, 2, 3, 3]).Weights("inc.bias", [4])
            .Weights("down.weight", [8, 4, 3, 3]).Weights("down.bias", [8])
            .Weights("up.weight", [8, 4, 2, 2]).Weights("up.bias", [4])
            .Weights("out.weight", [2, 16, 1, 1]).Weights("out.bias", [2]).Floats("scales", [4], 1, 1, 2, 2);
        Convolution(file, "inc", "input", "/inc/Conv_output_0");
        file.Node("Relu", "/inc/Conv_output_0", "/inc/Relu_output_0").Node(
            "MaxPool", "/inc/Relu_output_0", "/pool/MaxPool_output_0", ("ceil_mode", 0),
            ("dilations", (int[])[1, 1]), ("kernel_shape", (int[])[2, 2]), ("pads", (int[])[0, 0, 0, 0]),
            ("strides", (int[])[2, 2]));
        Convolution(file, "down", "/pool/MaxPool_output_0", "/down/Conv_output_0");
        file.Node(
                "ConvTranspose", "/down/Conv_output_0 up.weight up.bias", "/up/ConvTranspose_output_0",
                ("dilations", (int[])[1, 1]), ("group", 1), ("kernel_shape", (int[])[2, 2]),
                ("pads", (int[])[0, 0, 0, 0]), ("strides", (int[])[2, 2]))
            .Node(
                "Resize", "/down/Conv_output_0 - scales", "/Resize_output_0", ("mode", mode),
                ("coordinate_transformation_mode", mode == "nearest" ? "asymmetric" : "half_pixel"),
                ("cubic_coeff_a", -0.75f), ("nearest_mode", "floor"))
            .Node(
                "Concat", "/inc/Relu_output_0 /up/ConvTranspose_output_0 /Resize_output_0", "/Concat_output_0",
                ("axis", 1))
            .Node("Conv", "/Concat_output_0 out.weight out.bias", "output").Output("output");
        ImportedNet net = ImportRun.RequireSame(folder, file);
        Assert.Equal(
            [
                "Input", "Convolution", "ReLU", "Pooling", "Convolution", "Deconvolution",
                mode == "nearest" ? "Upsample" : "ResizeBilinear", "Concat", "Convolution",
            ],
            Types(net));
    }

    [Fact]
    public void ADenseBlockIsRead()
    {
        var file = new OnnxFile();
        file.Input("input", 1, 4, 6, 6);
        string all = "input";
        for (int i = 0, channels = 4; i < 3; i++, channels += 2)
        {
            string name = $"features.denseblock1.denselayer{i + 1}", prefix = "/" + name.Replace('.', '/');
            if (i > 0)
            {
                file.Node("Concat", all, $"{prefix}/Concat_output_0", ("axis", 1));
            }

            Normalized(
                file, $"{name}.norm1", i > 0 ? $"{prefix}/Concat_output_0" : "input", $"{prefix}/norm1/BN_output_0",
                channels);
            file.Node("Relu", $"{prefix}/norm1/BN_output_0", $"{prefix}/relu1/Relu_output_0")
                .Weights($"{name}.conv1.weight", [2, channels, 1, 1])
                .Node("Conv", $"{prefix}/relu1/Relu_output_0 {name}.conv1.weight", $"{prefix}/conv1/Conv_output_0");
            all += $" {prefix}/conv1/Conv_output_0";
        }

        file.Node("Concat", all, "output", ("axis", 1)).Output("output");
        Assert.Equal(3, Types(ImportRun.RequireSame(folder, file)).Count(t => t == "Concat"));
    }

    [Fact]
    public void AFireModuleOfSqueezeNetIsRead()
    {
        var file = new OnnxFile();
        file.Input("input", 1, 4, 6, 6).Weights("squeeze.weight", [2, 4, 1, 1]).Weights("squeeze.bias", [2])
            .Weights("e1.weight", [3, 2, 1, 1]).Weights("e1.bias", [3])
            .Weights("e3.weight", [3, 2, 3, 3]).Weights("e3.bias", [3])
            .Node("Conv", "input squeeze.weight squeeze.bias", "s").Node("Relu", "s", "sr")
            .Node("Conv", "sr e1.weight e1.bias", "a").Node("Relu", "a", "ar");
        Convolution(file, "e3", "sr", "b");
        file.Node("Relu", "b", "br").Node("Concat", "ar br", "f", ("axis", 1))
            .Node("AveragePool", "f", "p", ("kernel_shape", (int[])[6, 6])).Node("Dropout", "p", "d")
            .Whole("shape", 1, -1).Node("Reshape", "d shape", "output").Output("output");
        ImportedNet net = ImportRun.RequireSame(folder, file);
        Assert.Equal(
            ["squeeze", "e1", "e3"],
            net.Definition.Message.Layer.Where(l => l.Type == "Convolution").Select(l => l.Name));
    }

    // As scripted modules and other exporters name things; identities and constants are no layers.
    [Fact]
    public void NamesOfAllKindsAreKept()
    {
        OnnxFile file = new OnnxFile().Input("input.1", -1, 2, 4, 4).Weights("net::block.0/conv.weight", [3, 2, 1, 1])
            .Weights("net::block.0/conv.bias", [3]).Constant("onnx::Gather_12", 0).Whole("onnx::Unsqueeze_13", 0)
            .Constant("minus", -1).Nodes("Identity", "net::block.0/conv.bias", "bias.copy", "Identity_0")
            .Nodes("Conv", "input.1 net::block.0/conv.weight bias.copy", "onnx::Relu_9", "net::block.0/conv")
            .Nodes("Relu", "onnx::Relu_9", "11", "net::block.0/act.1").Nodes("Shape", "11", "14", "Shape_3")
            .Nodes("Gather", "14 onnx::Gather_12", "15", "Gather_4", ("axis", 0))
            .Nodes("Unsqueeze", "15 onnx::Unsqueeze_13", "16", "Unsqueeze_5")
            .Nodes("Unsqueeze", "minus onnx::Unsqueeze_13", "17", "Unsqueeze_6")
            .Nodes("Concat", "16 17", "18", "Concat_7", ("axis", 0)).Nodes("Reshape", "11 18", "19", "Reshape_8")
            .Nodes("Identity", "19", "out.1", "Identity_9").Output("out.1");
        ImportedNet net = ImportRun.RequireSame(folder, file, new OnnxImportOptions { Batch = 2 });
        Assert.Equal(
            ["input.1", "net::block.0/conv", "net::block.0/act.1", "Reshape_8"], net.Definition.Layers);
        Assert.Equal("out.1", net.Definition.Message.Layer[^1].Top.Single());
    }

    [Fact]
    public void AnImportedNetIsTrainedAndTimed()
    {
        NetImport.LoadOnnx(ResNet().Save(folder["net.onnx"]), new OnnxImportOptions { Batch = 4 })
            .Save(folder["deploy.prototxt"], folder["start.caffemodel"]);
        NetParameter net = NetDefinition.Load(folder["deploy.prototxt"]).Message.Clone();
        net.Layer[0] = NetDefinition.Parse("""
            layer { name: 'input' type: 'DummyData' top: 'input' top: 'label' dummy_data_param {
              shape { dim: 4 dim: 4 dim: 8 dim: 8 } shape { dim: 4 }
              data_filler { type: 'uniform' min: -1 max: 1 } data_filler { type: 'constant' value: 1 } } }
            """).Message.Layer[0].Clone();
        net.Layer.Add(NetDefinition.Parse(
            "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'output' bottom: 'label' top: 'loss' }")
            .Message.Layer[0].Clone());
        new NetDefinition(net).Save(folder["train.prototxt"]);
        folder.Write("solver.prototxt", $"""
            net: "train.prototxt" snapshot_prefix: "{folder["trained"]}"
            base_lr: 0.05 lr_policy: "fixed" momentum: 0.9 max_iter: 30 random_seed: 1
            """);

        CommandLine run = CommandLine.Run(
            "train", "--solver", folder["solver.prototxt"], "--weights", folder["start.caffemodel"]);

        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        using Net before = Net.Load(folder["train.prototxt"], folder["start.caffemodel"]);
        using Net after = Net.Load(folder["train.prototxt"], folder["trained_iter_30.caffemodel"]);
        before.Forward();
        after.Forward();
        Assert.True(after.FindBlob("loss").Data[0] < 0.5f * before.FindBlob("loss").Data[0]);
        Assert.Equal(0, CommandLine.Run("time", "--model", folder["deploy.prototxt"], "--iterations", "1").ExitCode);
    }

    private static OnnxFile ResNet()
    {
        var file = new OnnxFile();
        file.Input("input", -1, 4, 8, 8).Weights("fc.weight", [5, 8]).Weights("fc.bias", [5]);
        string first = ConvolutionAndNorm(file, "layer2.0.conv1", "input", 4, 8, 3, 2, norm: "layer2.0.bn1");
        file.Node("Relu", first, "/layer2/layer2.0/relu/Relu_output_0");
        string second = ConvolutionAndNorm(
            file, "layer2.0.conv2", "/layer2/layer2.0/relu/Relu_output_0", 8, 8, 3, 1, norm: "layer2.0.bn2");
        string shortcut = ConvolutionAndNorm(
            file, "layer2.0.downsample.0", "input", 4, 8, 1, 2, norm: "layer2.0.downsample.1");
        return file.Node("Add", $"{second} {shortcut}", "/layer2/layer2.0/Add_output_0")
            .Node("Relu", "/layer2/layer2.0/Add_output_0", "/layer2/layer2.0/relu_1/Relu_output_0")
            .Node("GlobalAveragePool", "/layer2/layer2.0/relu_1/Relu_output_0", "/avgpool/GlobalAveragePool_output_0")
            .Node("Flatten", "/avgpool/GlobalAveragePool_output_0", "/Flatten_output_0", ("axis", 1))
            .Node("Gemm", "/Flatten_output_0 fc.weight fc.bias", "output", ("alpha", 1f), ("beta", 1f), ("transB", 1))
            .Output("output");
    }

    // Returns the output; BatchNormalization has its weights beside those of the convolution.
    private static string ConvolutionAndNorm(
        OnnxFile file, string name, string input, int channels, int outputs, int kernel, int stride, int group = 1,
        string? norm = null)
    {
        int pad = kernel / 2;
        string output = $"/{name.Replace('.', '/')}/Conv_output_0", normalized = $"{output[..^13]}BN_output_0";
        file.Weights($"{name}.weight", [outputs, channels / group, kernel, kernel]).Node(
            "Conv", $"{input} {name}.weight", output, ("dilations", (int[])[1, 1]), ("group", group),
            ("kernel_shape", (int[])[kernel, kernel]), ("pads", (int[])[pad, pad, pad, pad]),
            ("strides", (int[])[stride, stride]));
        Normalized(file, norm ?? $"{name}.norm", output, normalized, outputs);
        return normalized;
    }

    private static void Normalized(OnnxFile file, string name, string input, string output, int channels) => file
        .Weights($"{name}.weight", [channels], 1).Weights($"{name}.bias", [channels])
        .Weights($"{name}.running_mean", [channels]).Weights($"{name}.running_var", [channels], 1)
        .Node(
            "BatchNormalization",
            $"{input} {name}.weight {name}.bias {name}.running_mean {name}.running_var",
            output,
            ("epsilon", 1e-5f),
            ("momentum", 0.9f));

    private static void Convolution(OnnxFile file, string name, string input, string output) => file.Node(
        "Conv", $"{input} {name}.weight {name}.bias", output, ("kernel_shape", (int[])[3, 3]),
        ("pads", (int[])[1, 1, 1, 1]));

    private static string[] Types(ImportedNet net) => [.. net.Definition.Message.Layer.Select(l => l.Type)];
}
