using Cnn.Engine.Runs;

namespace Cnn.Tests.Runner.Reports;

public class CaffeNumberTests
{
    // Each expected text is what printf("%g") gives.
    [Theory, Trait("Category", "Unit")]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1, "1")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(0.01, "0.01")]
    [InlineData(1e-05, "1e-05")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.000123456789, "0.000123457")]
    [InlineData(1.2515432, "1.25154")]
    [InlineData(99999.95, "99999.9")]
    [InlineData(999999.5, "1e+06")]
    [InlineData(100000, "100000")]
    [InlineData(123456, "123456")]
    [InlineData(1e6, "1e+06")]
    [InlineData(1234567, "1.23457e+06")]
    [InlineData(1e100, "1e+100")]
    [InlineData(5e-324, "4.94066e-324")]
    [InlineData(double.MaxValue, "1.79769e+308")]
    [InlineData(double.NaN, "nan")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void NumbersReadAsCStreamsPrintThem(double value, string expected) =>
        Assert.Equal(expected, CaffeNumber.Format(value));

    [Theory, Trait("Category", "Unit")]
    [InlineData(100000.5, "100000")]
    [InlineData(100001.5, "100002")]
    [InlineData(1.953125, "1.95312")]
    [InlineData(0.0009765625, "0.000976562")]
    public void ExactTiesGoToTheEvenDigit(double value, string expected) =>
        Assert.Equal(expected, CaffeNumber.Format(value));

    [Fact, Trait("Category", "Unit")]
    public void SinglePrecisionValuesShowNoMoreThanTheirDigits() => Assert.Equal("0.1", CaffeNumber.Format(0.1f));
}
