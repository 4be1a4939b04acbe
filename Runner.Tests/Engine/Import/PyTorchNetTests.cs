using Cnn.Engine.Import;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Import;

/// <summary>Nets in the form that PyTorch's exporter gives them.</summary>
[Trait("Category", "Unit")]
public sealed class PyTorchNetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void APlainNetKeepsItsNames()
    {
        OnnxFile file = new OnnxFile().Input("input", -1, 3, 12, 12)
            .Weights("features.0.weight", [8, 3, 3, 3]).Weights("features.0.bias", [8])
            .Weights("classifier.1.weight", [10, 8 * 6 * 6]).Weights("classifier.1.bias", [10])
            .Node(
                "Conv", "input features.0.weight features.0.bias", "/features/0/Conv_output_0",
                ("pads", (int[])[1, 1, 1, 1]))
            .Node("Relu", "/features/0/Conv_output_0", "/features/1/Relu_output_0")
            .Node(
                "MaxPool", "/features/1/Relu_output_0", "/features/2/MaxPool_output_0",
                ("kernel_shape", (int[])[2, 2]), ("strides", (int[])[2, 2]))
            .Node("Flatten", "/features/2/MaxPool_output_0", "/Flatten_output_0", ("axis", 1))
            .Node("Dropout", "/Flatten_output_0", "/classifier/0/Dropout_output_0")
            .Node(
                "Gemm", "/classifier/0/Dropout_output_0 classifier.1.weight classifier.1.bias", "output",
                ("transB", 1))
            .Output("output");
        ImportedNet net = ImportRun.RequireSame(folder, file, new OnnxImportOptions { Batch = 2 });
        Assert.Equal(
            ["input", "features.0", "features/1/Relu", "features/2/MaxPool", "Flatten", "classifier/0/Dropout",
                "classifier.1"],
            net.Definition.Layers);
        Assert.Equal(
            ["input", "features/0/Conv", "features/1/Relu", "features/2/MaxPool", "Flatten", "classifier/0/Dropout",
                "output"],
            net.Definition.Message.Layer.Select(l => l.Top.Single()));
        Assert.Equal(2, net.Definition.Message.Layer[0].InputParam.Shape[0].Dim[0]);
        Assert.Equal((8 * 27) + 8 + (10 * 288) + 10, net.ParameterCount);
    }

    // x.view(x.size(0), -1), as it is traced.
    [Fact]
    public void ShapesThatAreComputedAreFolded()
    {
        OnnxFile file = new OnnxFile().Input("x", -1, 3, 4, 4).Weights("fc.weight", [5, 48]).Weights("fc.bias", [5])
            .Constant("/Constant_output_0", 0).Whole("axes", 0).Whole("minus", -1)
            .Node("Shape", "x", "/Shape_output_0")
            .Node("Gather", "/Shape_output_0 /Constant_output_0", "/Gather_output_0", ("axis", 0))
            .Node("Unsqueeze", "/Gather_output_0 axes", "/Unsqueeze_output_0")
            .Node("Concat", "/Unsqueeze_output_0 minus", "/Concat_output_0", ("axis", 0))
            .Node("Reshape", "x /Concat_output_0", "/Reshape_output_0")
            .Node("Gemm", "/Reshape_output_0 fc.weight fc.bias", "y", ("transB", 1)).Output("y");
        ImportedNet net = ImportRun.RequireSame(folder, file, new OnnxImportOptions { Batch = 3 });
        Assert.Equal(["Input", "InnerProduct"], net.Definition.Message.Layer.Select(l => l.Type));
    }

    [Fact]
    public void AResidualBlockIsBatchNormScaleAndEltwise()
    {
        OnnxFile file = new OnnxFile().Input("x", 1, 4, 6, 6).Weights("layer1.0.conv1.weight", [4, 4, 3, 3])
            .Weights("layer1.0.bn1.weight", [4], 1).Weights("layer1.0.bn1.bias", [4])
            .Weights("layer1.0.bn1.running_mean", [4]).Weights("layer1.0.bn1.running_var", [4], 1)
            .Node(
                "Conv", "x layer1.0.conv1.weight", "/layer1/layer1.0/conv1/Conv_output_0",
                ("pads", (int[])[1, 1, 1, 1]))
            .Node(
                "BatchNormalization",
                "/layer1/layer1.0/conv1/Conv_output_0 layer1.0.bn1.weight layer1.0.bn1.bias "
                    + "layer1.0.bn1.running_mean layer1.0.bn1.running_var",
                "/layer1/layer1.0/bn1/BatchNormalization_output_0")
            .Node("Add", "/layer1/layer1.0/bn1/BatchNormalization_output_0 x", "/layer1/layer1.0/Add_output_0")
            .Node("Relu", "/layer1/layer1.0/Add_output_0", "y").Output("y");
        ImportedNet net = ImportRun.RequireSame(folder, file);
        Assert.Equal(
            ["x", "layer1.0.conv1", "layer1.0.bn1", "layer1.0.bn1/scale", "layer1/layer1.0/Add", "y"],
            net.Definition.Layers);
    }

    // It may be learned yet; ones that only stand for none are no layer.
    [Theory]
    [InlineData("bn.weight", "bn.bias", "Input BatchNorm Scale")]
    [InlineData("ones", "zeros", "Input BatchNorm")]
    public void AScaleThatIsNamedStaysALayer(string scale, string bias, string layers)
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 3, 4, 4).Floats(scale, [3], 1, 1, 1).Floats(bias, [3], 0, 0, 0)
            .Weights("bn.running_mean", [3]).Weights("bn.running_var", [3], 1)
            .Node("BatchNormalization", $"x {scale} {bias} bn.running_mean bn.running_var", "y").Output("y");
        Assert.Equal(
            layers,
            string.Join(' ', ImportRun.RequireSame(folder, file).Definition.Message.Layer.Select(l => l.Type)));
    }

    [Fact]
    public void SqueezeAndExcitationIsScaledPlanes()
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 4, 5, 5).Weights("fc.weight", [4, 4, 1, 1])
            .Node("GlobalAveragePool", "x", "p").Node("Conv", "p fc.weight", "f").Node("HardSigmoid", "f", "s")
            .Node("Mul", "x s", "y").Node("Add", "y x", "z").Output("z");
        ImportedNet net = ImportRun.RequireSame(folder, file);
        Assert.Equal(
            ["Input", "Pooling", "Convolution", "HardSigmoid", "Axpy"],
            net.Definition.Message.Layer.Select(l => l.Type));
        file.Output("y");
        ImportRun.RequireSame(folder, file);
    }

    [Fact]
    public void ChannelsAreShuffledByReshapeAndPermute()
    {
        OnnxFile file = new OnnxFile().Input("x", 1, 6, 3, 3).Whole("a", 1, 2, 3, 3, 3).Whole("b", 1, -1, 3, 3)
            .Node("Reshape", "x a", "r").Node("Transpose", "r", "t", ("perm", (int[])[0, 2, 1, 3, 4]))
            .Node("Reshape", "t b", "y").Output("y");
        ImportRun.RequireSame(folder, file);
    }

    [Fact]
    public void LayersWithTheSameWeightsShareThem()
    {
        OnnxFile file = new OnnxFile().Input("a", 1, 2, 4, 4).Input("b", 1, 2, 4, 4)
            .Weights("conv.weight", [3, 2, 3, 3]).Node("Conv", "a conv.weight", "x")
            .Node("Conv", "b conv.weight", "y").Output("x").Output("y");
        ImportedNet net = ImportRun.RequireSame(folder, file);
        Assert.Equal(54, net.ParameterCount);
        Assert.Equal(
            ["conv.weight", "conv.weight"],
            net.Definition.Message.Layer.Where(l => l.Type == "Convolution").Select(l => l.Param.Single().Name));
    }

    [Fact]
    public void WhatNothingReadsIsNoOutput()
    {
        OnnxFile file = new OnnxFile().Input("x", 1, 4, 2, 2).Input("unused", 3).Whole("sizes", 1, 3)
            .Nodes("Split", "x sizes", "a b", "split", ("axis", 1)).Node("NonZero", "x", "dead").Output("b");
        ImportedNet net = ImportRun.RequireSame(folder, file);
        Assert.Equal(["Input", "Slice", "Silence"], net.Definition.Message.Layer.Select(l => l.Type));
    }

    [Fact]
    public void AnInputThatIsOpenTakesTheShapeThatIsGiven()
    {
        OnnxFile file = new OnnxFile().Input("x", -1, 3, -1, -1).Node("Relu", "x", "y").Output("y");
        string path = file.Save(folder["net.onnx"]);
        CnnException exception = Assert.Throws<CnnException>(() => NetImport.LoadOnnx(path));
        Assert.Contains("axis 2 ('axis2') of input 'x' has no size", exception.Message, StringComparison.Ordinal);
        var options = new OnnxImportOptions
        {
            Shapes = new Dictionary<string, IReadOnlyList<int>> { ["x"] = [2, 3, 5, 4] },
        };
        ImportRun.RequireSame(folder, file, options);
    }

    [Fact]
    public void AllThatNoLayerComputesIsListed()
    {
        var file = new OnnxFile();
        file.Input("x", 1, 3, 8, 8).Node("Relu", "x", "r").Node("Einsum", "r", "e")
            .Node("MaxPool", "x", "m", ("kernel_shape", (int[])[2, 2]), ("dilations", (int[])[2, 2]))
            .Node("Tanh", "e", "t").Node("NonZero", "t", "z").Output("z").Output("m");
        string path = file.Save(folder["net.onnx"]);
        CnnException exception = Assert.Throws<CnnException>(() => NetImport.LoadOnnx(path));
        Assert.Equal(
            [
                $"{path}: node 'e' (Einsum): no layer computes this operator",
                $"{path}: node 'm' (MaxPool): its windows have gaps (dilations), a Pooling layer's have none",
                $"{path}: node 'z' (NonZero): no layer computes this operator",
            ],
            exception.Diagnostics.Select(d => d.Message));
    }

    [Fact]
    public void ALongListOfThemIsCutOff()
    {
        OnnxFile file = new OnnxFile().Input("x", 1, 3);
        for (int i = 0; i < 25; i++)
        {
            file.Node("Erf", "x", $"e{i}").Output($"e{i}");
        }

        CnnException exception =
            Assert.Throws<CnnException>(() => NetImport.LoadOnnx(file.Save(folder["net.onnx"])));
        Assert.Equal(21, exception.Diagnostics.Count);
        Assert.EndsWith("and 5 more nodes", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, "it is of opset 6")]
    [InlineData(0, "it does not say which set of operators it uses")]
    public void OldSetsOfOperatorsAreRefused(int opset, string expected)
    {
        OnnxFile file = new OnnxFile(opset).Input("x", 1).Node("Relu", "x", "y").Output("y");
        CnnException exception =
            Assert.Throws<CnnException>(() => NetImport.LoadOnnx(file.Save(folder["net.onnx"])));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }
}
