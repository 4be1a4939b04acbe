using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class ReductionLayerTests
{
    /// <summary>An operation, and the function of each value that it sums.</summary>
    public static TheoryData<string, Func<double, double>> Operations => new()
    {
        { "SUM", x => x },
        { "ASUM", Math.Abs },
        { "SUMSQ", x => x * x },
        { "MEAN", x => x },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    [Trait("Category", "Kernel")]
    public void EveryRowIsTheSumOfItsTerms(string operation, Func<double, double> term)
    {
        (int Axis, int[] Shape)[] cases =
        [
            (0, [1]), (0, [2, 3]), (1, [5, 1]), (1, [3, 19]), (-1, [2, 3, 16]), (2, [2, 3, 4, 5]), (1, [3, 20011]),
            (1, [20011, 3]), (0, [50021]), (1, [2, 0]), (1, [0, 3]),
        ];
        foreach (var (axis, shape) in cases)
        {
            using var harness = new LayerHarness(
                $"type: 'Reduction' reduction_param {{ operation: {operation} axis: {axis} coeff: -1.5 }}", [shape]);
            harness.Forward();
            int start = axis < 0 ? axis + shape.Length : axis;
            Assert.Equal(shape[..start], harness.Tops[0].Shape.ToArray());
            int length = harness.Bottoms[0].CountOf(start);
            float[] x = harness.Bottoms[0].Data.ToArray(), y = harness.Top;
            for (int row = 0; row < y.Length; row++)
            {
                double expected = -1.5 * x.Skip(row * length).Take(length).Sum(value => term(value));
                expected /= operation == "MEAN" ? Math.Max(1, length) : 1;
                Assert.Equal(expected, y[row], 1e-6 * Math.Max(1, Math.Abs(expected)));
                row += row < y.Length - 20 && y.Length > 1000 ? 500 : 0;
            }
        }
    }

    [Theory]
    [InlineData("SUM", 0, new[] { 3, 5 })]
    [InlineData("ASUM", 1, new[] { 2, 37 })]
    [InlineData("SUMSQ", -1, new[] { 2, 3, 18 })]
    [InlineData("MEAN", 1, new[] { 2, 3, 7 })]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string operation, int axis, int[] shape)
    {
        using var harness = new LayerHarness(
            $"type: 'Reduction' reduction_param {{ operation: {operation} axis: {axis} coeff: 0.75 }}", [shape],
            prepare: h => LayerHarness.FillApart(h.Bottoms[0].Data, 4, 0.05f));
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [Trait("Category", "Kernel")]
    public void TheGradientOfAMagnitudeIsZeroAtZero(int length)
    {
        using var harness = new LayerHarness("type: 'Reduction' reduction_param { operation: ASUM }", [[length]]);
        harness.Bottoms[0].Data.Clear();
        harness.Forward();
        harness.Tops[0].Diff.Fill(3);
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward();
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(0, dx));
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void TheBitsDoNotDependOnTheNumberOfThreads()
    {
        float[]? first = null;
        foreach (int threads in (int[])[1, 2, 3])
        {
            using var harness = new LayerHarness(
                "type: 'Reduction' reduction_param { axis: 1 }", [[3, 70001]], threads: threads);
            harness.Forward();
            Assert.Equal(first ??= harness.Top, harness.Top);
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheMeanIsOverAsManyAsTheBottomHasNow()
    {
        using var harness = new LayerHarness("type: 'Reduction' reduction_param { operation: MEAN axis: 1 }", [[2, 3]]);
        harness.Bottoms[0].Reshape(4, 9);
        harness.Bottoms[0].Data.Fill(2.5f);
        harness.Forward();
        harness.Tops[0].Diff.Fill(18);
        harness.Backward();
        Assert.Equal([2.5f, 2.5f, 2.5f, 2.5f], harness.Top);
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(2, dx));
    }

    [Theory]
    [InlineData(2, new[] { 2, 3 })]
    [InlineData(-3, new[] { 2, 3 })]
    [InlineData(0, new int[0])]
    [Trait("Category", "Unit")]
    public void AnAxisThatIsNotThereIsNamedAndLocated(int axis, int[] bottom)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Reduction' reduction_param {{ axis: {axis} }}", [bottom]).Dispose());
        Assert.Contains($"axis {axis} does not exist", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
