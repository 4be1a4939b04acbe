using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Layers.Data.Transform;

[Trait("Category", "Unit")]
public sealed class DatumViewTests
{
    [Fact]
    public void AViewReadsWhatTheMessageWrote()
    {
        var datum = new Datum { Channels = 3, Height = 2, Width = 1, Label = -7, Encoded = true };
        datum.Data = ByteString.CopyFromUtf8("pixels");
        datum.FloatData.Add([1.5f, -2]);
        Assert.True(DatumView.TryParse(datum.ToByteArray(), out DatumView view));
        Assert.Equal((3, 2, 1, -7, true), (view.Channels, view.Height, view.Width, view.Label, view.IsEncoded));
        Assert.Equal("pixels"u8.ToArray(), view.Pixels.ToArray());
        var floats = new float[view.FloatCount];
        view.CopyFloats(floats);
        Assert.Equal([1.5f, -2], floats);
    }

    [Fact]
    public void PackedFloatsAndUnknownFieldsAreRead()
    {
        Assert.True(DatumView.TryParse(
            [0x32, 8, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0xA0, 0x06, 1, 0x35, 0, 0, 0x40, 0x40], out DatumView view));
        var floats = new float[view.FloatCount];
        view.CopyFloats(floats);
        Assert.Equal([1, 2, 3], floats);
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public void DamagedRecordsAreRefusedWhereTheMessageIs()
    {
        var datum =
            new Datum { Channels = 1, Height = 2, Width = 2, Label = 3, Data = ByteString.CopyFromUtf8("abcd") };
        datum.FloatData.Add([1, 2]);
        byte[] whole = datum.ToByteArray();
        var random = new Random(3);
        for (int i = 0; i < 20000; i++)
        {
            byte[] damaged = whole[..random.Next(whole.Length + 1)];
            for (int hits = random.Next(4); hits > 0 && damaged.Length > 0; hits--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            if (DatumView.TryParse(damaged, out DatumView view))
            {
                view.CopyFloats(new float[view.FloatCount]);
                Assert.True(view.Pixels.Length <= damaged.Length);
            }
        }

        for (int length = 1; length < whole.Length; length++)
        {
            bool message = true;
            try
            {
                Datum.Parser.ParseFrom(whole, 0, length);
            }
            catch (InvalidProtocolBufferException)
            {
                message = false;
            }

            Assert.Equal(message, DatumView.TryParse(whole.AsSpan(0, length), out _));
        }
    }
}
