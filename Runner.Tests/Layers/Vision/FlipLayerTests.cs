using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

public class FlipLayerTests
{
    [Theory]
    [InlineData("", false, true)]
    [InlineData("flip_param { flip_width: false flip_height: true }", true, false)]
    [InlineData("flip_param { flip_height: true }", true, true)]
    [InlineData("flip_param { flip_width: false }", false, false)]
    [Trait("Category", "Kernel")]
    public void ImagesAreMirrored(string options, bool rows, bool columns)
    {
        foreach (var (height, width) in ((int, int)[])[(3, 4), (2, 40000), (1, 1)])
        {
            using var harness = new LayerHarness($"type: 'Flip' {options}", [[2, 3, height, width]]);
            harness.Forward();
            float[] top = harness.Top;
            for (int i = 0; i < top.Length; i += 7)
            {
                int x = i % width, y = i / width % height, plane = i / width / height;
                int row = rows ? height - 1 - y : y, column = columns ? width - 1 - x : x;
                Assert.Equal(harness.Bottoms[0].Data[(((plane * height) + row) * width) + column], top[i]);
            }
        }
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction()
    {
        using var harness = new LayerHarness("type: 'Flip'", [[2, 3, 4, 5]]);
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void OtherAxesAreRefused() => Assert.Contains(
        "Flip takes 4 axes",
        Assert.Throws<CnnException>(() => new LayerHarness("type: 'Flip'", [[2, 3]])).ToString(),
        StringComparison.Ordinal);
}
