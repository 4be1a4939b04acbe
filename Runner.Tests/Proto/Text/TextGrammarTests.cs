using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Proto.Text;

/// <summary>What the text format allows, one row per spelling.</summary>
[Trait("Category", "Unit")]
public class TextGrammarTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("-2147483648", int.MinValue)]
    [InlineData("0x7fffFFFF", int.MaxValue)]
    [InlineData("-0x80000000", int.MinValue)]
    [InlineData("0X10", 16)]
    [InlineData("017", 15)]
    [InlineData("-017", -15)]
    [InlineData("00", 0)]
    [InlineData("- # a comment\n 7", -7)]
    public void WholeNumbers(string spelling, int expected) =>
        Assert.Equal(expected, TextFormat.Parse<SolverParameter>($"display: {spelling}", "f").Display);

    [Theory]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("-01000000000000000000000", long.MinValue)]
    [InlineData("0x7FFFFFFFFFFFFFFF", long.MaxValue)]
    public void LongNumbers(string spelling, long expected) =>
        Assert.Equal(expected, TextFormat.Parse<SolverParameter>($"random_seed: {spelling}", "f").RandomSeed);

    [Theory]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("0xFFFFFFFFFFFFFFFF", ulong.MaxValue)]
    [InlineData("01777777777777777777777", ulong.MaxValue)]
    public void LongNumbersWithoutASign(string spelling, ulong expected) =>
        Assert.Equal(expected, TextFormat.Parse<DigitsParameter>($"first: {spelling}", "f").First);

    [Theory]
    [InlineData("1", 1f)]
    [InlineData("1.", 1f)]
    [InlineData(".5", 0.5f)]
    [InlineData("-.5", -0.5f)]
    [InlineData("2f", 2f)]
    [InlineData("2.5F", 2.5f)]
    [InlineData("1e3f", 1000f)]
    [InlineData("1e-3", 0.001f)]
    [InlineData("1.5E+2", 150f)]
    [InlineData("16777217", 16777216f)]
    [InlineData("1e-60", 0f)]
    [InlineData("1e60", float.PositiveInfinity)]
    [InlineData("inf", float.PositiveInfinity)]
    [InlineData("-Infinity", float.NegativeInfinity)]
    [InlineData("nan", float.NaN)]
    [InlineData("-NaN", float.NaN)]
    public void Floats(string spelling, float expected)
    {
        Assert.Equal(expected, TextFormat.Parse<SolverParameter>($"base_lr: {spelling}", "f").BaseLr);
        Assert.Equal([expected], TextFormat.Parse<BlobProto>($"data: {spelling}", "f").Data);
        Assert.Equal([expected, 1], TextFormat.Parse<BlobProto>($"data: [{spelling}, 1]", "f").Data);
    }

    [Fact]
    public void AFloatIsRoundedOnce() =>
        Assert.Equal(1.00000018f, TextFormat.Parse<BlobProto>("data: 1.00000017881393432617187500001", "f").Data[0]);

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("t", true)]
    [InlineData("1", true)]
    [InlineData("false", false)]
    [InlineData("False", false)]
    [InlineData("f", false)]
    [InlineData("0", false)]
    public void Booleans(string spelling, bool expected)
    {
        var net = TextFormat.Parse<NetParameter>($"force_backward: {spelling}", "f");
        Assert.Equal((true, expected), (net.HasForceBackward, net.ForceBackward));
    }

    [Theory]
    [InlineData("TEST")]
    [InlineData("1")]
    [InlineData("0x1")]
    public void Enums(string spelling) =>
        Assert.Equal(Phase.Test, TextFormat.Parse<LayerParameter>($"phase: {spelling}", "f").Phase);

    [Theory]
    [InlineData("""  "it's"  """, "it's")]
    [InlineData("""  'say "x"'  """, "say \"x\"")]
    [InlineData("""  "a"'b'   "c"  """, "abc")]
    [InlineData("\"a\" # why\n \"b\"", "ab")]
    [InlineData("""  "\a\b\f\n\r\t\v\\\'\"\?"  """, "\a\b\f\n\r\t\v\\'\"?")]
    [InlineData("""  "\x41\x4a\X4A\x9"  """, "AJJ\t")]
    [InlineData("""  "\101\0\60z\1012"  """, "A\00zA2")]
    [InlineData("""  "\u00e9\U0001F600\303\251"  """, "é😀é")]
    [InlineData("""  "é😀#{}"  """, "é😀#{}")]
    [InlineData("""  ""  """, "")]
    public void Strings(string spelling, string expected)
    {
        var net = TextFormat.Parse<NetParameter>($"name: {spelling}", "f");
        Assert.Equal((true, expected), (net.HasName, net.Name));
    }

    [Theory]
    [InlineData("'\\xff\\326'", "\uEFFF\uEFD6")]
    [InlineData("'\uEFD6\\320'", "\uEFD6\uEFD0")]
    [InlineData("'\\303' '\\251'", "é")]
    [InlineData("'\uEFC3\\251'", "é")]
    [InlineData("'\\uEF80'", "\uEFEE\uEFBE\uEF80")]
    [InlineData("'\\355\\240\\200'", "\uEFED\uEFA0\uEF80")]
    public void StringsHoldAnyBytes(string spelling, string expected)
    {
        Assert.Equal(expected, TextFormat.Parse<NetParameter>($"name: {spelling}", "f").Name);
        var block = TextFormat.Parse<PluginParameter>($"a: {spelling}", "f");
        Assert.Equal(expected, block.Option[0].Value[0].Text);
        Assert.Equal(block, TextFormat.Parse<PluginParameter>(TextFormat.Print(block), "f"));
    }

    [Fact]
    public void BytesHoldWhatIsNoText() =>
        Assert.Equal(
            ByteString.CopyFrom(0xFF, 0, 0x80, (byte)'A', 0xC3, 0xA9),
            TextFormat.Parse<Datum>("""data: "\xff\0\200A" "é" """, "f").Data);

    [Theory]
    [InlineData("layer { name: 'a' bottom: 'b' }")]
    [InlineData("layer: { name: 'a', bottom: 'b', },")]
    [InlineData("layer < name: 'a'; bottom: 'b'; >;")]
    [InlineData("layer: <name:'a'bottom:'b'>")]
    [InlineData("layer [ { name: 'a' bottom: ['b'] } ]")]
    [InlineData("layer: [ < name: 'a' bottom: 'b' > ]")]
    [InlineData("\uFEFF# first\r\nlayer\r\n{\r\nname:\r\n'a' # {\r\nbottom: 'b' }\r\n# last")]
    [InlineData("layer\t{\fname\v:'a'\nbottom:[ ]\nbottom\n:\n'b'}")]
    public void Messages(string text)
    {
        var expected = new NetParameter { Layer = { new LayerParameter { Name = "a", Bottom = { "b" } } } };
        Assert.Equal(expected, TextFormat.Parse<NetParameter>(text, "f"));
    }

    [Fact]
    public void AnEmptyTextIsAnEmptyMessage()
    {
        Assert.Equal(new NetParameter(), TextFormat.Parse<NetParameter>("", "f"));
        Assert.Equal(new NetParameter(), TextFormat.Parse<NetParameter>(" # nothing", "f"));
    }

    [Fact]
    public void AMessageOfATypeKnownAtRunTimeIsReadToo() =>
        Assert.Equal(new BlobShape { Dim = { 1, -1 } }, TextFormat.Parse(BlobShape.Descriptor, "dim: [1, -1]", "f"));

    [Fact]
    public void AFreeFormBlockTakesAnyNamesAndValues()
    {
        var layer = TextFormat.Parse<LayerParameter>(
            """
            plugin_param <
              rate: -0.5e-3f, mode: FAST; label: "a" 'b'
              names: ["x", 'y'] names: Z
              inner { deep: < on: t > } inner: [{ n: 0x1F }, {}]
              none: []
            >
            """,
            "f");
        Assert.Equal(
            ["rate", "mode", "label", "names", "inner", "none"], layer.PluginParam.Option.Select(o => o.Name));
        Assert.Equal(["-0.5e-3f"], Option(0).Select(v => v.Scalar));
        Assert.Equal(["FAST"], Option(1).Select(v => v.Scalar));
        Assert.Equal(["ab"], Option(2).Select(v => v.Text));
        Assert.Equal(["x", "y", ""], Option(3).Select(v => v.Text));
        Assert.Equal("Z", Option(3).Last().Scalar);
        Assert.Equal("t", Option(4).First().Block.Option[0].Value[0].Block.Option[0].Value[0].Scalar);
        Assert.Equal((3, 0), (Option(4).Count(), Option(5).Count()));

        IEnumerable<PluginValue> Option(int index) => layer.PluginParam.Option[index].Value;
    }
}
