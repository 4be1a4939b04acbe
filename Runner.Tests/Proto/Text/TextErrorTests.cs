using Cnn.Proto;

namespace Cnn.Tests.Proto.Text;

/// <summary>Each mistake is reported once, at its location, with what would be right.</summary>
[Trait("Category", "Unit")]
public class TextErrorTests
{
    [Theory]
    [InlineData(
        "layer { convolution_param { num_outputs: 3 } }",
        "f:1:29: unknown field 'num_outputs' in ConvolutionParameter; did you mean 'num_output'?")]
    [InlineData("xyzzy_plugh: 3", "f:1:1: unknown field 'xyzzy_plugh' in NetParameter")]
    [InlineData(
        "name: \"a\"\nname: \"b\"", "f:2:1: field 'name' of NetParameter is given twice; it was first given in line 1")]
    [InlineData(
        "state { } state { }", "f:1:11: field 'state' of NetParameter is given twice; it was first given in line 1")]
    [InlineData("layer { pooling_param { pool: MAXX } }", "f:1:31: unknown PoolMethod 'MAXX'; did you mean 'MAX'?")]
    [InlineData(
        "layer { pooling_param { pool: 7 } }", "f:1:31: unknown PoolMethod '7'; the values are MAX, AVE, STOCHASTIC")]
    [InlineData("layer { phase: \"TEST\" }", "f:1:16: expected one of TRAIN, TEST, RUN for 'phase', found '\"TEST\"'")]
    [InlineData("input_dim: 3000000000", "f:1:12: 3000000000 is out of the range of int32")]
    [InlineData("input_dim: -0x80000001", "f:1:12: -0x80000001 is out of the range of int32")]
    [InlineData("input_dim: 99999999999999999999999", "f:1:12: 99999999999999999999999 is out of the range of int32")]
    [InlineData("input_dim: 0x1FFFFFFFFFFFFFFFF", "f:1:12: 0x1FFFFFFFFFFFFFFFF is out of the range of int32")]
    [InlineData("input_dim: 1.5", "f:1:12: expected a whole number for 'input_dim', found '1.5'")]
    [InlineData("input_dim: 08", "f:1:12: expected a whole number for 'input_dim', found '08'")]
    [InlineData("input_dim: 0x", "f:1:12: expected a whole number for 'input_dim', found '0x'")]
    [InlineData("input_dim: 12abc", "f:1:12: expected a whole number for 'input_dim', found '12abc'")]
    [InlineData("input_dim: +5", "f:1:12: expected a whole number for 'input_dim', found the character '+'")]
    [InlineData("input_dim: --5", "f:1:12: expected a whole number for 'input_dim', found '-'")]
    [InlineData("layer { loss_weight:\nname: 'a' }", "f:2:1: expected a number for 'loss_weight', found 'name'")]
    [InlineData(
        "layer {\nconvolution_param\nname: 'a' }", "f:3:1: expected '{' to start a ConvolutionParameter, found 'name'")]
    [InlineData("{ name: 'a' { } }", "f:1:1: expected the name of a field, found '{'")]
    [InlineData("input_dim:\nname: 'a'", "f:2:1: expected a whole number for 'input_dim', found 'name'")]
    [InlineData("layer { pooling_param { stride: -1 } }", "f:1:33: -1 is out of the range of uint32")]
    [InlineData("layer { loss_weight: 1e }", "f:1:22: expected a number for 'loss_weight', found '1e'")]
    [InlineData("layer { loss_weight: 0x10 }", "f:1:22: expected a number for 'loss_weight', found '0x10'")]
    [InlineData("layer { loss_weight: 1_000 }", "f:1:22: expected a number for 'loss_weight', found '1_000'")]
    [InlineData("layer { loss_weight: 'a' }", "f:1:22: expected a number for 'loss_weight', found ''a''")]
    [InlineData(
        "layer {\n  name: 'a'", "f:2:12: the file ends inside a message; '}' is missing; the message starts in line 1")]
    [InlineData("layer { name: 'a' >", "f:1:19: expected the name of a field, found '>'\n", 2)]
    [InlineData("}", "f:1:1: expected the name of a field, found '}'")]
    [InlineData("name: \"open", "f:1:7: expected a quoted string for 'name', found a string without its closing quote")]
    [InlineData(
        "name: \"open\nforce_backward: t",
        "f:1:7: expected a quoted string for 'name', found a string without its closing quote")]
    [InlineData("name: bare", "f:1:7: expected a quoted string for 'name', found 'bare'")]
    [InlineData("name: { }", "f:1:7: expected a quoted string for 'name', found '{'")]
    [InlineData("name: 'a\\qb'", "f:1:9: unknown or incomplete escape '\\q'")]
    [InlineData("name: '\\xg'", "f:1:8: unknown or incomplete escape")]
    [InlineData("name: '\\u12'", "f:1:8: unknown or incomplete escape")]
    [InlineData("name: '\\U00110000'", "f:1:8: unknown or incomplete escape")]
    [InlineData("name: '\\ud800'", "f:1:8: unknown or incomplete escape")]
    [InlineData("name: '\\777'", "f:1:8: unknown or incomplete escape")]
    [InlineData(
        "layer { loss_weight: 017 }", "f:1:22: expected a number for 'loss_weight', found '017'; "
            + "a leading zero marks octal, which is for whole numbers; write 17, or 15 if octal is meant")]
    [InlineData(
        "layer { loss_weight: 1 loss_weight: -017 }", "f:1:37: expected a number for 'loss_weight', found '-017'; "
            + "a leading zero marks octal, which is for whole numbers; write -17, or -15 if octal is meant")]
    [InlineData(
        "layer { clip_param { min: 08 max: 1 } }", "f:1:27: expected a number for 'min', found '08'; "
            + "a leading zero marks octal, which is for whole numbers; write 8\n")]
    [InlineData(
        "layer { clip_param { min: 00 max: 1 } }", "f:1:27: expected a number for 'min', found '00'; "
            + "a leading zero marks octal, which is for whole numbers; write 0\n")]
    [InlineData(
        "layer { clip_param { min: 00.5 max: 1 } }", "f:1:27: expected a number for 'min', found '00.5'; "
            + "a leading zero marks octal, which is for whole numbers; write 0.5\n")]
    [InlineData(
        "layer { clip_param { min: -0x1F max: 1 } }",
        "f:1:27: expected a number for 'min', found '-0x1F'; hexadecimal is for whole numbers; write -31\n")]
    [InlineData(
        "layer { pooling_param { stride: -0 } }",
        "f:1:33: expected a whole number, 0 or more for 'stride', found '-0'")]
    [InlineData("force_backward: -0", "f:1:17: expected true or false for 'force_backward', found '-0'")]
    [InlineData(
        "name: 'a' \uEFD6",
        "f:1:11: expected the name of a field, found the byte 0xD6\n    name: 'a' \uFFFD\n              ^")]
    [InlineData("name 3", "f:1:6: expected ':' after 'name', found '3'")]
    [InlineData("name { a: [1, { }] }", "f:1:6: expected ':' after 'name', found '{'")]
    [InlineData("name: [\"a\"]", "f:1:1: field 'name' takes one value, not a list")]
    [InlineData("input_dim: [1, 2,]", "f:1:18: expected a whole number for 'input_dim', found ']'")]
    [InlineData("input_dim: [1 2]", "f:1:15: expected ',' or ']', found '2'")]
    [InlineData("input_dim: [1, 2\nname: 'a'", "f:2:1: expected ',' or ']', found 'name'")]
    [InlineData("input_dim: [1, x, 3]", "f:1:16: expected a whole number for 'input_dim', found 'x'")]
    [InlineData("layer: 3", "f:1:8: expected '{' to start a LayerParameter, found '3'")]
    [InlineData("layer [{ }, 3, { }]", "f:1:13: expected '{' to start a LayerParameter, found '3'")]
    [InlineData("layer [3 name: 'a'", "f:1:8: expected '{' to start a LayerParameter, found '3'")]
    [InlineData("layer { clip_param { min: 1 } }", "f:1:9: required field 'max' of ClipParameter is missing")]
    [InlineData("layer { clip_param { min: x max: 1 } }", "f:1:27: expected a number for 'min', found 'x'")]
    [InlineData("force_backward: maybe", "f:1:17: expected true or false for 'force_backward', found 'maybe'")]
    [InlineData("force_backward: 2", "f:1:17: expected true or false for 'force_backward', found '2'")]
    [InlineData("name: 'a' \0", "f:1:11: expected the name of a field, found the character U+0000")]
    [InlineData("name: 'a' \u00A0", "f:1:11: expected the name of a field, found the character")]
    [InlineData("name: 'a' ;;", "f:1:12: expected the name of a field, found ';'")]
    [InlineData("[google.com/x]: 3", "f:1:1: expected the name of a field, found '['")]
    [InlineData("layer { plugin_param { a 3 } }", "f:1:26: expected ':' after 'a', found '3'")]
    [InlineData("layer { plugin_param { a: } }", "f:1:27: expected a value for 'a', found '}'")]
    [InlineData("layer { plugin_param { a: [1 2] } }", "f:1:30: expected ',' or ']', found '2'")]
    [InlineData("layer { plugin_param { 3: 4 } }", "f:1:24: expected the name of an option, found '3'")]
    [InlineData("layer { plugin_param { a: '\\q' b: 1 } }", "f:1:28: unknown or incomplete escape '\\q'")]
    public void AMistakeIsReportedAtItsPlace(string text, string expected, int errors = 1)
    {
        var error = Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(text, "f"));
        Assert.StartsWith(expected, error.Diagnostics[0] + "\n", StringComparison.Ordinal);
        Assert.True(errors == error.Diagnostics.Count, error.Message);
    }

    [Fact]
    public void TwoMembersOfAOneOfAreRefused()
    {
        var error = Assert.Throws<CnnException>(() => TextFormat.Parse<PluginValue>("scalar: 'a' text: 'b'", "f"));
        Assert.StartsWith(
            "f:1:13: field 'text' cannot be given beside 'scalar'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllMistakesOfAFileAreReportedEachWithItsLineAndACaret()
    {
        var error = Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(
            "nme: \"a\"\nlayer {\n  typ: \"ReLU\"\n\tlrn_param { alpha: x }\n  lrm_param { a { b: [1, 2] } }\n}\n"
                + "force_backward: 2\n", "f"));
        Assert.Equal([1, 3, 4, 5, 7], error.Diagnostics.Select(d => d.Location!.Line));
        Assert.Contains(
            $"\n     lrn_param {{ alpha: x }}\n{new string(' ', 24)}^", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MistakesBeyondFiftyAreNotListed()
    {
        string text = string.Concat(Enumerable.Repeat("nme: 'a'\n", 1000));
        var error = Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(text, "f"));
        Assert.Equal(51, error.Diagnostics.Count);
        Assert.Equal("too many errors; the rest of the file was not read", error.Diagnostics[50].Message);
    }

    [Fact]
    public void ALongLineIsShownAroundTheCaret()
    {
        string text =
            $"layer {{ blobs {{ data: [{string.Concat(Enumerable.Repeat("0.25, ", 100_000))}0.5] datum: 1 }} }}";
        var error = Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(text, "f"));
        string[] lines = error.Message.Split('\n');
        Assert.StartsWith(
            $"f:1:{text.IndexOf("datum", StringComparison.Ordinal) + 1}: unknown field 'datum' in BlobProto", lines[0],
            StringComparison.Ordinal);
        Assert.Equal("datum: 1", lines[1].Substring(lines[2].IndexOf('^'), 8));
        Assert.True(lines[1].Length < 200);
    }

    [Fact]
    public void LongWordsAreCutInWhatIsSaid()
    {
        string word = new('x', 1_000_000);
        foreach (string text in (string[])[
            $"{word}: 1", $"input_dim: {word}", $"input_dim: 1{new string('0', 1_000_000)}",
            $"state {{ phase: {word} }}", $"layer {{ plugin_param {{ {word} 1 }} }}"])
        {
            var error = Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(text, "f"));
            Assert.True(error.Message.Length < 600, error.Message[..Math.Min(error.Message.Length, 1000)]);
        }
    }
}
