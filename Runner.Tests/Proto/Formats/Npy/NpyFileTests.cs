using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Npy;

namespace Cnn.Tests.Proto.Formats.Npy;

[Trait("Category", "Unit")]
public class NpyFileTests
{
    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 3 })]
    [InlineData(new[] { 2, 3, 4, 5 })]
    [InlineData(new[] { 2, 0 })]
    public void WhatIsWrittenIsRead(int[] shape)
    {
        using var folder = new TemporaryFolder();
        string path = folder["x.npy"];
        float[] values = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => i * 0.37f)];

        NpyFile.Write(path, new NumberArray(shape, values));
        NumberArray read = NpyFile.Read(path);

        Assert.Equal(shape, read.Shape);
        Assert.Equal(values, read.Values);
        Assert.Equal(0, (new FileInfo(path).Length - (4 * values.Length)) % 64);
    }

    [Theory]
    [InlineData("<f8", new byte[] { 0, 0, 0, 0, 0, 0, 0xF8, 0x3F }, 1.5f)]
    [InlineData(">f4", new byte[] { 0x3F, 0xC0, 0, 0 }, 1.5f)]
    [InlineData("<f2", new byte[] { 0, 0x3E }, 1.5f)]
    [InlineData("<i8", new byte[] { 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, -2)]
    [InlineData(">i2", new byte[] { 0xFF, 0xFE }, -2)]
    [InlineData("|i1", new byte[] { 0xFE }, -2)]
    [InlineData("|u1", new byte[] { 0xFE }, 254)]
    [InlineData("<u4", new byte[] { 1, 0, 0, 0x80 }, 2147483649f)]
    [InlineData("|b1", new byte[] { 1 }, 1)]
    public void NumbersOfEveryRealTypeAreRead(string type, byte[] bytes, float expected)
    {
        using var folder = new TemporaryFolder();
        Assert.Equal([expected], NpyFile.Read(Write(folder, type, "False", "(1,)", bytes)).Values);
    }

    [Fact]
    public void ColumnOrderBecomesRowOrder()
    {
        using var folder = new TemporaryFolder();
        NumberArray array = NpyFile.Read(Write(folder, "|u1", "True", "(2, 3)", [0, 3, 1, 4, 2, 5]));
        Assert.Equal([0, 1, 2, 3, 4, 5], array.Values);
    }

    [Theory]
    [InlineData("<c8", "(1,)", "holds complex numbers ('<c8'), not numbers that can be read")]
    [InlineData("<U1", "(1,)", "holds text ('<U1'), not numbers")]
    [InlineData("|S4", "(1,)", "holds text ('|S4'), not numbers")]
    [InlineData("|O", "(1,)", "holds Python objects ('|O'), not numbers")]
    [InlineData("<f16", "(1,)", "holds floats of an unusual size ('<f16'), not numbers")]
    [InlineData("<f4", "(2,)", "needs 8")]
    [InlineData("<f4", "(x,)", "shape is (x,)")]
    [InlineData("<f4", "(99999, 99999)", "too large")]
    public void ADamagedFileIsNamed(string type, string shape, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, type, "False", shape, [0, 0, 0, 0]);
        string message = Assert.Throws<CnnException>(() => NpyFile.Read(path)).Message;
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'<U1'", "holds text ('<U1'), not numbers that can be read; save them as float32")]
    [InlineData("'|S5'", "holds text ('|S5'), not numbers")]
    [InlineData("'|O'", "holds Python objects ('|O'), not numbers")]
    [InlineData("[('a', '<f4'), ('b', '<f4')]", "holds records of several fields, not numbers")]
    [InlineData("'<c8'", "holds complex numbers ('<c8')")]
    [InlineData("'<M8[ns]'", "holds times ('<M8[ns]')")]
    [InlineData("'f'", "holds floats of an unusual size ('f')")]
    [InlineData("'<zu1'", "holds values ('<zu1')")]
    public void WhatIsNoNumberIsNamedAsWhatItIs(string descr, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, descr, "False", "(1,)", [0, 0, 0, 0]);
        byte[] bytes = File.ReadAllBytes(path);
        string quoted = Encoding.Latin1.GetString(bytes).Replace($"'{descr}'", descr, StringComparison.Ordinal);
        byte[] unquoted = Encoding.Latin1.GetBytes(quoted);
        unquoted[8] -= 2;
        File.WriteAllBytes(path, unquoted);
        string message = Assert.Throws<CnnException>(() => NpyFile.Read(path)).Message;

        Assert.StartsWith($"{path}: {expected}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFileCutAnywhereIsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = folder["x.npy"];
        NpyFile.Write(path, new NumberArray([2], [1, 2]));
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            string error = Assert.Throws<CnnException>(() => NpyFile.Read(path)).Message;
            Assert.StartsWith(path, error, StringComparison.Ordinal);
        }
    }

    private static string Write(TemporaryFolder folder, string type, string fortran, string shape, byte[] numbers)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n";
        string path = folder["x.npy"];
        File.WriteAllBytes(
            path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. numbers]);
        return path;
    }
}
