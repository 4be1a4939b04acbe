using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Proto.Files;

/// <summary>Binary messages whose strings are not UTF-8, as Caffe writes and reads them.</summary>
[Trait("Category", "Unit")]
public class MessageBytesTests
{
    private const string Gbk = "\uEFD6\uEFD0";

    // NetParameter { name: D6 D0 layer { name: D6 D0 type: "R" bottom: "x" } }
    private static readonly byte[] Net =
        [0x0A, 2, 0xD6, 0xD0, 0xA2, 6, 10, 0x0A, 2, 0xD6, 0xD0, 0x12, 1, (byte)'R', 0x1A, 1, (byte)'x'];

    [Fact]
    public void StringsOfAnyBytesAreReadAndWritten()
    {
        NetParameter net = MessageBytes.Parse<NetParameter>(Net);
        Assert.Equal((Gbk, Gbk, "R"), (net.Name, net.Layer[0].Name, net.Layer[0].Type));
        Assert.Equal(Net, MessageBytes.Of(net));
        using var stream = new MemoryStream();
        MessageBytes.Write(net, stream);
        Assert.Equal(Net, stream.ToArray());
    }

    [Fact]
    public void LengthsAroundALongStringGrowAndShrinkByTheirDigits()
    {
        // Names of 50 and 5,000 bytes: as text they take three times as many, so both depths need a longer length.
        foreach (int count in (int[])[1, 42, 43, 50, 120, 127, 128, 5000, 16_383])
        {
            string text = new('\uEFFF', count);
            var blob = new BlobProto { Data = { 1 } };
            var layer = new LayerParameter { Name = text, Bottom = { "é", text }, Blobs = { blob } };
            var net = new NetParameter { Layer = { layer } };
            byte[] bytes = MessageBytes.Of(net);
            Assert.InRange(bytes.Length, 2 * count, (2 * count) + 40);
            Assert.True(bytes.AsSpan().IndexOf(Enumerable.Repeat((byte)0xFF, count).ToArray()) > 0);
            Assert.Equal(net, MessageBytes.Parse<NetParameter>(bytes));
        }
    }

    [Fact]
    public void PlainMessagesAreWhatTheLibraryWrites()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var net = (NetParameter)new RandomMessage(seed).Create(NetParameter.Descriptor);
            Assert.Equal(MessageBytes.Of(net), MessageBytes.Of(MessageBytes.Parse<NetParameter>(MessageBytes.Of(net))));
        }
    }

    [Fact]
    public void UnknownFieldsAndGroupsAmongStringsAreKept()
    {
        // Field 300 is a group with a varint and a group inside, field 301 bytes, field 302 fixed32, field 303 fixed64.
        byte[] unknown =
        [
            0xE3, 0x12, 8, 1, 0x0B, 0x10, 5, 0x0C, 0xE4, 0x12,
            0xEA, 0x12, 2, 0xD6, 0xD0, 0xF5, 0x12, 1, 2, 3, 4, 0xF9, 0x12, 1, 2, 3, 4, 5, 6, 7, 8,
        ];
        byte[] bytes = [0x0A, 2, 0xD6, 0xD0, .. unknown];
        NetParameter net = MessageBytes.Parse<NetParameter>(bytes);
        Assert.Equal(Gbk, net.Name);
        Assert.Equal(bytes, MessageBytes.Of(net));
        Assert.Equal([300, 301, 302, 303], UnknownFields.NumbersIn(net));
    }

    [Fact]
    public void DamagedBytesAreForTheParserToReport()
    {
        for (int length = 1; length < Net.Length; length++)
        {
            byte[] start = Net[..length];
            try
            {
                MessageBytes.Parse<NetParameter>(start);
            }
            catch (InvalidProtocolBufferException)
            {
                // The bytes end within a field.
            }
        }

        Assert.Throws<InvalidProtocolBufferException>(() => MessageBytes.Parse<NetParameter>(Net[..^1]));
        Assert.Throws<InvalidProtocolBufferException>(() => MessageBytes.Parse<NetParameter>([0xE3, 0x12, 0x0B]));
        Assert.Throws<InvalidProtocolBufferException>(() => MessageBytes.Parse<NetParameter>([0x0C]));
    }
}
