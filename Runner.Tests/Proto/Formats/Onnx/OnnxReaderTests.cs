using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;
using Google.Protobuf;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Tests.Proto.Formats.Onnx;

[Trait("Category", "Unit")]
public sealed class OnnxReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<ElementType, float[]> Types => new()
    {
        { ElementType.Float, [1.5f, -2] },
        { ElementType.Double, [1.5f, -2] },
        { ElementType.Float16, [1.5f, -2] },
        { ElementType.Bfloat16, [1.5f, -2] },
        { ElementType.Int64, [3, -2] },
        { ElementType.Int32, [3, -2] },
        { ElementType.Int16, [3, -2] },
        { ElementType.Int8, [3, -2] },
        { ElementType.Uint8, [3, 250] },
        { ElementType.Uint16, [3, 65000] },
        { ElementType.Uint32, [3, 65000] },
        { ElementType.Uint64, [3, 65000] },
        { ElementType.Bool, [1, 0] },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void ValuesAreReadFromBytesAndFromFields(ElementType type, float[] values)
    {
        var raw = new TensorProto { Name = "raw", DataType = (int)type, Dims = { 2 } };
        raw.RawData = ByteString.CopyFrom([.. values.SelectMany(v => Bytes(type, v))]);
        var typed = new TensorProto { Name = "typed", DataType = (int)type, Dims = { 1, 2 } };
        AddFields(typed, type, values);
        using OnnxModel model = OnnxReader.Read(Save(raw, typed));
        Assert.All(model.Initializers, tensor =>
        {
            Assert.Equal(values, tensor.Floats());
            if (tensor.IsWhole)
            {
                Assert.Equal(values, tensor.WholeNumbers().Select(v => (float)v));
            }
        });
        Assert.Equal([1, 2], model.Initializers[1].Shape);
    }

    [Fact]
    public void LargeArraysStayInTheFileUntilTheyAreAskedFor()
    {
        float[] values = [.. Enumerable.Range(0, 1 << 20).Select(i => i * 0.5f)];
        var tensor = new TensorProto { Name = "w", DataType = (int)ElementType.Float, Dims = { 1024, 1024 } };
        tensor.RawData = ByteString.CopyFrom([.. values.SelectMany(BitConverter.GetBytes)]);
        string path = Save(tensor);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using OnnxModel model = OnnxReader.Read(path);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 19);
        Assert.Equal(values, model.Initializers[0].Floats());
    }

    [Fact]
    public void ExternalDataAreReadFromTheModelsFolder()
    {
        Directory.CreateDirectory(folder["weights"]);
        File.WriteAllBytes(folder["weights/a.bin"], [0, 0, 0, 0, .. BitConverter.GetBytes(2.5f)]);
        using OnnxModel model = OnnxReader.Read(Save(External("weights/a.bin", ("offset", "4"), ("length", "4"))));
        Assert.Equal([2.5f], model.Initializers[0].Floats());
    }

    [Theory]
    [InlineData("/etc/passwd", "which is no file below the model's folder")]
    [InlineData("../a.bin", "which is no file below the model's folder")]
    [InlineData("x/../../a.bin", "which is no file below the model's folder")]
    [InlineData("..\\a.bin", "which is no file below the model's folder")]
    [InlineData("C:\\a.bin", "which is no file below the model's folder")]
    [InlineData("", "which is no file below the model's folder")]
    [InlineData("missing.bin", "which does not exist")]
    [InlineData("short.bin", "is 3 bytes long, but its values are 4 bytes from byte 0 on")]
    public void OtherPlacesOfExternalDataAreRefused(string location, string expected)
    {
        File.WriteAllBytes(folder["short.bin"], new byte[3]);
        string path = Save(External(location));
        CnnException exception = Assert.Throws<CnnException>(() => OnnxReader.Read(path));
        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains("tensor 'w'", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ALinkOutOfTheFolderIsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a privilege there");
        Directory.CreateDirectory(folder["in"]);
        File.WriteAllBytes(folder["out.bin"], new byte[4]);
        File.CreateSymbolicLink(folder["in/link.bin"], folder["out.bin"]);
        Directory.CreateSymbolicLink(folder["in/up"], folder.Path);
        foreach (string location in (string[])["link.bin", "up/out.bin"])
        {
            string path = SaveAs("in/net.onnx", External(location));
            CnnException exception = Assert.Throws<CnnException>(() => OnnxReader.Read(path));
            Assert.Contains("a link that leads out of the model's folder", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AShapeThatItsValuesDoNotFillIsRefused()
    {
        var tensor = new TensorProto { Name = "w", DataType = (int)ElementType.Float, Dims = { 1 << 20, 1 << 10 } };
        Refused("tensor 'w': it has 0 values, but its shape 1048576 x 1024 takes 1073741824", tensor);
        tensor.RawData = ByteString.CopyFrom(1, 2, 3);
        Refused("tensor 'w': it has 3 bytes", tensor);
        tensor.Dims.Add(1 << 20);
        Refused("is too large", tensor);
        tensor.Dims[0] = -1;
        Refused("is impossible", tensor);
        Refused("its values are of type String", new TensorProto { Name = "t", DataType = (int)ElementType.String });
    }

    [Fact]
    public void AnArrayHasAtMost32Axes()
    {
        var tensor = new TensorProto
        {
            Name = "w", DataType = (int)ElementType.Float, FloatData = { 2.5f }, Dims = { Enumerable.Repeat(1L, 32) },
        };
        using (OnnxModel model = OnnxReader.Read(Save(tensor)))
        {
            Assert.Equal([2.5f], model.Initializers[0].Floats());
            Assert.Equal(Enumerable.Repeat(1, 32), model.Initializers[0].Shape);
        }

        tensor.Dims.Add(1);
        Refused("it has 33 axes, at most 32 are read", tensor);
    }

    [Theory]
    [InlineData(16777216, true)]
    [InlineData(-16777216, true)]
    [InlineData(16777217, false)]
    [InlineData(long.MinValue, true)]
    [InlineData(long.MaxValue, false)]
    public void WholeNumbersAreFloatsWhereTheyAreExact(long value, bool isExact)
    {
        using OnnxModel model = OnnxReader.Read(Save(
            new TensorProto { Name = "w", DataType = (int)ElementType.Int64, Dims = { 1 }, Int64Data = { value } }));
        OnnxTensor tensor = model.Initializers[0];

        Assert.Equal([value], tensor.WholeNumbers());
        if (isExact)
        {
            Assert.Equal([(float)value], tensor.Floats());
        }
        else
        {
            Assert.Contains($"its value {value} is no 32-bit", Assert.Throws<CnnException>(tensor.Floats).Message);
        }
    }

    [Theory]
    [InlineData(9223372036854775807, true)]
    [InlineData(9223372036854775808, false)]
    public void UnsignedNumbersOfMoreThan63BitsAreRefused(ulong value, bool isRead)
    {
        var raw = new TensorProto { Name = "raw", DataType = (int)ElementType.Uint64, Dims = { 1 } };
        raw.RawData = ByteString.CopyFrom(BitConverter.GetBytes(value));
        var typed = new TensorProto
        {
            Name = "typed", DataType = (int)ElementType.Uint64, Dims = { 1 }, Uint64Data = { value },
        };
        using OnnxModel model = OnnxReader.Read(Save(raw, typed));
        Assert.All(model.Initializers, tensor =>
        {
            if (isRead)
            {
                Assert.Equal([(long)value], tensor.WholeNumbers());
            }
            else
            {
                Assert.Contains("is too large", Assert.Throws<CnnException>(tensor.WholeNumbers).Message);
            }
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("name: \"a prototxt\"")]
    public void OtherFilesAreRefused(string text)
    {
        string path = folder.Write("net.onnx", text);
        CnnException exception = Assert.Throws<CnnException>(() => OnnxReader.Read(path));
        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
    }

    private void Refused(string expected, TensorProto tensor)
    {
        string path = Save(tensor);
        CnnException exception = Assert.Throws<CnnException>(() => OnnxReader.Read(path));
        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    private string Save(params TensorProto[] tensors) => SaveAs("net.onnx", tensors);

    private string SaveAs(string name, params TensorProto[] tensors)
    {
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto { Initializer = { tensors } } };
        File.WriteAllBytes(folder[name], model.ToByteArray());
        return folder[name];
    }

    private static TensorProto External(string location, params (string Key, string Value)[] more)
    {
        var tensor = new TensorProto
        {
            Name = "w",
            DataType = (int)ElementType.Float,
            Dims = { 1 },
            DataLocation = TensorProto.Types.DataLocation.External,
        };
        foreach (var (key, value) in more.Prepend(("location", location)))
        {
            tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        return tensor;
    }

    private static byte[] Bytes(ElementType type, float value) => type switch
    {
        ElementType.Float => BitConverter.GetBytes(value),
        ElementType.Double => BitConverter.GetBytes((double)value),
        ElementType.Float16 => BitConverter.GetBytes((Half)value),
        ElementType.Bfloat16 => BitConverter.GetBytes((short)(BitConverter.SingleToInt32Bits(value) >> 16)),
        ElementType.Int64 => BitConverter.GetBytes((long)value),
        ElementType.Uint64 => BitConverter.GetBytes((ulong)value),
        ElementType.Int32 => BitConverter.GetBytes((int)value),
        ElementType.Uint32 => BitConverter.GetBytes((uint)value),
        ElementType.Int16 => BitConverter.GetBytes((short)value),
        ElementType.Uint16 => BitConverter.GetBytes((ushort)value),
        ElementType.Int8 => [(byte)(sbyte)value],
        _ => [(byte)value],
    };

    private static void AddFields(TensorProto tensor, ElementType type, float[] values)
    {
        switch (type)
        {
            case ElementType.Float:
                tensor.FloatData.Add(values);
                break;
            case ElementType.Double:
                tensor.DoubleData.Add(values.Select(v => (double)v));
                break;
            case ElementType.Int64:
                tensor.Int64Data.Add(values.Select(v => (long)v));
                break;
            case ElementType.Uint32 or ElementType.Uint64:
                tensor.Uint64Data.Add(values.Select(v => (ulong)v));
                break;
            case ElementType.Float16:
                tensor.Int32Data.Add(values.Select(v => (int)BitConverter.HalfToUInt16Bits((Half)v)));
                break;
            case ElementType.Bfloat16:
                tensor.Int32Data.Add(values.Select(v => (int)(BitConverter.SingleToUInt32Bits(v) >> 16)));
                break;
            default:
                tensor.Int32Data.Add(values.Select(v => (int)v));
                break;
        }
    }
}
