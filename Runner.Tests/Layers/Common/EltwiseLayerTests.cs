using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class EltwiseLayerTests
{
    /// <summary>Options, number of bottoms, function that gives a value of the top.</summary>
    public static TheoryData<string, int, Func<double[], double>> Functions => new()
    {
        { "", 2, x => x.Sum() },
        { "operation: SUM coeff: 2 coeff: 0 coeff: -0.5", 3, x => (2 * x[0]) - (0.5 * x[2]) },
        { "operation: PROD", 4, x => x.Aggregate((a, b) => a * b) },
        { "operation: MAX", 2, x => x.Max() },
        { "operation: MAX coeff: 5 coeff: 5 coeff: 5", 3, x => x.Max() },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    [Trait("Category", "Kernel")]
    public void EveryValueIsThatOfTheFormula(string options, int bottoms, Func<double[], double> function)
    {
        foreach (int[] shape in (int[][])[[1], [0, 4], [2, 19], [3, 11003]])
        {
            using var harness = new LayerHarness(
                $"type: 'Eltwise' eltwise_param {{ {options} }}", [.. Enumerable.Repeat(shape, bottoms)]);
            harness.Forward();
            Assert.Equal(shape, harness.Tops[0].Shape.ToArray());
            float[][] x = [.. harness.Bottoms.Select(bottom => bottom.Data.ToArray())];
            for (int i = 0; i < harness.Top.Length && i < 40; i++)
            {
                int at = harness.Top.Length - 1 - i;
                Assert.Equal(function([.. x.Select(values => (double)values[at])]), harness.Top[at], 1e-6);
            }
        }
    }

    [Theory]
    [InlineData("coeff: 3 coeff: -1 coeff: 0.25")]
    [InlineData("operation: PROD")]
    [InlineData("operation: PROD stable_prod_grad: false")]
    [InlineData("operation: MAX")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string options)
    {
        using var harness = new LayerHarness(
            $"type: 'Eltwise' eltwise_param {{ {options} }}", [[3, 17], [3, 17], [3, 17]], prepare: h =>
            {
                float[] values = new float[3 * 51];
                LayerHarness.FillApart(values, 8, 0.05f);
                for (int i = 0; i < values.Length; i++)
                {
                    h.Bottoms[i / 51].Data[i % 51] = values[i];
                }
            });
        new GradientChecker { Tolerance = 5e-3 }.Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData(new float[] { 4, 4, 4 }, 1)]
    [InlineData(new float[] { 4, 3, 4 }, 0)]
    [InlineData(new float[] { 3, 4, 4 }, 1)]
    [InlineData(new float[] { 3, 3, 4 }, 2)]
    [InlineData(new float[] { -1, -2, -3 }, 0)]
    [InlineData(new float[] { 0, -0f, -1 }, 1)]
    [Trait("Category", "Kernel")]
    public void TheGradientOfAMaximumGoesToOneBottomEverywhere(float[] values, int winner)
    {
        using var harness = new LayerHarness("type: 'Eltwise' eltwise_param { operation: MAX }", [[37], [37], [37]]);
        for (int i = 0; i < 3; i++)
        {
            harness.Bottoms[i].Data.Fill(values[i]);
        }

        harness.Forward();
        harness.Tops[0].Diff.Fill(5);
        harness.Backward();
        for (int i = 0; i < 3; i++)
        {
            Assert.All(harness.Bottoms[i].Diff.ToArray(), dx => Assert.Equal(i == winner ? 5 : 0, dx));
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheStableGradientOfAProductIsRightAtZeroAndTheOtherIsNot()
    {
        foreach (bool stable in (bool[])[true, false])
        {
            using var harness = new LayerHarness(
                $"type: 'Eltwise' eltwise_param {{ operation: PROD stable_prod_grad: {(stable ? "true" : "false")} }}",
                [[1], [1]]);
            harness.Set(0, 0);
            harness.Set(1, 3);
            harness.Forward();
            harness.Tops[0].Diff.Fill(2);
            harness.Backward();
            Assert.Equal(stable ? 6 : float.NaN, harness.Bottoms[0].Diff[0]);
            Assert.Equal(0, harness.Bottoms[1].Diff[0]);
        }
    }

    [Theory]
    [InlineData("", new[] { 3, 2 }, "bottom 'bottom1' has shape 3 2 (6), bottom 'bottom0' 2 3 (6)")]
    [InlineData("", new[] { 2, 3, 1 }, "bottom 'bottom1' has shape 2 3 1 (6)")]
    [InlineData("coeff: 1 coeff: 1 coeff: 1", new[] { 2, 3 }, "coeff is given 3 times for 2 bottoms")]
    [InlineData("operation: PROD coeff: 1 coeff: 1", new[] { 2, 3 }, "no meaning for PROD")]
    [Trait("Category", "Unit")]
    public void AWrongConfigurationIsNamedAndLocated(string options, int[] second, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Eltwise' eltwise_param {{ {options} }}", [[2, 3], second]).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
