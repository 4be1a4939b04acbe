using Cnn.Proto;

namespace Cnn.Tests.Proto.Yaml;

/// <summary>One row per word, as YAML 1.2's core schema reads it.</summary>
[Trait("Category", "Unit")]
public class YamlNumberTests
{
    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("017", 17.0)]
    [InlineData("-017", -17.0)]
    [InlineData("08", 8.0)]
    [InlineData("00", 0.0)]
    [InlineData("+5", 5.0)]
    [InlineData("-0", 0.0)]
    [InlineData("0o17", 15.0)]
    [InlineData("0o0", 0.0)]
    [InlineData("0x1F", 31.0)]
    [InlineData("0x1f", 31.0)]
    [InlineData("5.", 5.0)]
    [InlineData("0.", 0.0)]
    [InlineData("-0.", 0.0)]
    [InlineData(".5", 0.5)]
    [InlineData("+.5", 0.5)]
    [InlineData("00.5", 0.5)]
    [InlineData("1e3", 1000.0)]
    [InlineData("+12e+03", 12000.0)]
    [InlineData("-1.5E-1", -0.15)]
    [InlineData("0e5", 0.0)]
    [InlineData("0.e2", 0.0)]
    [InlineData("1e999", double.PositiveInfinity)]
    [InlineData(".inf", double.PositiveInfinity)]
    [InlineData("+.INF", double.PositiveInfinity)]
    [InlineData("-.Inf", double.NegativeInfinity)]
    [InlineData(".nan", double.NaN)]
    [InlineData(".NaN", double.NaN)]
    [InlineData("0o9", null)]
    [InlineData("0o", null)]
    [InlineData("0O17", null)]
    [InlineData("-0o17", null)]
    [InlineData("0x", null)]
    [InlineData("0X1F", null)]
    [InlineData("+0x1F", null)]
    [InlineData("-0x1F", null)]
    [InlineData("0b11", null)]
    [InlineData("1_000", null)]
    [InlineData("1f", null)]
    [InlineData("1e", null)]
    [InlineData("1e+", null)]
    [InlineData(".", null)]
    [InlineData(".e5", null)]
    [InlineData("--1", null)]
    [InlineData("+-1", null)]
    [InlineData("1:30", null)]
    [InlineData("inf", null)]
    [InlineData("nan", null)]
    [InlineData("infinity", null)]
    [InlineData("+.nan", null)]
    [InlineData(".iNF", null)]
    [InlineData("true", null)]
    public void RealNumbers(string word, double? expected)
    {
        AssertRead((float?)expected, () => YamlFormat.Parse<SolverParameter>($"base_lr: {word}", "f").BaseLr);
        AssertRead((float?)expected, () => YamlFormat.Parse<BlobProto>($"data: [{word}]", "f").Data[0]);
        AssertRead(expected, () => YamlFormat.Parse<BlobProto>($"double_data: {word}", "f").DoubleData[0]);
    }

    [Theory]
    [InlineData("017", 17L)]
    [InlineData("0o17", 15L)]
    [InlineData("0x1F", 31L)]
    [InlineData("+5", 5L)]
    [InlineData("-05", -5L)]
    [InlineData("0x7FFFFFFFFFFFFFFF", long.MaxValue)]
    [InlineData("0o777777777777777777777", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("0x8000000000000000", null)]
    [InlineData("0o9", null)]
    [InlineData("-0x1F", null)]
    [InlineData("1e3", null)]
    [InlineData("5.", null)]
    [InlineData("1_000", null)]
    [InlineData("1f", null)]
    [InlineData(".inf", null)]
    public void WholeNumbers(string word, long? expected) =>
        AssertRead(expected, () => YamlFormat.Parse<SolverParameter>($"random_seed: {word}", "f").RandomSeed);

    [Theory]
    [InlineData("max_iter: 0o9", "f:1:11: expected a whole number for 'max_iter', found '0o9'\n")]
    [InlineData("base_lr: 0o9", "f:1:10: expected a number for 'base_lr', found '0o9'\n")]
    [InlineData("base_lr: inf", "f:1:10: expected a number for 'base_lr', found 'inf'; YAML writes .inf\n")]
    [InlineData(
        "base_lr: -Infinity", "f:1:10: expected a number for 'base_lr', found '-Infinity'; YAML writes -.inf\n")]
    [InlineData("base_lr: nan", "f:1:10: expected a number for 'base_lr', found 'nan'; YAML writes .nan\n")]
    [InlineData("max_iter: 1_000", "f:1:11: expected a whole number for 'max_iter', found '1_000'; write 1000\n")]
    [InlineData("max_iter: 0xFFFFFFFF", "f:1:11: 0xFFFFFFFF is out of the range of int32\n")]
    [InlineData("max_iter: +3000000000", "f:1:11: +3000000000 is out of the range of int32\n")]
    public void WhatIsNoNumberIsShownAsItIsWritten(string yaml, string message)
    {
        var error = Assert.Throws<CnnException>(() => YamlFormat.Parse<SolverParameter>(yaml, "f"));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TRUE", true)]
    [InlineData("True", true)]
    [InlineData("1", true)]
    [InlineData("False", false)]
    [InlineData("FALSE", false)]
    [InlineData("0o0", false)]
    [InlineData("yes", null)]
    [InlineData("2", null)]
    public void Booleans(string word, bool? expected) =>
        AssertRead(expected, () => YamlFormat.Parse<NetParameter>($"force_backward: {word}", "f").ForceBackward);

    [Theory]
    [InlineData("TEST", Phase.Test)]
    [InlineData("0o1", Phase.Test)]
    [InlineData("+01", Phase.Test)]
    [InlineData("1f", null)]
    public void NamesOfAnEnum(string word, Phase? expected) =>
        AssertRead(expected, () => YamlFormat.Parse<LayerParameter>($"phase: {word}", "f").Phase);

    [Theory]
    [InlineData("017", "17")]
    [InlineData("0o17", "15")]
    [InlineData("0x1F", "31")]
    [InlineData("+.5", "0.5")]
    [InlineData("-.INF", "-inf")]
    [InlineData("0xFFFFFFFFFFFFFFFFFFFF", "1208925819614629174706175")]
    [InlineData("TRUE", "true")]
    [InlineData("FAST", "FAST")]
    public void AFreeFormOptionHasTheNumberThatYamlMeans(string word, string expected) =>
        Assert.Equal(expected, Option(word).Scalar);

    [Theory]
    [InlineData("0o9")]
    [InlineData("1f")]
    [InlineData("-0x1F")]
    [InlineData("1_000")]
    [InlineData("inf")]
    [InlineData("NaN")]
    [InlineData("1:30")]
    [InlineData("a-b")]
    public void AFreeFormOptionThatIsNoNumberIsText(string word) => Assert.Equal(word, Option(word).Text);

    [Theory]
    [InlineData("017", "0o17", "15")]
    [InlineData("-017", "-15", "-15")]
    [InlineData("0X1f", "0x1f", "31")]
    [InlineData("-0x1F", "-31", "-31")]
    [InlineData("1f", "1", "1")]
    [InlineData("-.5F", "-.5", "-0.5")]
    [InlineData("-INFINITY", "-.inf", "-inf")]
    [InlineData("nan", ".nan", "nan")]
    [InlineData("FAST", "FAST", "FAST")]
    public void AWordOfTheTextFormatKeepsItsValueThroughYaml(string word, string yaml, string back)
    {
        string printed = YamlFormat.Print(TextFormat.Parse<PluginParameter>($"a: {word}", "f"));
        Assert.Equal($"a: {yaml}\n", printed);
        Assert.Equal(back, YamlFormat.Parse<PluginParameter>(printed, "f").Option[0].Value[0].Scalar);
    }

    [Fact]
    public void AWordOfTheTextFormatThatIsNothingThereIsNoNumberInYamlEither()
    {
        string printed = YamlFormat.Print(TextFormat.Parse<PluginParameter>("a: 08 b: 1_000", "f"));
        Assert.Equal("a: \"08\"\nb: \"1_000\"\n", printed);
    }

    [Fact]
    public void HugeNumbersAreReadInLinearTime()
    {
        string digits = new('F', 2_000_000);
        Assert.Equal(float.PositiveInfinity, YamlFormat.Parse<SolverParameter>($"base_lr: 0x{digits}", "f").BaseLr);
        Assert.Throws<CnnException>(() => YamlFormat.Parse<SolverParameter>($"max_iter: 0x{digits}", "f"));
    }

    private static PluginValue Option(string word) =>
        YamlFormat.Parse<PluginParameter>($"a: {word}", "f").Option[0].Value[0];

    private static void AssertRead<T>(T? expected, Func<T> read)
        where T : struct
    {
        if (expected is { } value)
        {
            Assert.Equal(value, read());
        }
        else
        {
            Assert.Throws<CnnException>(() => read());
        }
    }
}
