using Cnn.Campaigns.SolverRules;
using Cnn.Fillers;

namespace Cnn.Tests.Campaigns.SolverRules;

public sealed class RoundedVectorTests
{
    private const int Steps = 1000;

    [Fact]
    [Trait("Category", "Unit")]
    public void ItsBoundHoldsWhatSinglePrecisionAccumulatesAndLittleMore()
    {
        var random = new PhiloxRandom(5);
        float mean = 0, sum = 1;
        RoundedVector exactMean = RoundedVector.Zero(1), exactSum = RoundedVector.Exact([1]);
        for (int i = 0; i < Steps; i++)
        {
            float value = (2 * random.NextSingle()) - 1;
            mean = (mean * 0.9f) + (value * 0.5f);
            sum -= mean / (MathF.Sqrt(mean * mean) + 2);
            RoundedVector exact = RoundedVector.Exact([value]);
            exactMean = (exactMean * 0.9f) + (exact * 0.5f);
            exactSum -= exactMean / ((exactMean * exactMean).Sqrt() + 2);
            Assert.InRange(Math.Abs(mean - exactMean.Value[0]), 0, exactMean.Error[0]);
            Assert.InRange(Math.Abs(sum - exactSum.Value[0]), 0, exactSum.Error[0]);
        }

        Assert.InRange(exactSum.Error[0], 1e-8, 1e-2);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ASignThatRoundingMayChangeIsUnsure()
    {
        RoundedVector near = RoundedVector.Exact([1e-9, 1]) + 0;
        near = near with { Error = near.Error + 1e-8 };

        Assert.Equal(new double[] { 2, 0 }, near.Sign().Error.ToArray());
    }
}
