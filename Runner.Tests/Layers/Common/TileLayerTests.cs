using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class TileLayerTests
{
    [Fact]
    [Trait("Category", "Unit")]
    public void WholeBlocksAreRepeatedNotTheirValues()
    {
        using var harness = new LayerHarness("type: 'Tile' tile_param { tiles: 2 }", [[2, 2]]);
        harness.Set(0, 1, 2, 3, 4);
        harness.Forward();
        Assert.Equal([1, 2, 1, 2, 3, 4, 3, 4], harness.Top);
        harness.Tops[0].Diff.Clear();
        new float[] { 1, 2, 10, 20, 3, 4, 30, 40 }.CopyTo(harness.Tops[0].Diff);
        harness.Backward();
        Assert.Equal([11, 22, 33, 44], harness.Bottoms[0].Diff.ToArray());
    }

    [Theory]
    [InlineData(0, 3, new[] { 2, 5 })]
    [InlineData(-1, 40, new[] { 3, 1 })]
    [InlineData(1, 1, new[] { 3, 4 })]
    [InlineData(1, 3, new[] { 2, 0, 4 })]
    [InlineData(1, 3, new[] { 0, 2, 4 })]
    [InlineData(2, 2, new[] { 2, 3, 19 })]
    [InlineData(1, 3, new[] { 2, 17, 1001 })]
    [InlineData(1, 20011, new[] { 3, 2 })]
    [InlineData(1, 50021, new[] { 2, 1 })]
    [Trait("Category", "Kernel")]
    public void EveryCopyIsTheBlockAndTheGradientTheirSum(int axis, int tiles, int[] bottom)
    {
        using var harness = new LayerHarness($"type: 'Tile' tile_param {{ axis: {axis} tiles: {tiles} }}", [bottom]);
        harness.Forward();
        LayerHarness.Fill(harness.Tops[0].Diff, 5);
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward();
        int start = axis < 0 ? axis + bottom.Length : axis;
        int[] top = [.. bottom];
        top[start] *= tiles;
        Assert.Equal(top, harness.Tops[0].Shape.ToArray());
        int length = harness.Bottoms[0].CountOf(start);
        float[] x = harness.Bottoms[0].Data.ToArray(), dx = harness.Bottoms[0].Diff.ToArray();
        float[] y = harness.Top, dy = harness.Tops[0].Diff.ToArray();
        for (int i = 0; i < x.Length; i++)
        {
            double sum = 0;
            for (int tile = 0; tile < tiles; tile++)
            {
                int at = (((i / length) * tiles) + tile) * length + (i % length);
                sum += dy[at];
                Assert.True(x[i] == y[at], $"copy {tile} of value {i}");
            }

            Assert.Equal(sum, dx[i], 1e-4 * Math.Max(1, Math.Abs(sum)));
        }
    }

    [Theory]
    [InlineData(1, new[] { 2, 3, 5 })]
    [InlineData(-1, new[] { 2, 17 })]
    [InlineData(0, new[] { 1 })]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(int axis, int[] bottom)
    {
        using var harness = new LayerHarness($"type: 'Tile' tile_param {{ axis: {axis} tiles: 3 }}", [bottom]);
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing();
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheBatchMayChangeBetweenPasses()
    {
        using var harness = new LayerHarness("type: 'Tile' tile_param { tiles: 2 }", [[1, 2]]);
        harness.Bottoms[0].Reshape(3, 1);
        harness.Set(0, 7, 8, 9);
        harness.Forward();
        Assert.Equal([3, 2], harness.Tops[0].Shape.ToArray());
        Assert.Equal([7, 7, 8, 8, 9, 9], harness.Top);
    }

    [Theory]
    [InlineData("", "tiles is 0")]
    [InlineData("tiles: -1", "tiles is -1")]
    [InlineData("tiles: 2147483647", "tiles is 2147483647")]
    [InlineData("tiles: 2 axis: 2", "axis 2 does not exist")]
    [InlineData("tiles: 2 axis: -3", "axis -3 does not exist")]
    [Trait("Category", "Unit")]
    public void AWrongConfigurationIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Tile' tile_param {{ {options} }}", [[2, 3]]).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
