using Cnn.Engine.Import;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;
using Cnn.Tests.Faults;
using Google.Protobuf;
using AttributeType = Cnn.Proto.Formats.Onnx.AttributeProto.Types.AttributeType;

namespace Cnn.Tests.Engine.Import;

/// <summary>
/// Two thousand damaged ONNX files, in bytes and in what they say: each is read or refused with an error that names
/// it.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class DamagedOnnxTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static OnnxFile Whole => new OnnxFile().Input("x", -1, 3, 8, 8).Whole("pads", 0, 0, 1, 1, 0, 0, 1, 1)
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

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task DamagedFilesAreRefusedOrImported()
    {
        string path = Whole.Save(folder["net.onnx"]);
        NetImport.LoadOnnx(path);
        await Damage.Check(path, damaged => NetImport.LoadOnnx(damaged));
    }

    // Bytes rarely hit what a graph means: shapes, the order of operations, what they read.
    [Fact]
    public void DamagedGraphsAreRefusedOrImported()
    {
        string path = folder["damaged.onnx"];
        int refused = 0;
        for (int i = 0; i < 1000; i++)
        {
            ModelProto model = Whole.Model;
            Change(model.Graph, new Random((i * 7919) + 17), i % 10);
            File.WriteAllBytes(path, model.ToByteArray());
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                NetImport.LoadOnnx(path);
            }
            catch (CnnException exception)
            {
                refused++;
                Assert.Contains(path, exception.Message, StringComparison.Ordinal);
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        }

        Assert.InRange(refused, 500, 1000);
    }

    private static void Change(GraphProto graph, Random random, int kind)
    {
        long[] numbers = [0, -1, 1, 2, 1000, int.MaxValue, (long)int.MaxValue + 1, long.MaxValue, long.MinValue];
        TensorProto tensor = Any(graph.Initializer);
        NodeProto node = Any(graph.Node);
        switch (kind)
        {
            case 0:
                tensor.Dims[random.Next(tensor.Dims.Count)] = Any(numbers);
                break;
            case 1:
                tensor.Dims.Add(Any(numbers));
                break;
            case 2:
                // Also what comes later, which makes a cycle.
                node.Input[random.Next(node.Input.Count)] = Any(graph.Node).Output[0];
                break;
            case 3:
                graph.Node.Remove(node);
                break;
            case 4:
                graph.Node.Insert(random.Next(graph.Node.Count), node.Clone());
                break;
            case 5:
                graph.Node.Remove(node);
                graph.Node.Insert(random.Next(graph.Node.Count), node);
                break;
            case 6:
                node.Attribute.Add(new AttributeProto
                {
                    Name = Any(["axis", "group", "kernel_shape", "pads", "strides", "perm", "dilations", "ceil_mode"]),
                    I = Any(numbers),
                    Ints = { Any(numbers), Any(numbers), Any(numbers), Any(numbers) },
                    Type = random.Next(2) == 0 ? AttributeType.Ints : AttributeType.Int,
                });
                (node.Attribute[0], node.Attribute[^1]) = (node.Attribute[^1], node.Attribute[0]);
                break;
            case 7:
                Any(graph.Input[0].Type.TensorType.Shape.Dim).DimValue = Any(numbers);
                break;
            case 8:
                tensor.DataType = random.Next(30);
                break;
            default:
                if (tensor.Int64Data.Count > 0)
                {
                    tensor.Int64Data[random.Next(tensor.Int64Data.Count)] = Any(numbers);
                }
                else
                {
                    tensor.RawData = ByteString.CopyFrom(tensor.RawData.Span[..random.Next(tensor.RawData.Length)]);
                }

                break;
        }

        T Any<T>(IList<T> values) => values[random.Next(values.Count)];
    }
}
