using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Tests.Layers.Kernels.Elementwise;

[Trait("Category", "Kernel")]
public class ExpMathTests
{
    private const double Denormal = 1.5e-45;

    [Fact]
    public void ExpIsExactToAFewPartsInTenMillionOverAllFloats()
    {
        for (double x = -106; x < 91; x += 0.00173)
        {
            double exact = Math.Exp((float)x), actual = ExpMath.Exp(Vector512.Create((float)x))[5];
            bool isRight = exact > float.MaxValue
                ? float.IsPositiveInfinity((float)actual)
                : Math.Abs(actual - exact) <= (2e-7 * exact) + Denormal;
            Assert.True(
                isRight,
                $"e^{x} is {actual}, expected {exact}");
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, 0)]
    [InlineData(float.MaxValue, float.PositiveInfinity)]
    [InlineData(float.MinValue, 0)]
    [InlineData(float.Epsilon, 1)]
    public void ExpHasItsLimits(float x, float expected) => Assert.Equal(expected, ExpMath.Exp(Vector512.Create(x))[0]);

    [Fact]
    public void LogOnePlusKeepsItsDigitsDownToZero()
    {
        Assert.Equal(0, ExpMath.LogOnePlus(Vector512<float>.Zero)[0]);
        for (float e = 1; e > 1e-30f; e *= 0.97f)
        {
            // Math.Log(1 + e) itself loses all digits where e is small; the series does not.
            double exact = e < 1e-4 ? e - (e * (double)e / 2) + (e * (double)e * e / 3) : Math.Log(1 + (double)e);
            Assert.Equal(exact, ExpMath.LogOnePlus(Vector512.Create(e))[3], 3e-7 * exact);
        }
    }

    [Fact]
    public void LogisticKeepsItsDigitsDownToZero()
    {
        for (double x = -103; x < 103; x += 0.0137)
        {
            double exact = 1 / (1 + Math.Exp(-(float)x));
            Assert.Equal(exact, ExpMath.Logistic(Vector512.Create((float)x))[7], (4e-7 * exact) + Denormal);
        }

        Assert.Equal(0, ExpMath.Logistic(Vector512.Create(float.NegativeInfinity))[0]);
        Assert.Equal(1, ExpMath.Logistic(Vector512.Create(float.PositiveInfinity))[0]);
        Assert.True(float.IsNaN(ExpMath.Logistic(Vector512.Create(float.NaN))[0]));
    }
}
