using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

public class CropLayerTests
{
    /// <summary>Options, the shapes of both bottoms, and the offset on each axis.</summary>
    public static TheoryData<string, int[], int[], int[]> Cuts => new()
    {
        { "", [2, 3, 5, 6], [2, 3, 4, 2], [0, 0, 0, 0] },
        { "", [2, 3, 5, 6], [9, 1, 4, 2], [0, 0, 0, 0] },
        { "offset: 1", [2, 3, 5, 6], [1, 1, 4, 2], [0, 0, 1, 1] },
        { "offset: 1 offset: 4", [2, 3, 5, 6], [1, 1, 4, 2], [0, 0, 1, 4] },
        { "axis: 1 offset: 2 offset: 0 offset: 1", [2, 4, 5, 21], [7, 2, 5, 17], [0, 2, 0, 1] },
        { "axis: 0 offset: 1", [3, 3], [1, 2], [1, 1] },
        { "axis: -1 offset: 3", [2, 40], [1, 33], [0, 3] },
        { "axis: 1 offset: 1 offset: 0", [2, 3, 4], [2, 2, 4], [0, 1, 0] },
        { "axis: 0 offset: 5", [12], [7], [5] },
        { "axis: 0 offset: 1", [3, 4, 2, 3, 5], [2, 2, 1, 2, 4], [1, 1, 1, 1, 1] },
        { "", [2, 3, 5, 6], [2, 3, 5, 6], [0, 0, 0, 0] },
        { "", [1, 2, 4, 4], [1, 2, 0, 3], [0, 0, 0, 0] },
        { "", [0, 2, 4, 4], [0, 2, 3, 3], [0, 0, 0, 0] },
        { "offset: 3", [2, 3, 107, 111], [2, 3, 101, 103], [0, 0, 3, 3] },
        { "axis: 0 offset: 17", [60018], [60001], [17] },
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    [Trait("Category", "Unit")]
    public void TheCutIsReadFromTheOffsetAndItsGradientPastedIntoZeros(
        string options, int[] from, int[] size, int[] offsets)
    {
        using var harness = new LayerHarness($"type: 'Crop' crop_param {{ {options} }}", [from, size]);
        harness.Forward();
        LayerHarness.Fill(harness.Tops[0].Diff, 5);
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward(0);
        int[] top = harness.Tops[0].Shape.ToArray();
        float[] x = harness.Bottoms[0].Data.ToArray(), y = harness.Top;
        float[] dx = new float[x.Length], dy = harness.Tops[0].Diff.ToArray();
        for (int i = 0; i < y.Length; i++)
        {
            int rest = i, at = 0, stride = 1;
            for (int axis = from.Length - 1; axis >= 0; axis--)
            {
                at += ((rest % top[axis]) + offsets[axis]) * stride;
                (rest, stride) = (rest / top[axis], stride * from[axis]);
            }

            Assert.True(x[at] == y[i], $"value {i}");
            dx[at] = dy[i];
        }

        Assert.Equal(dx, harness.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AxesBeforeTheFirstKeepTheirSize()
    {
        using var harness = new LayerHarness("type: 'Crop' crop_param { axis: 2 }", [[4, 3, 6, 6], [1, 9, 2, 5]]);
        Assert.Equal([4, 3, 2, 5], harness.Tops[0].Shape.ToArray());
    }

    [Theory]
    [InlineData("axis: 1 offset: 1", new[] { 2, 4, 5, 6 }, new[] { 2, 2, 3, 4 })]
    [InlineData("axis: -1 offset: 2", new[] { 3, 19 }, new[] { 3, 17 })]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string options, int[] from, int[] size)
    {
        using var harness = new LayerHarness($"type: 'Crop' crop_param {{ {options} }}", [from, size]);
        new GradientChecker { Bottoms = [0] }.Check(harness);
        harness.AssertAllocatesNothing(0);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void BothImagesMayChangeBetweenPasses()
    {
        using var harness = new LayerHarness("type: 'Crop' crop_param { axis: 1 offset: 1 }", [[1, 4], [1, 2]]);
        harness.Bottoms[0].Reshape(2, 6);
        harness.Bottoms[1].Reshape(2, 5);
        harness.Set(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        harness.Forward();
        Assert.Equal([1, 2, 3, 4, 5, 7, 8, 9, 10, 11], harness.Top);
        harness.Bottoms[1].Reshape(2, 6);
        var exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains("offset 1 and size 6 on axis 1 go past", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("axis: 4", new[] { 1, 1, 2, 2 }, "axis 4 does not exist")]
    [InlineData("axis: -5", new[] { 1, 1, 2, 2 }, "axis -5 does not exist")]
    [InlineData("offset: 1 offset: 1 offset: 1", new[] { 1, 1, 2, 2 }, "offset is given 3 times for 2 axes")]
    [InlineData("offset: 4294967295", new[] { 1, 1, 2, 2 }, "offset 4294967295 and size 2 on axis 2 go past")]
    [InlineData("", new[] { 1, 1, 2, 5 }, "offset 0 and size 5 on axis 3 go past")]
    [InlineData("", new[] { 2, 2 }, "bottom 'bottom1'")]
    [Trait("Category", "Unit")]
    public void AWrongCutIsNamedAndLocated(string options, int[] size, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Crop' crop_param {{ {options} }}", [[1, 1, 4, 4], size]).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
