using System.Runtime.InteropServices;
using global::Cnn.Proto;
using Cnn.Proto.Formats.Hdf5;
using Cnn.Tests.Faults;
using PureHDF;
using PureHDF.Filters;
using PureHDF.VOL.Native;

namespace Cnn.Tests.Proto.Formats.Hdf5;

/// <summary>
/// The kinds of HDF5 files: those that libhdf5 wrote, and those that are written here and then patched where the
/// library cannot write what the test needs.
/// </summary>
[Trait("Category", "Unit")]
public sealed class Hdf5ArraysTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private enum Colour
    {
        Red,
        Green,
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("float32.h5")]
    [InlineData("float16.h5")]
    [InlineData("big-endian-float32.h5")]
    [InlineData("big-endian-int32.h5")]
    [InlineData("user-block-512.h5")]
    public void WhatLibhdf5WroteIsRead(string name)
    {
        using var file = new Hdf5Arrays(Fixture(name));

        Assert.Equal([2, 3], file.Shape("x"));
        Assert.Equal([0, 1, 2, 3, 4, 5], file.Read("x"));
    }

    [Theory]
    [InlineData(typeof(float), "-2 1.5 3 65504")]
    [InlineData(typeof(double), "-2 1.5 3 65504")]
    [InlineData(typeof(Half), "-2 1.5 3 65504")]
    [InlineData(typeof(sbyte), "-2 1 3 127")]
    [InlineData(typeof(byte), "2 1 3 255")]
    [InlineData(typeof(short), "-2 1 3 32767")]
    [InlineData(typeof(ushort), "2 1 3 65535")]
    [InlineData(typeof(int), "-2 1 3 16777216")]
    [InlineData(typeof(uint), "2 1 3 4294967295")]
    [InlineData(typeof(long), "-2 1 3 1099511627776")]
    [InlineData(typeof(ulong), "2 1 3 18446744073709551615")]
    public void NumbersOfEveryTypeAndByteOrderAreReadWhateverTheLayout(Type type, string numbers)
    {
        object[] values = [.. numbers.Split(' ').Select(n => Convert(n, type))];
        foreach (bool isBig in (bool[])[false, true])
        {
            foreach (bool isChunked in (bool[])[false, true])
            {
                string path = Write(Array(type, values, isBig), isChunked);
                if (isBig)
                {
                    SetBigEndian(path, type);
                }

                using var file = new Hdf5Arrays(path);
                Assert.Equal([2, 2], file.Shape("x"));
                Assert.Equal(numbers.Split(' ').Select(float.Parse), file.Read("x"));
            }
        }
    }

    // Rows of 3 x 2 doubles, 48 bytes each: all at once, by pieces of two and of one, and by rows larger than a piece.
    [Theory]
    [InlineData(5 * 48, 5)]
    [InlineData((5 * 48) - 1, 5)]
    [InlineData(2 * 48, 5)]
    [InlineData((2 * 48) - 1, 5)]
    [InlineData(1, 5)]
    [InlineData(1, 1)]
    public void LargeArraysAreReadInPiecesOfWholeRows(int pieceBytes, int rows)
    {
        double[] values = [.. Enumerable.Range(0, rows * 6).Select(i => (i * 1.5) - 2)];
        string path = folder["rows.h5"];
        new H5File { ["x"] = new H5Dataset(values, fileDims: [(ulong)rows, 3, 2]) }.Write(path);

        using var file = new Hdf5File(path);
        Hdf5Array array = file.Read(root => new Hdf5Array(file, (IH5Dataset)root.Get("x"), pieceBytes));
        var read = new float[array.Count];
        array.CopyTo(read);
        Assert.Equal(values.Select(v => (float)v), read);
    }

    [Fact]
    public void BrainFloatsAreRead()
    {
        // 1.5 and -2 as the upper halves of float32; then the layout of their bits.
        ushort[] bits = [0x3FC0, 0xC000, 0, 0];
        string path = Write(System.Array.ConvertAll(bits, BitConverter.UInt16BitsToHalf), isChunked: false);
        SetHalfLayout(path, exponent: 8, mantissa: 7, bias: 127);

        using var file = new Hdf5Arrays(path);

        Assert.Equal([1.5f, -2, 0, 0], file.Read("x"));
    }

    [Fact]
    public void FloatsOfAnotherLayoutAreNamed()
    {
        string path = Write(new Half[4], false);
        SetHalfLayout(path, exponent: 4, mantissa: 11, bias: 7);

        Assert.Contains(
            "holds floats of 16 bits with 4 of exponent and 11 of mantissa", Error(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(1 << 20)]
    public void UserBlocksOfEverySizeAreSkipped(int size)
    {
        foreach (string name in (string[])["float32.h5", "big-endian-float32.h5", "user-block-512.h5"])
        {
            // Replaces the bytes before the superblock, so that the base address in the superblock changes.
            int start = name.StartsWith("user", StringComparison.Ordinal) ? 512 : 0;
            string path = folder[name];
            File.WriteAllBytes(
                path, [.. Enumerable.Repeat((byte)'#', size), .. File.ReadAllBytes(Fixture(name)).Skip(start)]);

            using var file = new Hdf5Arrays(path);
            Assert.Equal([0, 1, 2, 3, 4, 5], file.Read("x"));
        }
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void UserBlocksOfNewerFilesAreSkipped(int size)
    {
        string path = folder["newer.h5"];
        var written = new H5File { ["x"] = new H5Dataset(new float[] { 1, 2 }) };
        written.Write(path, new H5WriteOptions(UserBlockSize: (ulong)size));

        using var file = new Hdf5Arrays(path);

        Assert.Equal([1, 2], file.Read("x"));
    }

    [Fact]
    public void AFileWithAUserBlockIsClosedWithItsReader()
    {
        string path = folder["user.h5"];
        File.Copy(Fixture("user-block-512.h5"), path);
        new Hdf5Arrays(path).Dispose();

        using FileStream exclusive = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.True(exclusive.CanWrite);
    }

    public static TheoryData<string, string> OtherKinds => new()
    {
        { "text", "holds text, not numbers" },
        { "variable text", "holds values of variable length, not numbers" },
        { "enumeration", "holds enumerated values (such as booleans of h5py), not numbers" },
        { "compound", "holds compounds (records of several fields), not numbers" },
        { "sequences", "holds values of variable length, not numbers" },
        { "opaque", "holds opaque bytes, not numbers" },
    };

    [Theory]
    [MemberData(nameof(OtherKinds))]
    public void WhatIsNoNumberIsNamed(string kind, string expected)
    {
        string path = folder["kind.h5"];
        H5Dataset dataset = kind switch
        {
            "enumeration" => new H5Dataset(new[] { Colour.Green, Colour.Red }),
            "compound" => new H5Dataset(new[] { new Point(1, 2) }),
            "sequences" => new H5Dataset(new int[][] { [1], [2, 3] }),
            "opaque" => new H5Dataset(new byte[8], opaqueInfo: new H5OpaqueInfo(4, "tag")),
            _ => new H5Dataset(new[] { "a", "b" }),
        };
        new H5File { ["x"] = dataset }.Write(path, new H5WriteOptions(DefaultStringLength: kind == "text" ? 4 : 0));

        Assert.Equal($"{path}: dataset 'x' {expected}", Error(path).Split(';')[0].Split(" (write")[0]);
    }

    [Fact]
    public void ACompressionThatCannotBeReadIsNamed()
    {
        string path = Fixture("lzf.h5");

        string error = Error(path);

        Assert.Contains(
            $"{path}: dataset 'x' is compressed by the LZF filter, which cannot be read",
            error,
            StringComparison.Ordinal);
        Assert.Contains("write it again with gzip, or uncompressed", error, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, "the SZIP filter")]
    [InlineData(5, "the N-bit filter")]
    [InlineData(77, "the number 77 filter")]
    public void AnyOtherFilterIsNamedToo(byte id, string expected)
    {
        string path = Write(new float[4], isChunked: true);

        // A filter message of version 2 with one filter, deflate.
        Patch(path, [2, 1, DeflateId, 0], bytes => bytes[2] = id);

        Assert.Contains(expected, Error(path), StringComparison.Ordinal);
    }

    [Fact]
    public void AnArrayWithoutAShapeIsNamed()
    {
        string path = Write(new float[4], isChunked: false);

        // A dataspace message of version 2 with two axes becomes a null dataspace.
        Patch(path, [2, 2, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0], bytes => bytes[3] = 2);

        Assert.Contains("dataset 'x' is empty: it has no shape and no values", Error(path), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public async Task WhatTheLibrarySaysOfADamagedFileIsNotRepeated()
    {
        string path = folder["x.h5"];
        File.Copy(Fixture("user-block-512.h5"), path);
        await Damage.Check(path, damaged =>
        {
            try
            {
                using var file = new Hdf5Arrays(damaged);
                file.Read("x");
            }
            catch (CnnException exception)
            {
                Assert.True(
                    exception.InnerException is null or CnnException
                    || !exception.Message.Contains(exception.InnerException.Message, StringComparison.Ordinal),
                    exception.Message);
                throw;
            }
        });
    }

    // What libhdf5 wrote, with other files by their whole paths.
    [Theory]
    [InlineData("external-link.h5", "data")]
    [InlineData("external-link.h5", "soft")]
    [InlineData("external-link.h5", "group/link")]
    public void AFileThatAFileLinksToIsNotRead(string name, string dataset)
    {
        const string Secret = "/tmp/cnn-hdf5-secret.h5";
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the link has a path of Unix");
        File.Copy(Fixture("float32.h5"), Secret, overwrite: true);
        try
        {
            using var file = new Hdf5Arrays(Fixture(name));

            var error = Assert.Throws<CnnException>(() => file.Read(dataset));

            Assert.Equal(
                $"{Fixture(name)}: links to the file '{Secret}', and files that others link to are not read",
                error.Diagnostics[0].Message);
            Assert.Equal([0, 1, 2, 3], file.Read("own"));
        }
        finally
        {
            File.Delete(Secret);
        }
    }

    [Theory]
    [InlineData("external-storage.h5", "has its values in another file")]
    [InlineData("virtual.h5", "is a virtual dataset, of other datasets' values")]
    public void ValuesOfOtherFilesAreNotRead(string name, string where)
    {
        using var file = new Hdf5Arrays(Fixture(name));

        Assert.Equal(
            $"{Fixture(name)}: dataset 'data' {where}, which cannot be read",
            Assert.Throws<CnnException>(() => file.Read("data")).Diagnostics[0].Message);
    }

    private const byte DeflateId = 1;

    private static string Fixture(string name) =>
        Repository.PathOf("Runner.Tests", "Proto", "Formats", "Hdf5", "Files", name);

    private static string Error(string path) => Assert.Throws<CnnException>(() =>
    {
        using var file = new Hdf5Arrays(path);
        file.Shape("x");
    }).Message;

    private static object Convert(string number, Type type) => type == typeof(Half)
        ? Half.Parse(number)
        : System.Convert.ChangeType(number, type, System.Globalization.CultureInfo.InvariantCulture);

    private static Array Array(Type type, object[] values, bool isReversed)
    {
        Array array = System.Array.CreateInstance(type, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            array.SetValue(values[i], i);
        }

        if (isReversed)
        {
            Span<byte> bytes = MemoryMarshal.CreateSpan(
                ref MemoryMarshal.GetArrayDataReference(array), values.Length * Marshal.SizeOf(type));
            for (int i = 0; i < values.Length; i++)
            {
                bytes.Slice(i * Marshal.SizeOf(type), Marshal.SizeOf(type)).Reverse();
            }
        }

        return array;
    }

    // Datatype messages of version 1 or 3, of integers or floats, then the bits of the class and the size.
    private static void SetBigEndian(string path, Type type)
    {
        int size = Marshal.SizeOf(type);
        bool isFloat = type == typeof(float) || type == typeof(double) || type == typeof(Half);
        bool isSigned = type.GetField("MinValue")?.GetValue(null) is sbyte or short or int or long;
        byte flags = isFloat ? (byte)0x20 : isSigned ? (byte)8 : (byte)0;
        byte sign = isFloat ? (byte)((8 * size) - 1) : (byte)0;
        Patch(path, [flags, sign, 0, (byte)size, 0, 0, 0, 0, 0, (byte)(8 * size), 0], bytes => bytes[0] |= 1);
    }

    private static void SetHalfLayout(string path, byte exponent, byte mantissa, byte bias) => Patch(
        path,
        [0x20, 15, 0, 2, 0, 0, 0, 0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0],
        bytes => (bytes[11], bytes[12], bytes[14], bytes[15]) = (mantissa, exponent, mantissa, bias));

    private delegate void Change(Span<byte> bytes);

    private static void Patch(string path, byte[] pattern, Change change)
    {
        byte[] file = File.ReadAllBytes(path);
        int at = file.AsSpan().IndexOf(pattern);
        Assert.True(at > 0, "the bytes to change are not in the file");
        change(file.AsSpan(at, pattern.Length));
        File.WriteAllBytes(path, file);
    }

    private string Write(Array values, bool isChunked)
    {
        string path = folder["written.h5"];
        var dataset = new H5Dataset(
            values,
            chunks: isChunked ? [1, 2] : null,
            fileDims: [2, (ulong)values.Length / 2],
            datasetCreation: isChunked ? new H5DatasetCreation(Filters: [DeflateFilter.Id]) : default);
        new H5File { ["x"] = dataset }.Write(path, new H5WriteOptions(PreferCompactDatasetLayout: false));
        return path;
    }

    private struct Point(int x, int y)
    {
        public int X = x;
        public int Y = y;
    }
}
