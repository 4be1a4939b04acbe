using System.Text;
using Cnn.Proto;

namespace Cnn.Tests.Proto.Files;

/// <summary>Encodings of text files.</summary>
[Trait("Category", "Unit")]
public class FileTextTests
{
    private const string Text = "name: \"é中😀\uEF80\"\n";

    public static TheoryData<string, byte[]> Marked => new()
    {
        { "utf-8", Encoding.UTF8.GetPreamble() },
        { "utf-16", [0xFF, 0xFE] },
        { "utf-16BE", [0xFE, 0xFF] },
        { "utf-32", [0xFF, 0xFE, 0, 0] },
        { "utf-32BE", [0, 0, 0xFE, 0xFF] },
    };

    [Theory, MemberData(nameof(Marked))]
    public void AByteOrderMarkSaysHowTextIsRead(string encoding, byte[] mark)
    {
        byte[] bytes = [.. mark, .. Encoding.GetEncoding(encoding).GetBytes(Text)];
        string text = FileText.Decode(bytes, "f");
        Assert.Equal(Encoding.UTF8.GetBytes(Text), ByteText.Encode(text));
        byte[] name = Encoding.UTF8.GetBytes("é中😀\uEF80");
        Assert.Equal(name, ByteText.Encode(TextFormat.Parse<NetParameter>(text, "f").Name));
        Assert.Equal(name, ByteText.Encode(YamlFormat.Parse<NetParameter>(text, "f").Name));
    }

    [Theory]
    [InlineData("utf-16", "UTF-16 (little-endian)")]
    [InlineData("utf-16BE", "UTF-16 (big-endian)")]
    public void Utf16WithoutAMarkIsNamed(string encoding, string name)
    {
        byte[] bytes = Encoding.GetEncoding(encoding).GetBytes("layer {\n  name: \"中\" type: \"ReLU\"\n}\n");
        var error = Assert.Throws<CnnException>(() => FileText.Decode(bytes, "f"));
        Assert.Equal(
            $"f:1:1: the file looks like {name} text without a byte order mark; save it as UTF-8", error.Message);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a' }, "UTF-16 (little-endian)")]
    [InlineData(new byte[] { 0xFE, 0xFF, 0xD8, 0, 0, (byte)'a' }, "UTF-16 (big-endian)")]
    [InlineData(new byte[] { 0xFF, 0xFE, 0, 0, 0, 0, 0x11, 0 }, "UTF-32 (little-endian)")]
    public void DamagedUtf16IsNamed(byte[] bytes, string name)
    {
        var error = Assert.Throws<CnnException>(() => FileText.Decode(bytes, "f"));
        Assert.StartsWith($"f:1:1: the file is no valid {name} text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherBytesAreKept() =>
        Assert.Equal(
            "# \uEFD6\uEFD0\nname: '中'", FileText.Decode([.. "# "u8, 0xD6, 0xD0, .. "\nname: '中'"u8], "f"));

    [Theory]
    [InlineData("utf-16", ".prototxt", "name: \"中\"")]
    [InlineData("utf-16BE", ".prototxt", "name: \"中\"")]
    [InlineData("utf-16", ".yaml", "name: 中")]
    [InlineData("utf-16BE", "", "name: \"中\"")]
    public void AFileOfUtf16IsADefinitionAndNoWeights(string encoding, string extension, string text)
    {
        using var folder = new TemporaryFolder();
        string path = folder["net" + extension];
        File.WriteAllText(path, text, Encoding.GetEncoding(encoding));
        Assert.Equal("中", ProtoFile.LoadNet(path).Message.Name);
        Assert.False(ProtoFile.IsBinary(path));
    }
}
