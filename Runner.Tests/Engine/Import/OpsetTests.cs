using Cnn.Engine.Import;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Import;

/// <summary>
/// Plain nets of each set of operators, whose attributes became inputs one by one: ONNX Runtime computes the same.
/// </summary>
[Trait("Category", "Unit")]
public sealed class OpsetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<int> Opsets => [.. Enumerable.Range(7, 16)];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Opsets))]
    public void APlainNetIsRead(int opset)
    {
        var file = new OnnxFile(opset);
        file.Input("x", -1, 3, 8, 8).Weights("conv.weight", [4, 3, 3, 3]).Weights("conv.bias", [4])
            .Weights("bn.weight", [4], 1).Weights("bn.bias", [4]).Weights("bn.running_mean", [4])
            .Weights("bn.running_var", [4], 1).Weights("fc.weight", [5, 4]).Weights("fc.bias", [5]);
        WithNumbers(file, opset >= 11, "Pad", "x", "padded", ("pads", [0, 0, 1, 0, 0, 0, 1, 2]));
        file.Node("Conv", "padded conv.weight conv.bias", "c");
        string statistics = "c bn.weight bn.bias bn.running_mean bn.running_var";
        (string, object)[] old = opset < 9 ? [("spatial", 1), ("momentum", 0.9f)] : [("momentum", 0.9f)];
        file.Node("BatchNormalization", statistics, "b", opset < 14 ? old : [.. old, ("training_mode", 0)]);
        Limits(file, opset);
        Masked(file, opset);
        Resized(file, opset);
        file.Node("MaxPool", "r", "m", ("kernel_shape", (int[])[2, 2]), ("strides", (int[])[2, 2]))
            .Node("AveragePool", "m", "a", ("kernel_shape", (int[])[3, 3]), ("pads", (int[])[1, 1, 1, 1]));
        WithNumbers(file, opset >= 18, "ReduceMean", "a", "mean", ("axes", [2, 3]));
        WithNumbers(file, opset >= 13, "Squeeze", "mean", "s", ("axes", [2, 3]));
        WithNumbers(file, opset >= 13, "Unsqueeze", "s", "u", ("axes", [2]));
        file.Whole("shape", 0, -1).Node("Reshape", "u shape", "v")
            .Node("Gemm", "v fc.weight fc.bias", "scores", ("transB", 1))
            .Node("Softmax", "scores", "y", ("axis", 1)).Output("y");
        ImportedNet net = ImportRun.RequireSame(folder, file, new OnnxImportOptions { Batch = 2 });
        Assert.Equal("conv", net.Definition.Message.Layer.First(l => l.Type == "Convolution").Name);
    }

    // Before opset 13 over all axes from one on.
    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    public void ASoftmaxTakesItsAxesByTheOpset(int opset) => ImportRun.RequireSame(
        folder, new OnnxFile(opset).Input("x", 2, 3, 4).Node("Softmax", "x", "y", ("axis", 1)).Output("y"));

    [Theory]
    [InlineData(7)]
    [InlineData(12)]
    public void AMaskThatIsReadIsRefused(int opset)
    {
        OnnxFile file = new OnnxFile(opset).Input("x", 2, 3).Nodes("Dropout", "x", "y mask", "drop")
            .Output("y").Output("mask");
        CnnException exception =
            Assert.Throws<CnnException>(() => NetImport.LoadOnnx(file.Save(folder["net.onnx"])));
        Assert.Contains("node 'drop' (Dropout): it draws at random", exception.Message, StringComparison.Ordinal);
    }

    // Numbers that are an attribute at first, and an input later.
    private static void WithNumbers(
        OnnxFile file, bool asInput, string type, string input, string output, (string Name, int[] Values) numbers)
    {
        if (asInput)
        {
            string name = $"{output}_{numbers.Name}";
            file.Whole(name, [.. numbers.Values.Select(v => (long)v)]).Node(type, $"{input} {name}", output);
        }
        else
        {
            file.Node(type, input, output, (numbers.Name, numbers.Values));
        }
    }

    private static void Limits(OnnxFile file, int opset)
    {
        if (opset < 11)
        {
            file.Node("Clip", "b", "l", ("min", 0f), ("max", 6f));
        }
        else
        {
            file.Floats("low", [], 0).Floats("high", [], 6).Node("Clip", "b low high", "l");
        }
    }

    private static void Masked(OnnxFile file, int opset)
    {
        if (opset < 12)
        {
            file.Nodes("Dropout", "l", "d mask", "drop", ("ratio", 0.3f));
        }
        else
        {
            file.Floats("ratio", [], 0.3f).Nodes("Dropout", "l ratio", "d mask", "drop");
        }
    }

    private static void Resized(OnnxFile file, int opset)
    {
        if (opset < 9)
        {
            file.Nodes("Upsample", "d", "r", "up", ("mode", "nearest"), ("scales", (float[])[1, 1, 2, 2]));
            return;
        }

        file.Floats("scales", [4], 1, 1, 2, 2);
        if (opset < 11)
        {
            file.Node(opset == 9 ? "Upsample" : "Resize", "d scales", "r", ("mode", "nearest"));
        }
        else
        {
            file.Floats("roi", [0]).Node(
                "Resize", opset < 13 ? "d roi scales" : "d - scales", "r", ("mode", "nearest"),
                ("coordinate_transformation_mode", "asymmetric"),
                ("nearest_mode", "floor"));
        }
    }
}
