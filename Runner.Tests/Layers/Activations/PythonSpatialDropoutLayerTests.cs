using Cnn.Proto;

namespace Cnn.Tests.Layers.Activations;

public class PythonSpatialDropoutLayerTests
{
    [Fact]
    [Trait("Category", "Unit")]
    public void WholeChannelsAreDropped()
    {
        using LayerHarness harness = Make("{'phase': 'TRAIN', 'p': '0.25'}", [40, 50, 2, 3]);
        harness.Forward();
        float[] x = harness.Bottoms[0].Data.ToArray(), y = harness.Top;
        int dropped = 0;
        for (int channel = 0; channel < 40 * 50; channel++)
        {
            float[] values = y[(channel * 6)..((channel + 1) * 6)];
            bool isDropped = Array.TrueForAll(values, v => v == 0);
            dropped += isDropped ? 1 : 0;
            for (int i = 0; i < 6 && !isDropped; i++)
            {
                Assert.Equal(x[(channel * 6) + i] / 0.75f, values[i], 1e-6f);
            }
        }

        Assert.Equal(0.25, dropped / 2000.0, 0.03);
        harness.Clock.Pass++;
        harness.Forward();
        Assert.NotEqual(y, harness.Top);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void OtherwiseAllAreDividedAsThere()
    {
        using LayerHarness harness = Make("{'phase': 'TEST', 'p': '0.5'}", [1, 2, 3, 4]);
        harness.Forward();
        Assert.Equal(harness.Bottoms[0].Data.ToArray().Select(x => x * 2), harness.Top);
    }

    [Theory]
    [InlineData("{'phase': 'TEST', 'p': '0.5'}")]
    [InlineData("{'phase': 'TRAIN', 'p': '0.5'}")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string options)
    {
        using LayerHarness harness = Make(options, [2, 8, 3, 4]);
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("{'phase': 'TEST', 'p': '1'}", "p in param_str is '1'")]
    [InlineData("{'phase': 'TEST', 'p': 'x'}", "p in param_str is 'x'")]
    [InlineData("{'phase': 'TEST'}", "option 'p' of a Python layer is missing")]
    [Trait("Category", "Unit")]
    public void AWrongParamStrIsNamed(string options, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(() => Make(options, [1, 2, 3, 4])).Message,
        StringComparison.Ordinal);

    private static LayerHarness Make(string options, int[] shape) => new(
        "type: 'Python' python_param { module: 'spatial_dropout' layer: 'SpatialDropoutLayer' "
        + $"param_str: \"{options}\" }}",
        [shape]);
}
