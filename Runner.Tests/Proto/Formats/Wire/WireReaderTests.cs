using global::Cnn.Proto;
using Cnn.Proto.Formats.Wire;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Cnn.Tests.Proto.Formats.Wire;

/// <summary>The reader of the wire format, over a span and over a file that is larger than its window.</summary>
[Trait("Category", "Unit")]
public sealed class WireReaderTests : IDisposable
{
    private const int Nested = 100;

    private readonly TemporaryFolder folder = new();

    public static TheoryData<ulong> Numbers =>
        [0, 1, 127, 128, 300, 16383, 16384, uint.MaxValue, long.MaxValue, ulong.MaxValue, 1ul << 63];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Numbers))]
    public void VarintsAreReadAsProtobufWritesThem(ulong value)
    {
        byte[] bytes = Written(output => output.WriteUInt64(value));

        WireReader<WireSpan> reader = WireReader.Of(new WireSpan(bytes));

        Assert.Equal(value, reader.ReadVarint());
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void AVarintOfMoreThanTenBytesIsRefused()
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)0x80, 10), 1];

        Assert.Contains("a number does not end", Refused(bytes, r => r.ReadVarint()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(1ul << 32)]
    public void ATagWithoutAPossibleFieldIsRefused(ulong tag)
    {
        byte[] bytes = Written(output => output.WriteUInt64(tag));

        Assert.Contains("impossible number", Refused(bytes, r => r.ReadTag()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    public void AWireTypeThatDoesNotExistIsRefused(int type)
    {
        Assert.Contains(
            $"wire type {type}, which does not exist", Refused([(byte)(8 | type)], SkipAll), StringComparison.Ordinal);
    }

    [Fact]
    public void ALengthBeyondTheMessageAroundIsRefused()
    {
        // The outer message has two bytes; the field in it claims five, which the file has.
        byte[] bytes = [0x0A, 2, 0x12, 5, 1, 2, 3, 4, 5];

        string error = Refused(bytes, r =>
        {
            r.ReadTag();
            r.Enter();
            SkipAll(r);
        });

        Assert.Contains("a field is 5 bytes long where 0 are left", error, StringComparison.Ordinal);
    }

    [Fact]
    public void ANumberDoesNotGoOnBeyondTheMessageAround()
    {
        byte[] bytes = [0x0A, 2, 0x08, 0x80, 0x01];

        string error = Refused(bytes, r =>
        {
            r.ReadTag();
            r.Enter();
            SkipAll(r);
        });

        Assert.Contains("goes on where the one around it has ended", error, StringComparison.Ordinal);
    }

    [Fact]
    public void GroupsAreSkippedWithAllThatIsInThem()
    {
        byte[] bytes =
        [
            .. Group(100, [.. Group(3, [0x08, 1]), .. Group(100, []), 0x22, 2, 9, 9, 0x2D, 1, 2, 3, 4]),
            0x38, 42,
        ];
        WireReader<WireSpan> reader = WireReader.Of(new WireSpan(bytes));
        var (field, type) = reader.ReadTag();
        reader.Skip(field, type);

        Assert.Equal((7, WireType.Varint), reader.ReadTag());
        Assert.Equal(42ul, reader.ReadVarint());
    }

    [Theory]
    [InlineData(new byte[] { 0x0B }, "ends within a field")]
    [InlineData(new byte[] { 0x0B, 0x14 }, "a group of field 1 ends as one of field 2")]
    [InlineData(new byte[] { 0x0C }, "a group ends that has not begun")]
    public void AGroupThatIsNotWholeIsRefused(byte[] bytes, string expected) =>
        Assert.Contains(expected, Refused(bytes, SkipAll), StringComparison.Ordinal);

    [Theory]
    [InlineData(Nested, true)]
    [InlineData(Nested + 1, false)]
    [InlineData(1_000_000, false)]
    public void GroupsAreNestedToALimit(int depth, bool isRead)
    {
        byte[] bytes = [.. Enumerable.Repeat((byte)0x0B, depth), .. Enumerable.Repeat((byte)0x0C, depth)];
        if (isRead)
        {
            WireReader<WireSpan> reader = WireReader.Of(new WireSpan(bytes));
            SkipAll(reader);
            return;
        }

        Assert.Contains("nested more than 100 deep", Refused(bytes, SkipAll), StringComparison.Ordinal);
    }

    [Fact]
    public void AMessageCutAtAnyByteIsReadOrRefusedAsProtobufDoes()
    {
        var datum = new Datum { Channels = 300, Data = ByteString.CopyFromUtf8("some bytes"), FloatData = { 1, 2 } };
        byte[] whole =
        [
            .. datum.ToByteArray(),
            .. Group(90, [0x08, 0x96, 0x01, .. Group(91, [0x29, 1, 2, 3, 4, 5, 6, 7, 8])]),
            0xFD, 0x3F, 1, 2, 3, 4,
        ];
        string path = folder["cut.bin"];
        int refused = 0;
        for (int length = 0; length <= whole.Length; length++)
        {
            byte[] cut = whole[..length];
            bool isMessage = IsMessage(cut);
            refused += isMessage ? 0 : 1;
            File.WriteAllBytes(path, cut);

            Assert.Equal(isMessage, IsWalked(cut));
            Assert.Equal(isMessage, IsWalked(path));
        }

        Assert.InRange(refused, whole.Length / 2, whole.Length - 3);
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public void WhatProtobufReadsIsWalkedToItsEnd()
    {
        var random = new Random(5);
        int read = 0;
        for (int i = 0; i < 200_000; i++)
        {
            // Tags of two fields and all wire types, so that groups open and close often. No number is so long that
            // the versions of protobuf differ in how they treat its upper bits.
            var bytes = new byte[random.Next(1, 12)];
            for (int at = 0; at < bytes.Length; at++)
            {
                int tag = ((4 + random.Next(2)) << 3) | random.Next(6);
                bytes[at] = (byte)((random.Next(3) == 0 ? random.Next(256) : tag) & (at % 3 == 2 ? 0x7F : 0xFF));
            }

            bool isMessage = IsMessage(bytes);
            read += isMessage ? 1 : 0;
            Assert.True(isMessage == IsWalked(bytes), $"{Convert.ToHexString(bytes)}: protobuf says {isMessage}");
        }

        Assert.True(read > 1000, $"only {read} messages could be read");
    }

    [Fact]
    public void AFileLargerThanTheWindowIsWalkedWithoutReadingWhatIsSkipped()
    {
        string path = folder["large.bin"];
        File.WriteAllBytes(path, Written(output =>
        {
            for (int i = 1; i < 40; i++)
            {
                // Tags and numbers fall on every position in the window.
                output.WriteTag(1, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(new byte[8191 + i]));
                output.WriteTag(2, WireFormat.WireType.Varint);
                output.WriteUInt64(ulong.MaxValue - (ulong)i);
            }
        }));
        using var handle = File.OpenHandle(path);
        WireReader<WireFile> reader = WireReader.Of(new WireFile(handle, path));
        for (int i = 1; i < 40; i++)
        {
            var (field, type) = reader.ReadTag();
            reader.Skip(field, type);
            Assert.Equal((2, WireType.Varint), reader.ReadTag());
            Assert.Equal(ulong.MaxValue - (ulong)i, reader.ReadVarint());
        }

        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void AnErrorNamesTheFileAndTheByte()
    {
        string path = folder["damaged.bin"];
        File.WriteAllBytes(path, [0x08, 1, 0x0C]);
        using var handle = File.OpenHandle(path);
        var file = new WireFile(handle, path);

        string error = Assert.Throws<CnnException>(() => SkipAll(WireReader.Of(file))).Message;

        Assert.Equal($"{path}: is damaged at byte 3: a group ends that has not begun", error);
    }

    private delegate void Walk(WireReader<WireSpan> reader);

    private static string Refused(byte[] bytes, Walk walk) =>
        Assert.Throws<CnnException>(() => walk(WireReader.Of(new WireSpan(bytes)))).Message;

    private static bool IsWalked(byte[] bytes)
    {
        try
        {
            SkipAll(WireReader.Of(new WireSpan(bytes)));
            return true;
        }
        catch (CnnException)
        {
            return false;
        }
    }

    private static bool IsWalked(string path)
    {
        using var handle = File.OpenHandle(path);
        try
        {
            SkipAll(WireReader.Of(new WireFile(handle, path)));
            return true;
        }
        catch (CnnException)
        {
            return false;
        }
    }

    private static void SkipAll<TBytes>(WireReader<TBytes> reader)
        where TBytes : IWireBytes, allows ref struct
    {
        while (!reader.IsAtEnd)
        {
            var (field, type) = reader.ReadTag();
            reader.Skip(field, type);
        }
    }

    private static bool IsMessage(byte[] bytes)
    {
        try
        {
            Empty.Parser.ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static byte[] Group(int field, byte[] content) =>
    [
        .. Written(output => output.WriteTag(field, WireFormat.WireType.StartGroup)),
        .. content,
        .. Written(output => output.WriteTag(field, WireFormat.WireType.EndGroup)),
    ];

    private static byte[] Written(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }
}
