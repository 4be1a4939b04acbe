using Cnn.Runner.Reports;

namespace Cnn.Tests.Runner.Reports;

[Trait("Category", "Unit")]
public sealed class PlotAxisTests
{
    [Theory]
    [InlineData(0, 10_000, 8, "0 2,000 4,000 6,000 8,000 10,000")]
    [InlineData(0, 1, 6, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(-3, 12, 4, "0 5 10")]
    [InlineData(0, 1e-5, 3, "0 5e\u22126 1e\u22125")]
    [InlineData(-0.03, -0.01, 3, "\u22120.03 \u22120.02 \u22120.01")]
    public void TicksAreRoundNumbers(double least, double largest, double most, string expected) =>
        Assert.Equal(expected, Texts(new PlotAxis(least, largest).Ticks(most)));

    [Fact]
    public void IterationsAreWhole() =>
        Assert.Equal("0 1 2", Texts(new PlotAxis(0, 2).Ticks(8, isWhole: true)));

    [Theory]
    [InlineData(0.5, 30, "0.5 1 2 5 10 20")]
    [InlineData(1e-4, 10, "0.0001 0.001 0.01 0.1 1 10")]
    public void LogarithmicTicksArePowersOfTenAndWhatIsBetween(double least, double largest, string expected)
    {
        var axis = new PlotAxis(least, largest, IsLogarithmic: true);

        Assert.Equal(expected, Texts(axis.Ticks(5)));
        Assert.Equal((0, 1), (axis.ShareOf(least), axis.ShareOf(largest)));
        Assert.Equal(0.5, axis.ShareOf(Math.Sqrt(least * largest)), tolerance: 1e-9);
    }

    private static string Texts(double[] ticks) => string.Join(' ', ticks.Select(PlotAxis.Text));
}
