using System.Text;
using Cnn.Proto;

namespace Cnn.Tests.Proto.Text;

[Trait("Category", "Unit")]
public class ByteTextTests
{
    // Bytes of which UTF-8 sequences consist, above all those of U+EF80 to U+EFFF.
    private static readonly byte[] Likely =
        [0xEE, 0xBE, 0xBF, 0x80, 0xED, 0xA0, 0xF4, 0x8F, 0xC3, (byte)'"', (byte)'a', (byte)'\n'];

    [Fact]
    public void AnyBytesComeBack()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(1, 40)];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = random.Next(4) == 0 ? (byte)random.Next(256) : Likely[random.Next(Likely.Length)];
            }

            Assert.Equal(bytes, ByteText.Encode(ByteText.Decode(bytes)));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("conv1")]
    [InlineData("é日本😀\uFFFD\0\u0085")]
    [InlineData("\uEF7F\uF000\uE000")]
    public void Utf8IsItsText(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Assert.Equal(text, ByteText.Decode(bytes));
        Assert.Equal(bytes, ByteText.Encode(text));
        Assert.False(ByteText.HoldsBytes(text));
    }

    [Theory]
    [InlineData(new byte[] { 0xD6, 0xD0 }, "\uEFD6\uEFD0")]
    [InlineData(new byte[] { (byte)'a', 0x80, (byte)'b', 0xFF }, "a\uEF80b\uEFFF")]
    [InlineData(new byte[] { 0xE4, 0xB8, (byte)'\n', 0xE4, 0xB8, 0xAD }, "\uEFE4\uEFB8\n中")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 }, "\uEFED\uEFA0\uEF80")]
    [InlineData(new byte[] { 0xC0, 0x80 }, "\uEFC0\uEF80")]
    [InlineData(new byte[] { 0xEE, 0xBE, 0x80 }, "\uEFEE\uEFBE\uEF80")]
    [InlineData(new byte[] { 0xEE, 0xBF, 0xBF }, "\uEFEE\uEFBF\uEFBF")]
    public void AByteThatIsNoUtf8IsOneCharacter(byte[] bytes, string text)
    {
        Assert.Equal(text, ByteText.Decode(bytes));
        Assert.Equal(bytes, ByteText.Encode(text));
        Assert.True(ByteText.HoldsBytes(text));
    }

    [Fact]
    public void PeopleAreShownAReplacementForEachByte() =>
        Assert.Equal("a\uFFFD\uFFFDb中", ByteText.Readable("a\uEFD6\uEFD0b中"));

    // C3 A9 is an é; D6 begins a character that the b does not go on with.
    [Fact]
    public void Utf8ThatIsWrittenByteByByteIsItsText()
    {
        Assert.Equal("aéb中", ByteText.Normal("a\uEFC3\uEFA9b中"));
        Assert.Equal("a\uEFD6b", ByteText.Normal("a\uEFD6b"));
        Assert.Equal("aé\uFFFD", ByteText.Normal("aé\uFFFD"));
    }

    [Fact]
    public void AWriterKeepsPairsAndBytesAcrossItsBuffer()
    {
        for (int before = 16_380; before < 16_390; before++)
        {
            string text = new string('x', before) + "😀\uEFD6é" + new string('y', 20_000) + "😀";
            using var stream = new MemoryStream();
            using (var writer = new ByteTextWriter(stream))
            {
                writer.Write(text);
            }

            Assert.Equal(ByteText.Encode(text), stream.ToArray());
            stream.SetLength(0);
            using (var writer = new ByteTextWriter(stream))
            {
                foreach (char c in text)
                {
                    writer.Write(c);
                }
            }

            Assert.Equal(ByteText.Encode(text), stream.ToArray());
        }
    }
}
