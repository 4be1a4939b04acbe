using Cnn.Engine.Import;
using Cnn.Engine.Import.Onnx;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Import;

/// <summary>Single operators, compared with what ONNX Runtime computes.</summary>
[Trait("Category", "Unit")]
public sealed class OperatorImportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Relu", "ReLU")]
    [InlineData("LeakyRelu", "ReLU")]
    [InlineData("Elu", "ELU")]
    [InlineData("Selu", "SeLU")]
    [InlineData("Sigmoid", "Sigmoid")]
    [InlineData("Tanh", "TanH")]
    [InlineData("Softplus", "BNLL")]
    [InlineData("HardSigmoid", "HardSigmoid")]
    [InlineData("HardSwish", "HardSwish")]
    [InlineData("Abs", "AbsVal")]
    [InlineData("Neg", "Power")]
    [InlineData("Exp", "Exp")]
    [InlineData("Softmax", "Softmax")]
    [InlineData("LogSoftmax", "Softmax Log")]
    [InlineData("GlobalAveragePool", "Pooling")]
    [InlineData("GlobalMaxPool", "Pooling")]
    [InlineData("Flatten", "Flatten")]
    [InlineData("Transpose", "Permute")]
    [InlineData("Identity", "Split")]
    public void AnOperatorOfOneInputIsALayer(string type, string layers)
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 3, 4, 5).Node(type, "x", "y").Output("y");
        Assert.Equal($"Input {layers}", Types(ImportRun.RequireSame(folder, file)));
    }

    [Theory]
    [InlineData("Add", "Eltwise")]
    [InlineData("Sub", "Eltwise")]
    [InlineData("Mul", "Eltwise")]
    [InlineData("Max", "Eltwise")]
    [InlineData("Min", "Eltwise")]
    [InlineData("Sum", "Eltwise")]
    public void AnOperatorOfTwoInputsIsALayer(string type, string layers)
    {
        OnnxFile file = new OnnxFile().Input("a", 2, 3, 4).Input("b", 2, 3, 4).Node(type, "a b", "y").Output("y");
        Assert.Equal($"Input Input {layers}", Types(ImportRun.RequireSame(folder, file)));
    }

    // Caffe has no broadcasting; Scale, Bias and Tile layers do what it does.
    [Theory]
    [InlineData("Add", new[] { 2, 3, 4, 5 }, new[] { 2, 3, 1, 1 })]
    [InlineData("Mul", new[] { 2, 3, 4, 5 }, new[] { 2, 3, 1, 1 })]
    [InlineData("Sub", new[] { 2, 3, 4, 5 }, new[] { 1, 3, 1, 1 })]
    [InlineData("Mul", new[] { 2, 3, 4, 5 }, new[] { 4, 5 })]
    [InlineData("Mul", new[] { 2, 3, 4, 5 }, new[] { 2, 1, 4, 1 })]
    [InlineData("Add", new[] { 2, 1, 4, 1 }, new[] { 3, 1, 5 })]
    [InlineData("Mul", new[] { 1 }, new[] { 2, 3 })]
    public void BlobsAreRepeatedAsOnnxDoes(string type, int[] a, int[] b)
    {
        OnnxFile file = new OnnxFile().Input("a", a).Input("b", b).Node(type, "a b", "y").Output("y");
        ImportRun.RequireSame(folder, file);
    }

    [Theory]
    [InlineData("Mul", new[] { 1, 3, 1, 1 }, "Scale")]
    [InlineData("Mul", new[] { 3, 1, 1 }, "Scale")]
    [InlineData("Mul", new int[0], "Power")]
    [InlineData("Mul", new[] { 5 }, "Scale")]
    [InlineData("Mul", new[] { 3, 1, 5 }, "Scale")]
    [InlineData("Add", new[] { 1, 3, 1, 1 }, "Bias")]
    [InlineData("Add", new[] { 1 }, "Power")]
    [InlineData("Sub", new[] { 4, 5 }, "Bias")]
    [InlineData("Div", new[] { 3, 1, 1 }, "Scale")]
    [InlineData("Div", new int[0], "Power")]
    [InlineData("Max", new int[0], "Clip")]
    [InlineData("Min", new int[0], "Clip")]
    public void AKnownArrayIsALayersParameter(string type, int[] shape, string layers)
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 3, 4, 5).Weights("c", shape, plus: 1)
            .Node(type, "x c", "y").Output("y");
        Assert.Equal($"Input {layers}", Types(ImportRun.RequireSame(folder, file)));
    }

    [Theory]
    [InlineData(new[] { 3, 3 }, new[] { 1, 1 }, new[] { 1, 1, 1, 1 }, new[] { 1, 1 }, 1)]
    [InlineData(new[] { 3, 2 }, new[] { 2, 1 }, new[] { 1, 0, 1, 0 }, new[] { 1, 2 }, 1)]
    [InlineData(new[] { 3, 3 }, new[] { 2, 2 }, new[] { 0, 1, 1, 2 }, new[] { 1, 1 }, 2)]
    [InlineData(new[] { 1, 1 }, new[] { 1, 1 }, new[] { 0, 0, 0, 0 }, new[] { 1, 1 }, 4)]
    public void ConvolutionsHaveTheirPadsStridesDilationsAndGroups(
        int[] kernel, int[] strides, int[] pads, int[] dilations, int group)
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 4, 9, 8).Weights("w", [6 / group * group, 4 / group, .. kernel])
            .Node(
                "Conv", "x w", "y", ("kernel_shape", kernel), ("strides", strides), ("pads", pads),
                ("dilations", dilations), ("group", group))
            .Output("y");
        Assert.Equal("Input Convolution", Types(ImportRun.RequireSame(folder, file)));
    }

    [Theory]
    [InlineData(new[] { 6 }, new[] { 1, 1 })]
    [InlineData(new[] { 4, 5, 6 }, new[] { 1, 0, 1, 1, 0, 1 })]
    public void ConvolutionsTakeAnyNumberOfSpatialAxes(int[] image, int[] pads)
    {
        int[] kernel = [.. image.Select(_ => 2)];
        OnnxFile file = new OnnxFile().Input("x", [1, 2, .. image]).Weights("w", [3, 2, .. kernel])
            .Node("Conv", "x w", "y", ("pads", pads)).Output("y");
        Assert.Equal("Input Convolution", Types(ImportRun.RequireSame(folder, file)));
    }

    [Theory]
    [InlineData("SAME_UPPER")]
    [InlineData("SAME_LOWER")]
    [InlineData("VALID")]
    public void AutoPadBecomesPads(string auto)
    {
        OnnxFile file = new OnnxFile().Input("x", 1, 2, 7, 8).Weights("w", [3, 2, 4, 3])
            .Node("Conv", "x w", "y", ("auto_pad", auto), ("strides", (int[])[2, 2])).Output("y");
        ImportRun.RequireSame(folder, file);
    }

    [Theory]
    [InlineData(new[] { 1, 1, 1, 1 }, new[] { 0, 0 }, "Deconvolution")]
    [InlineData(new[] { 1, 1, 1, 1 }, new[] { 1, 1 }, "Deconvolution Slice Slice Silence")]
    [InlineData(new[] { 0, 1, 2, 1 }, new[] { 0, 0 }, "Deconvolution Slice Silence")]
    public void TransposedConvolutionsAreCutAtTheirEnds(int[] pads, int[] more, string layers)
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 4, 5, 6).Weights("up.weight", [4, 3, 3, 3])
            .Weights("up.bias", [6])
            .Node(
                "ConvTranspose", "x up.weight up.bias", "y", ("pads", pads), ("output_padding", more),
                ("strides", (int[])[2, 2]), ("group", 2))
            .Output("y");
        Assert.Equal($"Input {layers}", Types(ImportRun.RequireSame(folder, file)));
    }

    // Places and divisors of 300 random poolings; Caffe has a form for all of them.
    [Fact]
    public void PoolingsHaveOnnxsWindowsOrAreRefused()
    {
        var random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            bool isMax = i % 2 == 0;
            int kernel = random.Next(1, 5), other = random.Next(1, 5), stride = random.Next(1, 4);
            int[] pads = [random.Next(kernel), random.Next(other), random.Next(kernel), random.Next(other)];
            if (random.Next(2) == 0)
            {
                (pads[2], pads[3]) = (pads[0], pads[1]);
            }

            // ONNX Runtime's divisors with ceil_mode changed from version to version.
            int ceil = isMax ? random.Next(2) : 0;
            (string, object)[] attributes =
            [
                ("kernel_shape", (int[])[kernel, other]), ("strides", (int[])[stride, random.Next(1, 4)]),
                ("pads", pads), ("ceil_mode", ceil),
            ];
            OnnxFile file = new OnnxFile().Input("x", 1, 2, random.Next(4, 9), random.Next(4, 9))
                .Node(
                    isMax ? "MaxPool" : "AveragePool",
                    "x",
                    "y",
                    isMax ? attributes : [.. attributes, ("count_include_pad", random.Next(2))])
                .Output("y");
            try
            {
                ImportRun.RequireSame(folder, file);
            }
            catch (CnnException exception)
                when (exception.Message.Contains("no Pooling layer", StringComparison.Ordinal))
            {
                refused++;
            }
        }

        Assert.InRange(refused, 0, 0);
    }

    [Fact]
    public void ZerosBeforeAConvolutionOrAPoolingAreItsOwn()
    {
        OnnxFile file = new OnnxFile().Input("x", 1, 2, 6, 6).Whole("pads", 0, 0, 1, 0, 0, 0, 2, 1)
            .Weights("w", [3, 2, 3, 3])
            .Node("Pad", "x pads", "p").Node("Conv", "p w", "c").Node("Relu", "c", "r").Node("Pad", "r pads", "q")
            .Node("MaxPool", "q", "m", ("kernel_shape", (int[])[3, 3])).Output("m");
        Assert.Equal("Input Convolution ReLU Pooling", Types(ImportRun.RequireSame(folder, file)));
    }

    [Fact]
    public void ZerosThatNothingTakesInAreAConvolutionOfOnes()
    {
        OnnxFile file = new OnnxFile().Input("x", 1, 2, 6, 6).Whole("pads", 0, 0, 1, 0, 0, 0, 2, 1)
            .Node("Pad", "x pads", "p").Node("Tanh", "p", "y").Output("y");
        Assert.Equal("Input Convolution TanH", Types(ImportRun.RequireSame(folder, file)));
    }

    [Theory]
    [InlineData("nearest", "asymmetric", 2, "Upsample")]
    [InlineData("nearest", "half_pixel", 3, "Upsample")]
    [InlineData("linear", "align_corners", 2, "Interp")]
    [InlineData("linear", "half_pixel", 2, "ResizeBilinear")]
    [InlineData("linear", "pytorch_half_pixel", 3, "ResizeBilinear")]
    [InlineData("linear", "asymmetric", 2, "ResizeBilinear")]
    public void ResizingIsALayer(string mode, string places, int factor, string layer)
    {
        OnnxFile file = new OnnxFile().Input("x", 1, 2, 4, 5).Floats("scales", [4], 1, 1, factor, factor)
            .Node(
                "Resize", "x - scales", "y", ("mode", mode), ("coordinate_transformation_mode", places),
                ("nearest_mode", places == "asymmetric" ? "floor" : "round_prefer_floor"))
            .Output("y");
        Assert.Equal($"Input {layer}", Types(ImportRun.RequireSame(folder, file)));
    }

    [Theory]
    [InlineData("ReduceMean", new[] { 2, 3 }, "Pooling")]
    [InlineData("ReduceMean", new[] { 1, 2, 3 }, "Reduction Reshape")]
    [InlineData("ReduceSum", new[] { -1 }, "Reduction Reshape")]
    [InlineData("ReduceSumSquare", new[] { 1 }, "Power Convolution")]
    [InlineData("ReduceMax", new[] { 2, 3 }, "Pooling")]
    [InlineData("ReduceMax", new[] { 1 }, "Slice Eltwise")]
    public void ReductionsAreLayers(string type, int[] axes, string layers)
    {
        OnnxFile file = new OnnxFile(type == "ReduceSum" ? 12 : 17).Input("x", 2, 3, 4, 5)
            .Node(type, "x", "y", ("axes", axes)).Output("y");
        Assert.Equal($"Input {layers}", Types(ImportRun.RequireSame(folder, file)));
    }

    [Fact]
    public void SlicesSplitsAndGathersArePartsOfAnAxis()
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 6, 4, 5).Whole("two", 2).Whole("end", long.MaxValue)
            .Whole("one", 1).Whole("sizes", 2, 4).Whole("order", 3, 0, 2)
            .Node("Slice", "x two end one", "a").Nodes("Split", "x sizes", "b c", "split", ("axis", 1))
            .Node("Gather", "x order", "d", ("axis", 1)).Output("a").Output("b").Output("d");
        ImportRun.RequireSame(folder, file);
    }

    [Theory]
    [InlineData("DepthToSpace", "DCR", "DepthToSpace")]
    [InlineData("DepthToSpace", "CRD", "Reshape")]
    [InlineData("SpaceToDepth", "", "SpaceToDepth")]
    public void BlocksOfPixelsAndChannelsTakeEachOthersPlace(string type, string mode, string layer)
    {
        (string, object)[] attributes = mode.Length > 0 ? [("blocksize", 2), ("mode", mode)] : [("blocksize", 2)];
        OnnxFile file = new OnnxFile().Input("x", 2, 8, 4, 6).Node(type, "x", "y", attributes).Output("y");
        Assert.Equal($"Input {layer}", Types(ImportRun.RequireSame(folder, file)));
    }

    [Theory]
    [InlineData(new[] { 1, 0, 0, 2, 0, 0, 3, 0 }, 0f)]
    [InlineData(new[] { 0, 0, 1, 2, 0, 0, 3, 4 }, -1.5f)]
    public void OtherBordersArePadLayers(int[] pads, float value)
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 3, 4, 5).Whole("pads", [.. pads.Select(p => (long)p)])
            .Floats("value", [], value).Node("Pad", "x pads value", "y").Output("y");
        Assert.Equal("Input Pad", Types(ImportRun.RequireSame(folder, file)));
    }

    [Theory]
    [InlineData(-1, int.MinValue, "Input Reverse")]
    [InlineData(3, 0, "Input Slice Silence Reverse")]
    public void StepsBackwardsAreReverseLayers(int start, int end, string layers)
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 5, 4).Whole("start", start, -1).Whole("end", end, int.MinValue)
            .Whole("axes", 1, 2).Whole("steps", -1, -1).Node("Slice", "x start end axes steps", "y").Output("y");
        Assert.Equal(
            layers.Split(' ').Order(), Types(ImportRun.RequireSame(folder, file)).Split(' ').Order());
    }

    [Fact]
    public void FunctionsThatAreWrittenAsProductsAreTheirLayers()
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 3, 4)
            .Node("Sigmoid", "x", "s").Node("Mul", "x s", "swish")
            .Node("Softplus", "swish", "p").Node("Tanh", "p", "t").Node("Mul", "swish t", "mish")
            .Node("HardSigmoid", "mish", "h", ("alpha", 1f / 6), ("beta", 0.5f)).Node("Mul", "mish h", "y").Output("y");
        Assert.Equal("Input Swish Mish HardSwish", Types(ImportRun.RequireSame(folder, file)));
    }

    [Fact]
    public void ProductsAndSumsAroundMatMulAreInnerProducts()
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 3, 4).Weights("w", [4, 5]).Weights("b", [5])
            .Node("MatMul", "x w", "m").Node("Add", "b m", "y").Output("y");
        ImportedNet net = ImportRun.RequireSame(folder, file);
        Assert.Equal("Input InnerProduct", Types(net));
        Assert.Equal(25, net.ParameterCount);
    }

    [Fact]
    public void MeanVarianceArithmeticComesThrough()
    {
        OnnxFile file = new OnnxFile().Input("x", 2, 3, 4, 5).Floats("eps", [], 1e-3f).Floats("two", [], 2)
            .Node("ReduceMean", "x", "m", ("axes", (int[])[2, 3])).Node("Sub", "x m", "d").Node("Pow", "d two", "q")
            .Node("ReduceMean", "q", "v", ("axes", (int[])[2, 3])).Node("Add", "v eps", "e").Node("Sqrt", "e", "s")
            .Node("Div", "d s", "y").Output("y");
        ImportRun.RequireSame(folder, file);
    }

    [Fact]
    public void TheOperatorsOfPlainNetsAreKnown()
    {
        string[] plain =
        [
            "Conv", "Gemm", "BatchNormalization", "Relu", "MaxPool", "AveragePool", "GlobalAveragePool", "Add",
            "Concat", "Flatten", "Reshape", "Softmax", "LRN", "Dropout", "Clip", "Sigmoid", "Tanh", "PRelu",
            "LeakyRelu",
            "ConvTranspose", "Transpose", "Resize", "Identity", "Squeeze", "Unsqueeze", "Pad", "ReduceMean", "MatMul",
        ];
        Assert.Equal([], plain.Except(OperatorImports.Types));
    }

    private static string Types(ImportedNet net) => string.Join(' ', net.Definition.Message.Layer.Select(l => l.Type));
}
