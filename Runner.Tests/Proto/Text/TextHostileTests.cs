using Cnn.Proto;

namespace Cnn.Tests.Proto.Text;

/// <summary>Malicious files: each ends quickly, in one exception.</summary>
[Trait("Category", "Unit")]
public class TextHostileTests
{
    [Theory]
    [InlineData("layer { plugin_param ", "{ a ", "nested deeper than 100")]
    [InlineData("", "train_net_param { state { ", "unknown field 'train_net_param'")]
    [InlineData("nme: ", "[", "unknown field 'nme'")]
    [InlineData("nme ", "{ <", "unknown field 'nme'")]
    [InlineData("", "{", "expected the name of a field")]
    [InlineData("", "}", "too many errors")]
    [InlineData("name: ", "'a'", "given twice")]
    [InlineData("name: ", "\"a\\", "without its closing quote")]
    [InlineData("name: ", "'\\q'", "too many errors")]
    [InlineData("input_dim: ", "-", "expected a whole number")]
    [InlineData("input_dim: ", "9", "out of the range")]
    [InlineData("layer { loss_weight: [", "1 ", "expected ','")]
    [InlineData("layer { loss_weight: ", "x", "expected a number")]
    public void AMillionOfAnythingIsRefused(string start, string repeated, string expected)
    {
        string text = start + string.Concat(Enumerable.Repeat(repeated, 1_000_000)) + " name: 1 name: '\n";
        var error = Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(text, "f"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.All(error.Diagnostics, d => Assert.NotNull(d.Location));
    }

    [Fact]
    public void TooManyMessagesAreRefusedBeforeTheyFillTheMemory()
    {
        string text = $"layer {{ plugin_param {{ {string.Concat(Enumerable.Repeat("a{}", 1_000_000))} }} }}";
        var error = Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(text, "f"));
        Assert.StartsWith("f:1:", error.Message, StringComparison.Ordinal);
        Assert.Contains("the file holds more than 500000 messages", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HalfAMillionMessagesAreReadAndOneMoreIsNot()
    {
        const int Most = 500_000;
        Assert.Equal(Most, TextFormat.Parse<NetParameter>(Messages(Most), "f").InputShape.Count);
        Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(Messages(Most + 1), "f"));

        static string Messages(int count) => string.Concat(Enumerable.Repeat("input_shape{}", count));
    }

    [Fact]
    public void AHundredLevelsAreReadAndOneMoreIsNot()
    {
        TextFormat.Parse<NetParameter>(Nested(100), "f");
        Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(Nested(101), "f"));

        static string Nested(int levels) =>
            "layer { plugin_param { a " + string.Concat(Enumerable.Repeat("{ a ", levels - 2)) + ": 1 "
            + string.Concat(Enumerable.Repeat("} ", levels));
    }

    [Fact]
    public void TextTooLongIsRefused()
    {
        TextFormat.Parse(BlobShape.Descriptor, "dim: 123", "f", null, maxCharacters: 8);
        var error = Assert.Throws<CnnException>(
            () => TextFormat.Parse(BlobShape.Descriptor, "dim: 1234", "f", null, maxCharacters: 8));
        Assert.StartsWith("f:1:1: the file is longer than 8 characters", error.Message, StringComparison.Ordinal);
    }
}
