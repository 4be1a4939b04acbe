using System.Buffers.Binary;
using System.Text;
using global::Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Safetensors;
using Cnn.Tests.Faults;

namespace Cnn.Tests.Proto.Formats.Safetensors;

[Trait("Category", "Unit")]
public sealed class SafetensorsFileTests : IDisposable
{
    private const string One = """{"a.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The layout as its description gives it: length, header, numbers; the header is padded with blanks.
    [Fact]
    public void WhatIsWrittenHasTheBytesOfTheFormat()
    {
        using var stream = new MemoryStream();
        SafetensorsFile.Write(
            stream,
            [
                new("b/1.weight", new MemorySnapshotArray([2, 1], [1, -2.5f])),
                new("a.b.bias", new MemorySnapshotArray([], [0.5f])),
                new("é.weight", new MemorySnapshotArray([0, 3], [])),
            ],
            [("net", "a \"net\"")]);

        const string Header = """
            {"__metadata__":{"net":"a \"net\""},
            "b/1.weight":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},
            "a.b.bias":{"dtype":"F32","shape":[],"data_offsets":[8,12]},
            "é.weight":{"dtype":"F32","shape":[0,3],"data_offsets":[12,12]}}
            """;
        byte[] header = Encoding.UTF8.GetBytes(Header.ReplaceLineEndings(""));
        byte[] blanks = Encoding.ASCII.GetBytes(new string(' ', (8 - (header.Length % 8)) % 8));
        byte[] expected =
        [
            (byte)(header.Length + blanks.Length), 0, 0, 0, 0, 0, 0, 0, .. header, .. blanks,
            0x00, 0x00, 0x80, 0x3F, 0x00, 0x00, 0x20, 0xC0, 0x00, 0x00, 0x00, 0x3F,
        ];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void LayersComeInTheOrderOfTheirDataWithRolesAfterTheLastDot()
    {
        const string Header = """
            {"features.0.bias": {"dtype": "F32", "shape": [], "data_offsets": [12, 16]},
             "__metadata__": {"format": "pt"},
             "alone": {"shape": [1, 1], "data_offsets": [16, 20], "dtype": "F32"},
             "features.0.weight": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]} }
            """;
        string path = Write(Header, [.. Floats(1, 2, 3), .. Floats(4), .. Floats(5)]);

        using WeightsFile file = WeightsFile.Open(path);

        Assert.Equal(["features.0", "alone"], file.Layers.Select(l => l.Name));
        Assert.Equal(["weight", "bias"], file.Layers[0].Roles);
        Assert.Equal([""], file.Layers[1].Roles);
        Assert.Equal(["3", ""], file.Layers[0].Blobs.Select(b => b!.ShapeText));
        Assert.Equal([1, 2, 3], Values(file.Layers[0].Blobs[0]!));
        Assert.Equal([4], Values(file.Layers[0].Blobs[1]!));
        Assert.Equal([5], Values(file.Layers[1].Blobs[0]!));
    }

    [Theory]
    [InlineData("F64", "000000000000F83F", 1.5f)]
    [InlineData("F32", "0000C03F", 1.5f)]
    [InlineData("F16", "003E", 1.5f)]
    [InlineData("BF16", "C03F", 1.5f)]
    [InlineData("I64", "FEFFFFFFFFFFFFFF", -2)]
    [InlineData("I64", "0000000000000080", -9223372036854775808f)]
    [InlineData("I32", "000000FF", -16777216)]
    [InlineData("I16", "FEFF", -2)]
    [InlineData("I8", "FE", -2)]
    [InlineData("U64", "0000000000000080", 9223372036854775808f)]
    [InlineData("U32", "000000FF", 4278190080f)]
    [InlineData("U16", "FEFF", 65534)]
    [InlineData("U8", "FE", 254)]
    [InlineData("BOOL", "01", 1)]
    public void NumbersOfEveryTypeAreRead(string type, string bytes, float expected)
    {
        StoredBlob blob = ReadOne(type, bytes, out WeightsFile file);
        using (file)
        {
            blob.Data.Verify();
            Assert.Equal([expected], Values(blob));
        }
    }

    [Theory]
    [InlineData("I32", "01000001", "16777217")]
    [InlineData("U32", "FFFFFFFF", "4294967295")]
    [InlineData("I64", "FFFFFFFFFFFFFF7F", "9223372036854775807")]
    [InlineData("I64", "0100000000000080", "-9223372036854775807")]
    [InlineData("U64", "FFFFFFFFFFFFFFFF", "18446744073709551615")]
    public void AWholeNumberThatAFloatCannotHoldIsRefused(string type, string bytes, string number)
    {
        StoredBlob blob = ReadOne(type, bytes, out WeightsFile file);
        using (file)
        {
            var error = Assert.Throws<CnnException>(blob.Data.Verify);

            Assert.Contains(
                $"x.safetensors: tensor 'a.weight': holds the whole number {number}, which float32 cannot represent",
                error.Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ArraysOfMoreThanAPieceAreReadWhole()
    {
        const int Count = 300_001;
        string path = Write(
            $$$"""
            {"a.weight":{"dtype":"F16","shape":[{{{Count}}}],"data_offsets":[0,{{{2 * Count}}}]},
             "b.weight":{"dtype":"F32","shape":[{{{Count}}}],"data_offsets":[{{{2 * Count}}},{{{6 * Count}}}]}}
            """,
            [
                .. Enumerable.Range(0, Count).SelectMany(i => BitConverter.GetBytes((Half)(i % 1000))),
                .. Floats([.. Enumerable.Range(0, Count).Select(i => (float)i)]),
            ]);

        using WeightsFile file = WeightsFile.Open(path);

        Assert.Equal(Enumerable.Range(0, Count).Select(i => (float)(i % 1000)), Values(file.Layers[0].Blobs[0]!));
        Assert.Equal(Enumerable.Range(0, Count).Select(i => (float)i), Values(file.Layers[1].Blobs[0]!));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{}}""", "two tensors have the name 'a'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "[2] and type F32 has bytes 0 to 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "has bytes 4 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "the header and tensor 'a' are 4 bytes")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}""", "tensors have 2 bytes of data, the")]
    [InlineData("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", "tensors have 8 bytes of data, the")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,4]}}""", "has bytes 0 to 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "shape of tensor 'a' holds something")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}""", "whole numbers of 0 or more")]
    [InlineData("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", "the shape of tensor 'a' is not an array")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", "holds more than 2 numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", "tensor 'a' lacks its data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32"}}""", "tensor 'a' has two dtype")]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,4]}}""", "tensor 'a' lacks its dtype")]
    [InlineData("""{"a":[]}""", "tensor 'a' is not an object")]
    [InlineData("""{"__metadata__":{"x":1}}""", "a member of __metadata__ is not a text")]
    [InlineData("""{"a":""", "its header is not valid JSON from byte")]
    [InlineData("""{"\ud800":{}}""", "its header holds a text that is not Unicode")]
    [InlineData("""{} x""", "its header is not valid JSON")]
    public void AHeaderThatIsWrongIsRefused(string header, string expected)
    {
        string path = Write(header, Floats(1));

        string error = Assert.Throws<CnnException>(() => WeightsFile.Open(path)).Message;

        Assert.StartsWith($"{path}: is a damaged safetensors file: ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TensorsThatOverlapAreRefused()
    {
        string path = Write(
            """
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
             "b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}
            """,
            Floats(1, 2));

        string error = Assert.Throws<CnnException>(() => WeightsFile.Open(path)).Message;

        Assert.Contains(
            "the data of tensor 'b' start at byte 4, where those of tensor 'a' are", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("F8_E4M3")]
    [InlineData("C64")]
    [InlineData("f32")]
    public void ATypeThatCannotBeReadIsNamed(string type)
    {
        string path = Write(One.Replace("F32", type, StringComparison.Ordinal), Floats(1));

        string error = Assert.Throws<CnnException>(() => WeightsFile.Open(path)).Message;

        Assert.Equal(
            $"{path}: tensor 'a.weight' holds numbers of type '{type}', which cannot be read; "
            + "save it as float32: tensor.float()",
            error);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 }, "it has 3 bytes")]
    [InlineData(new byte[] { 0xFF, 0, 0, 0, 0, 0, 0, 0, 1 }, "its header would have 255 bytes, the whole file has 9")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x80, 1 }, "would have 9223372036854775808 bytes, more than 100 MB")]
    [InlineData(new byte[] { 0, 0xE1, 0xF5, 5, 0, 0, 0, 0, 1 }, "would have 100000000 bytes, the whole file has 9")]
    [InlineData(new byte[] { 1, 0xE1, 0xF5, 5, 0, 0, 0, 0, 1 }, "would have 100000001 bytes, more than 100 MB")]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 0xFF }, "its header is not UTF-8")]
    public void AFileThatOnlyItsNameMakesOneIsRefused(byte[] bytes, string expected)
    {
        string path = folder["x.safetensors"];
        File.WriteAllBytes(path, bytes);

        string error = Assert.Throws<CnnException>(() => WeightsFile.Open(path)).Message;

        Assert.StartsWith(path, error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void ItsContentMakesAFileOfAnyNameOne()
    {
        string path = folder["weights.bin"];
        File.Move(Write(One, Floats(7)), path);

        using WeightsFile file = WeightsFile.Open(path);

        Assert.Equal([7], Values(file.Layers[0].Blobs[0]!));
    }

    [Fact]
    public void AFileCutAnywhereIsRefused()
    {
        string path = Write(One, Floats(7));
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            string error = Assert.Throws<CnnException>(() => WeightsFile.Open(path)).Message;
            Assert.StartsWith(path, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task DamagedFilesAreReadOrRefusedByName()
    {
        string path = folder["x.safetensors"];
        using (FileStream stream = File.Create(path))
        {
            SafetensorsFile.Write(
                stream,
                [
                    .. Enumerable.Range(0, 8).Select(
                        i => new NamedArray($"layer{i}.weight", new MemorySnapshotArray([3, i], new float[3 * i]))),
                ],
                [("net", "x")]);
        }

        await Damage.Check(
            path,
            damaged =>
            {
                using WeightsFile file = WeightsFile.Open(damaged);
                foreach (StoredBlob? blob in file.Layers.SelectMany(l => l.Blobs))
                {
                    blob!.Data.Verify();
                    Values(blob);
                }
            },
            leastRefused: 500);
    }

    private static float[] Values(StoredBlob blob)
    {
        var values = new float[blob.Data.Count];
        blob.Data.CopyTo(values);
        return values;
    }

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private StoredBlob ReadOne(string type, string hex, out WeightsFile file)
    {
        byte[] bytes = Convert.FromHexString(hex);
        string path = Write(
            One.Replace("F32", type, StringComparison.Ordinal).Replace(
                "4]", $"{bytes.Length}]", StringComparison.Ordinal),
            bytes);
        file = WeightsFile.Open(path);
        return file.Layers[0].Blobs[0]!;
    }

    private string Write(string header, byte[] data)
    {
        byte[] length = new byte[8], text = Encoding.UTF8.GetBytes(header);
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        string path = folder["x.safetensors"];
        File.WriteAllBytes(path, [.. length, .. text, .. data]);
        return path;
    }
}
