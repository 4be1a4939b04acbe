using Cnn.Engine.Import;
using Cnn.Tests.Faults;

namespace Cnn.Tests.Engine.Import;

/// <summary>A thousand damaged ONNX files: each is read or refused with an error that names it.</summary>
[Trait("Category", "Fuzz")]
public sealed class DamagedOnnxTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task DamagedFilesAreRefusedOrImported()
    {
        OnnxFile file = new OnnxFile().Input("x", -1, 3, 8, 8).Whole("pads", 0, 0, 1, 1, 0, 0, 1, 1)
            .Weights("conv1.weight", [4, 3, 3, 3]).Weights("conv1.bias", [4]).Weights("bn.weight", [4], 1)
            .Weights("bn.bias", [4]).Weights("bn.running_mean", [4]).Weights("bn.running_var", [4], 1)
            .Weights("fc.weight", [32, 5]).Whole("start", 0).Whole("end", 1).Whole("rest", -1).Whole("sizes", 1, 3)
            .Node("Pad", "x pads", "p").Node("Conv", "p conv1.weight conv1.bias", "c", ("strides", (int[])[2, 2]))
            .Node("BatchNormalization", "c bn.weight bn.bias bn.running_mean bn.running_var", "n")
            .Node("Clip", "n", "l").Node("MaxPool", "l", "m", ("kernel_shape", (int[])[2, 2]))
            .Node("AveragePool", "l", "a", ("kernel_shape", (int[])[3, 3]), ("pads", (int[])[0, 0, 1, 1]))
            .Nodes("Split", "l sizes", "s1 s2", "split", ("axis", 1)).Node("Concat", "s2 s1", "j", ("axis", 1))
            .Node("Transpose", "j", "t", ("perm", (int[])[0, 2, 3, 1])).Node("Shape", "t", "shape")
            .Node("Slice", "shape start end", "first").Node("Concat", "first rest", "flat", ("axis", 0))
            .Node("Reshape", "t flat", "v").Node("Softmax", "v", "y", ("axis", 1)).Output("y").Output("m").Output("a");
        string path = file.Save(folder["net.onnx"]);
        NetImport.LoadOnnx(path);
        await Damage.Check(path, damaged => NetImport.LoadOnnx(damaged));
    }
}
