using Cnn.Engine.Detection;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Detection;

[Trait("Category", "Unit")]
public class AveragePrecisionTests
{
    // Right, wrong, right, wrong, right of 4 objects: recall 1/4, 1/2, 3/4 at precision 1, 2/3, 3/5.
    private static readonly (float, bool)[] Found =
        [(0.5f, true), (0.9f, true), (0.6f, false), (0.7f, true), (0.8f, false)];

    [Theory]
    [InlineData("Integral", (1 + (2 / 3.0) + (3 / 5.0)) / 4)]
    [InlineData("MaxIntegral", (1 + (2 / 3.0) + (3 / 5.0)) / 4)]
    [InlineData("11point", ((3 * 1) + (3 * 2 / 3.0) + (2 * 3 / 5.0)) / 11)]
    public void ItIsTheAreaBelowTheCurve(string version, double expected) =>
        Assert.Equal(expected, AveragePrecision.Compute(Found, 4, version), 1e-6);

    // Wrong, right, right of 2 objects: precision 0, 1/2, 2/3. The envelope is 2/3 everywhere.
    [Theory]
    [InlineData("Integral", ((1 / 2.0) + (2 / 3.0)) / 2)]
    [InlineData("MaxIntegral", 2 / 3.0)]
    [InlineData("11point", 2 / 3.0)]
    public void TheEnvelopeIsTheBestPrecisionOfAnyRecallAsHigh(string version, double expected) =>
        Assert.Equal(
            expected, AveragePrecision.Compute([(0.9f, false), (0.8f, true), (0.7f, true)], 2, version), 1e-6);

    [Theory]
    [InlineData("Integral")]
    [InlineData("MaxIntegral")]
    [InlineData("11point")]
    public void EqualScoresKeepTheirOrderAndAllFoundIsOne(string version)
    {
        Assert.Equal(
            AveragePrecision.Compute([(0.9f, true), (0.8f, false)], 1, version),
            AveragePrecision.Compute([(0.5f, true), (0.5f, false)], 1, version));
        Assert.Equal(1, AveragePrecision.Compute([(0.9f, true), (0.8f, true), (0.7f, true)], 3, version), 1e-6);
        Assert.Equal(0, AveragePrecision.Compute([], 3, version));
        Assert.Equal(0, AveragePrecision.Compute([(0.5f, false)], 0, version));
    }

    // Single precision as of SSD's Caffe: a recall of 0.7f does not reach 0.7.
    [Fact]
    public void ElevenPointsCompareInSinglePrecision()
    {
        (float, bool)[] seven = [.. Enumerable.Repeat((0.5f, true), 7)];
        Assert.Equal(7 / 11.0, AveragePrecision.Compute(seven, 10, "11point"), 1e-6);
    }

    [Fact]
    public void MoreRightThanThereAreIsAnError() => Assert.Contains(
        "2 detections of a class are right, of which there are 1 objects",
        Assert.Throws<CnnException>(
            () => AveragePrecision.Compute([(0.9f, true), (0.8f, true)], 1, "Integral")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void RowsOfBatchesAddUpByClass()
    {
        var tally = new DetectionTally("eval", "Integral");
        tally.Add([-1, 1, 2, -1, -1, -1, 2, 0, -1, -1, 0, 1, 0.9f, 1, 0, 0, 2, 0.8f, 0, 1]);
        tally.Add([-1, 1, 0, -1, -1, -1, 2, 1, -1, -1, 0, 1, 0.95f, 0, 0, 0, 2, 0.9f, 1, 0]);
        Assert.Equal([new ClassPrecision("eval", 1, 2, 0.5), new ClassPrecision("eval", 2, 1, 1)], tally.Classes());
    }
}
