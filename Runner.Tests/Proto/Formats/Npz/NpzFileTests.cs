using System.IO.Compression;
using System.Text;
using global::Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Npz;
using Cnn.Tests.Faults;

namespace Cnn.Tests.Proto.Formats.Npz;

[Trait("Category", "Unit")]
public sealed class NpzFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The layout of numpy.savez: stored entries of the first day that ZIP knows, each a .npy file of version 1.0.
    [Fact]
    public void WhatIsWrittenHasTheBytesOfTheFormat()
    {
        byte[] npy = Npy("<f4", "False", "(2, 1)", [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0]);
        byte[] name = Encoding.ASCII.GetBytes("b/1.weight.npy"), crc = BitConverter.GetBytes(Crc32.Of(npy));
        byte[] size = BitConverter.GetBytes(npy.Length), common =
        [
            0, 0, 0, 0, 0, 0, 0x21, 0, .. crc, .. size, .. size, (byte)name.Length, 0, 0, 0,
        ];
        byte[] entry = [(byte)'P', (byte)'K', 3, 4, 20, 0, .. common, .. name, .. npy];
        byte[] directory =
        [
            (byte)'P', (byte)'K', 1, 2, 20, SystemOf(), 20, 0, .. common, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            .. name,
        ];

        byte[] written = Written(new NamedArray("b/1.weight", new MemorySnapshotArray([2, 1], [1, -2.5f])));

        Assert.Equal(entry, written[..entry.Length]);
        byte[] actual = written[entry.Length..(entry.Length + directory.Length)];

        // The version that wrote the entry, and the rights of files that the system has.
        actual[4] = 20;
        actual.AsSpan(38, 4).Clear();
        Assert.Equal(directory, actual);
        Assert.Equal(
            [
                (byte)'P', (byte)'K', 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, (byte)directory.Length, 0, 0, 0,
                .. BitConverter.GetBytes(entry.Length), 0, 0,
            ],
            written[(entry.Length + directory.Length)..]);
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void ArraysOfNumpyAreReadPackedOrNot(CompressionLevel level)
    {
        string path = Write(
            level,
            ("a.b/c.weight.npy", Npy("<f2", "False", "(2,)", [0, 0x3E, 0, 0xBE])),
            ("remarks.txt", [1, 2, 3]),
            ("a.b/c.bias.npy", Npy("|u1", "True", "(2, 3)", [0, 3, 1, 4, 2, 5])),
            ("arr_0.npy", Npy(">f8", "False", "()", [0x3F, 0xF8, 0, 0, 0, 0, 0, 0])));

        using WeightsFile file = WeightsFile.Open(path);

        Assert.Equal(["a.b/c", "arr_0"], file.Layers.Select(l => l.Name));
        Assert.Equal(["weight", "bias"], file.Layers[0].Roles);
        Assert.Equal(["2", "2 3"], file.Layers[0].Blobs.Select(b => b!.ShapeText));
        Assert.Equal([1.5f, -1.5f], Values(file.Layers[0].Blobs[0]!));
        Assert.Equal([0, 1, 2, 3, 4, 5], Values(file.Layers[0].Blobs[1]!));
        Assert.Equal([1.5f], Values(file.Layers[1].Blobs[0]!));
    }

    [Fact]
    public void ArraysOfMoreThanAPieceComeBackWithTheirBits()
    {
        float[] values = [.. Enumerable.Range(0, 100_003).Select(i => BitConverter.Int32BitsToSingle(i * 40_009))];
        string path = folder["x.npz"];
        File.WriteAllBytes(path, Written(
            new NamedArray("é.weight", new MemorySnapshotArray([values.Length], values)),
            new NamedArray("é.bias", new MemorySnapshotArray([0], []))));

        using WeightsFile file = WeightsFile.Open(path);

        Assert.Equal("é", Assert.Single(file.Layers).Name);
        Assert.Equal(
            values.Select(BitConverter.SingleToInt32Bits),
            Values(file.Layers[0].Blobs[0]!).Select(BitConverter.SingleToInt32Bits));
        Assert.Empty(Values(file.Layers[0].Blobs[1]!));
    }

    [Fact]
    public void TheSameArraysMakeTheSameBytes()
    {
        var array = new NamedArray("a.weight", new MemorySnapshotArray([1], [1]));

        Assert.Equal(Written(array), Written(array));
    }

    [Fact]
    public void ANumberThatWasChangedIsFoundByItsChecksum()
    {
        byte[] bytes = Written(new NamedArray("a.weight", new MemorySnapshotArray([1], [1])));
        bytes[30 + "a.weight.npy".Length + 128] ^= 1;
        string path = folder["x.npz"];
        File.WriteAllBytes(path, bytes);
        using WeightsFile file = WeightsFile.Open(path);

        string error = Assert.Throws<CnnException>(file.Layers[0].Blobs[0]!.Data.Verify).Message;

        Assert.StartsWith(
            $"{path}: 'a.weight.npy': is damaged: its checksum is ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void AWholeNumberThatAFloatCannotHoldIsRefused()
    {
        string path = Write(
            CompressionLevel.Optimal, ("a.weight.npy", Npy("<i4", "False", "(2,)", [1, 0, 0, 0, 1, 0, 0, 1])));
        using WeightsFile file = WeightsFile.Open(path);

        string error = Assert.Throws<CnnException>(file.Layers[0].Blobs[0]!.Data.Verify).Message;

        Assert.StartsWith($"{path}: 'a.weight.npy': holds the whole number 16777217", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.npy", "<f4", "(2,)", "'a.npy': holds 4 bytes of numbers, its shape [2] of type '<f4' needs 8")]
    [InlineData("a.npy", "|O", "(1,)", "'a.npy': holds Python objects ('|O'), not numbers")]
    [InlineData("a.txt", "<f4", "(1,)", "is a ZIP archive without .npy files, so it holds no weights")]
    public void AnArchiveOfOtherThingsIsRefused(string name, string type, string shape, string expected)
    {
        string path = Write(CompressionLevel.NoCompression, (name, Npy(type, "False", shape, [0, 0, 0, 0])));

        string error = Assert.Throws<CnnException>(() => WeightsFile.Open(path)).Message;

        Assert.StartsWith($"{path}: {expected}", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TwoArraysOfANameAreRefused()
    {
        byte[] npy = Npy("<f4", "False", "(1,)", [0, 0, 0, 0]);
        string path = Write(CompressionLevel.NoCompression, ("a.npy", npy), ("a.npy", npy));

        string error = Assert.Throws<CnnException>(() => WeightsFile.Open(path)).Message;

        Assert.Equal($"{path}: 'a.npy': two arrays have this name", error);
    }

    [Fact]
    public void AFileThatOnlyItsNameMakesOneIsRefused()
    {
        string path = folder.Write("x.npz", "no archive");

        string error = Assert.Throws<CnnException>(() => WeightsFile.Open(path)).Message;

        Assert.StartsWith($"{path}: is no .npz file or a damaged one", error, StringComparison.Ordinal);
    }

    [Fact]
    public void ANameThatIsTooLongIsRefused()
    {
        var array = new NamedArray(new string('x', 65_532), new MemorySnapshotArray([1], [1]));

        string error = Assert.Throws<CnnException>(() => Written(array)).Message;

        Assert.Contains("its name is too long; rename the layer", error, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Category", "Fuzz")]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public async Task DamagedFilesAreReadOrRefusedByName(CompressionLevel level)
    {
        string path = Write(level, [.. Enumerable.Range(0, 4).Select(i => (
            $"layer{i}.weight.npy",
            Npy("<f4", "False", $"({i}, 4)", [.. Enumerable.Range(0, 16 * i).Select(b => (byte)b)])))]);
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

    private static byte SystemOf() => OperatingSystem.IsWindows() ? (byte)0 : (byte)3;

    private static float[] Values(StoredBlob blob)
    {
        var values = new float[blob.Data.Count];
        blob.Data.CopyTo(values);
        return values;
    }

    private static byte[] Written(params NamedArray[] arrays)
    {
        using var stream = new MemoryStream();
        NpzFile.Write(stream, arrays);
        return stream.ToArray();
    }

    private static byte[] Npy(string type, string fortran, string shape, byte[] numbers)
    {
        const int HeaderLength = 118;
        string header = $"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }}";
        return
        [
            0x93, .. "NUMPY"u8, 1, 0, HeaderLength, 0,
            .. Encoding.ASCII.GetBytes(header.PadRight(HeaderLength - 1) + "\n"), .. numbers,
        ];
    }

    private string Write(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        string path = folder["x.npz"];
        using FileStream stream = File.Create(path);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (var (name, content) in entries)
        {
            using Stream entry = archive.CreateEntry(name, level).Open();
            entry.Write(content);
        }

        return path;
    }
}
