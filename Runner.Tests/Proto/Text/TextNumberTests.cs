using Cnn.Proto;

namespace Cnn.Tests.Proto.Text;

/// <summary>One row per word, as protobuf's text format (protoc 35.1, <c>--encode</c>) takes or refuses it.</summary>
[Trait("Category", "Unit")]
public class TextNumberTests
{
    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("-5", -5.0)]
    [InlineData("5.", 5.0)]
    [InlineData(".5", 0.5)]
    [InlineData("-.5", -0.5)]
    [InlineData("1f", 1.0)]
    [InlineData("1F", 1.0)]
    [InlineData("1.f", 1.0)]
    [InlineData(".5f", 0.5)]
    [InlineData("0f", 0.0)]
    [InlineData("1e5f", 1e5)]
    [InlineData("1e+5", 1e5)]
    [InlineData("1E-5", 1e-5)]
    [InlineData("18446744073709551616", 18446744073709551616.0)]
    [InlineData("99999999999999999999999999", 1e26)]
    [InlineData("1e999", double.PositiveInfinity)]
    [InlineData("-1e999", double.NegativeInfinity)]
    [InlineData("1e-999", 0.0)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("-inf", double.NegativeInfinity)]
    [InlineData("Inf", double.PositiveInfinity)]
    [InlineData("INFINITY", double.PositiveInfinity)]
    [InlineData("nan", double.NaN)]
    [InlineData("-nan", double.NaN)]
    [InlineData("NaN", double.NaN)]
    [InlineData("017", null)]
    [InlineData("-017", null)]
    [InlineData("08", null)]
    [InlineData("00", null)]
    [InlineData("000", null)]
    [InlineData("00.5", null)]
    [InlineData("01e5", null)]
    [InlineData("017f", null)]
    [InlineData("00f", null)]
    [InlineData("0x1F", null)]
    [InlineData("0X1f", null)]
    [InlineData("0x", null)]
    [InlineData("0x1.8p1", null)]
    [InlineData("1e", null)]
    [InlineData("1e+", null)]
    [InlineData("1_0", null)]
    [InlineData("--5", null)]
    [InlineData("inff", null)]
    [InlineData("infinityf", null)]
    [InlineData("nanf", null)]
    [InlineData("1.5.2", null)]
    [InlineData("1..2", null)]
    [InlineData("1ff", null)]
    [InlineData("1d", null)]
    [InlineData("12abc", null)]
    [InlineData("true", null)]
    public void RealNumbers(string word, double? expected)
    {
        Assert.Equal(expected, TextNumber.ParseReal<double>(word));
        Assert.Equal((float?)expected, TextNumber.ParseReal<float>(word));
        AssertRead((float?)expected, () => TextFormat.Parse<SolverParameter>($"base_lr: {word}", "f").BaseLr);
        AssertRead((float?)expected, () => TextFormat.Parse<BlobProto>($"data: {word}", "f").Data[0]);
        AssertRead(expected, () => TextFormat.Parse<BlobProto>($"double_data: {word}", "f").DoubleData[0]);
    }

    [Theory]
    [InlineData("017", 15L)]
    [InlineData("-017", -15L)]
    [InlineData("00", 0L)]
    [InlineData("0", 0L)]
    [InlineData("-0", 0L)]
    [InlineData("0x1F", 31L)]
    [InlineData("-0x1F", -31L)]
    [InlineData("0X1F", 31L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("9223372036854775808", null)]
    [InlineData("-9223372036854775809", null)]
    [InlineData("99999999999999999999999", null)]
    [InlineData("0x1ffffffffffffffffff", null)]
    [InlineData("08", null)]
    [InlineData("0x", null)]
    [InlineData("0xg", null)]
    [InlineData("1.0", null)]
    [InlineData("1f", null)]
    [InlineData("1e3", null)]
    [InlineData("1_000", null)]
    [InlineData("--1", null)]
    public void WholeNumbers(string word, long? expected)
    {
        AssertRead(expected, () => TextFormat.Parse<SolverParameter>($"random_seed: {word}", "f").RandomSeed);
        if (expected is null)
        {
            Int128? beyond = TextNumber.ParseInteger(word);
            Assert.False(beyond >= long.MinValue && beyond <= long.MaxValue);
        }
        else
        {
            Assert.Equal((Int128)expected, TextNumber.ParseInteger(word));
        }
    }

    [Theory]
    [InlineData("4294967295", uint.MaxValue)]
    [InlineData("037777777777", uint.MaxValue)]
    [InlineData("0xFFFFFFFF", uint.MaxValue)]
    [InlineData("4294967296", null)]
    [InlineData("0x100000000", null)]
    [InlineData("-0", null)]
    [InlineData("-1", null)]
    public void WholeNumbersWithoutASign(string word, uint? expected) =>
        AssertRead(expected, () => TextFormat.Parse<ConvolutionParameter>($"num_output: {word}", "f").NumOutput);

    [Theory]
    [InlineData("true", true)]
    [InlineData("True", true)]
    [InlineData("t", true)]
    [InlineData("1", true)]
    [InlineData("01", true)]
    [InlineData("0x1", true)]
    [InlineData("false", false)]
    [InlineData("False", false)]
    [InlineData("f", false)]
    [InlineData("0", false)]
    [InlineData("00", false)]
    [InlineData("TRUE", null)]
    [InlineData("T", null)]
    [InlineData("F", null)]
    [InlineData("2", null)]
    [InlineData("-0", null)]
    [InlineData("1.0", null)]
    [InlineData("1f", null)]
    [InlineData("yes", null)]
    public void Booleans(string word, bool? expected)
    {
        Assert.Equal(expected, ScalarText.ParseBool(word));
        AssertRead(expected, () => TextFormat.Parse<NetParameter>($"force_backward: {word}", "f").ForceBackward);
    }

    [Theory]
    [InlineData("TEST", Phase.Test)]
    [InlineData("1", Phase.Test)]
    [InlineData("01", Phase.Test)]
    [InlineData("0x1", Phase.Test)]
    [InlineData("-0", Phase.Train)]
    [InlineData("test", null)]
    [InlineData("2", null)]
    [InlineData("-1", null)]
    [InlineData("1.0", null)]
    [InlineData("-TEST", null)]
    public void NamesOfAnEnum(string word, Phase? expected) =>
        AssertRead(expected, () => TextFormat.Parse<LayerParameter>($"phase: {word}", "f").Phase);

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
