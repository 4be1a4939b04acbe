using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class ConcatLayerTests
{
    /// <summary>Options, resulting axis, bottoms; the last are copied in several parts by several threads.</summary>
    public static TheoryData<string, int, int[][]> Joins => new()
    {
        { "", 1, [[2, 3, 4], [2, 1, 4], [2, 6, 4]] },
        { "axis: 0", 0, [[1, 5], [3, 5]] },
        { "axis: -1", 2, [[2, 3, 1], [2, 3, 17], [2, 3, 0]] },
        { "axis: -3", 0, [[1, 1, 1], [1, 1, 1]] },
        { "concat_dim: 0", 0, [[2, 3], [1, 3]] },
        { "concat_dim: 3", 3, [[1, 2, 3, 5], [1, 2, 3, 2]] },
        { "", 1, [[0, 3], [0, 2]] },
        { "", 1, [[3, 41, 1001], [3, 1, 1001]] },
        { "axis: 0", 0, [[70001], [13]] },
    };

    [Theory]
    [MemberData(nameof(Joins))]
    [Trait("Category", "Unit")]
    public void EveryValueIsFoundAtItsPlaceAndItsGradientComesBack(string options, int axis, int[][] bottoms)
    {
        using var harness = new LayerHarness($"type: 'Concat' concat_param {{ {options} }}", bottoms);
        harness.Forward();
        LayerHarness.Fill(harness.Tops[0].Diff, 77);
        harness.Backward();
        int[] top = [.. bottoms[0]];
        top[axis] = bottoms.Sum(shape => shape[axis]);
        Assert.Equal(top, harness.Tops[0].Shape.ToArray());
        float[] y = harness.Top, dy = harness.Tops[0].Diff.ToArray();
        int inner = harness.Tops[0].CountOf(axis + 1), before = 0;
        foreach (Cnn.Layers.Blob bottom in harness.Bottoms)
        {
            int size = bottom.Dim(axis);
            float[] x = bottom.Data.ToArray(), dx = bottom.Diff.ToArray();
            for (int i = 0; i < x.Length; i++)
            {
                int outer = i / (size * inner), place = i % (size * inner);
                int at = (outer * top[axis] * inner) + (before * inner) + place;
                Assert.True(x[i] == y[at] && dx[i] == dy[at], $"value {i} of {bottom.ShapeText}");
            }

            before += size;
        }
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction()
    {
        using var harness = new LayerHarness(
            "type: 'Concat' concat_param { axis: 2 }", [[2, 3, 5], [2, 3, 1], [2, 3, 16]]);
        new GradientChecker().Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ABottomThatNeedsNoGradientIsLeftAlone()
    {
        using var harness = new LayerHarness("type: 'Concat'", [[2, 3], [2, 1]]);
        harness.Forward();
        harness.Tops[0].Diff.Fill(2);
        harness.Bottoms[0].Diff.Fill(9);
        harness.Backward(1);
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(9, dx));
        Assert.All(harness.Bottoms[1].Diff.ToArray(), dx => Assert.Equal(2, dx));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ASingleBottomSharesValuesAndGradientAlsoAfterItGrew()
    {
        using var harness = new LayerHarness("type: 'Concat'", [[2, 3]]);
        harness.Bottoms[0].Reshape(50, 3);
        harness.Bottoms[0].Data.Fill(4);
        harness.Forward();
        harness.Tops[0].Diff.Fill(7);
        harness.Backward();
        Assert.True(harness.Tops[0].SharesDataWith(harness.Bottoms[0]));
        Assert.Equal([50, 3], harness.Tops[0].Shape.ToArray());
        Assert.All(harness.Top, y => Assert.Equal(4, y));
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(7, dx));
    }

    [Theory]
    [InlineData("axis: -3", "axis -3 does not exist")]
    [InlineData("concat_dim: 2", "axis 2 does not exist")]
    [InlineData("concat_dim: 4294967295", "axis 4294967295 does not exist")]
    [InlineData("axis: 0 concat_dim: 0", "axis and concat_dim are both given")]
    [InlineData("axis: 0", "they may differ on axis 0 only")]
    [Trait("Category", "Unit")]
    public void AWrongAxisIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Concat' concat_param {{ {options} }}", [[2, 3], [2, 4]]).Dispose());
        Assert.Contains(expected, exception.ToString() + exception.Diagnostics[0].Hint, StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
