using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

/// <summary>The routing layers with sizes at the limits of what is possible.</summary>
[Trait("Category", "Unit")]
public class CommonEdgeTests
{
    public static TheoryData<string, int[][], string> Impossible => new()
    {
        { "type: 'Reshape' reshape_param { axis: 1 num_axes: 2147483647 }", [[2, 3]],
            "num_axes 2147483647 from axis 1" },
        { "type: 'Tile' tile_param { tiles: 2000000000 }", [[0, 3]], "tiles is 2000000000" },
        { "type: 'Scale' scale_param { num_axes: 2147483647 }", [[2, 3]], "num_axes is 2147483647 from axis 1 on" },
        { "type: 'Embed' embed_param { num_output: 70000 input_dim: 1 }", [[70000]], "more than 2^31 values" },
        { "type: 'BatchReindex'", [[1, 70000], [70000]], "more than 2^31 values" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void ASizeThatCannotBeIsNamedAndLocated(string definition, int[][] bottoms, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(definition, bottoms).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    // A layer that works in place on the indices may overwrite them between the passes.
    [Theory]
    [InlineData("type: 'Embed' embed_param { num_output: 2 input_dim: 3 }", 0)]
    [InlineData("type: 'BatchReindex'", 1)]
    public void IndicesThatChangeBeforeBackwardAreStillChecked(string definition, int bottom)
    {
        using var harness = new LayerHarness(
            definition, bottom == 0 ? [[4]] : [[3, 2], [4]], prepare: h => h.Bottoms[bottom].Data.Clear());
        harness.Forward();
        harness.Bottoms[bottom].Data[3] = 3;
        int[] gradients = bottom == 0 ? [-1] : [0];
        var exception = Assert.Throws<CnnException>(() => harness.Backward(gradients));
        Assert.Contains($"value 3 of bottom 'bottom{bottom}' is 3", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("type: 'Embed' embed_param { num_output: 19 input_dim: 4 }", new[] { 5 }, null, -1)]
    [InlineData("type: 'BatchReindex'", new[] { 4, 19 }, new[] { 6 }, 0)]
    [InlineData("type: 'Filter'", new[] { 4, 19 }, new[] { 4 }, 0)]
    [InlineData("type: 'ArgMax' argmax_param { top_k: 3 }", new[] { 4, 19 }, null, -1)]
    public void PassesAllocateNothing(string definition, int[] first, int[]? second, int gradient)
    {
        using var harness = new LayerHarness(
            definition, second is null ? [first] : [first, second], threads: 1, prepare: h =>
            {
                for (int i = 0; i < h.Bottoms[^1].Count; i++)
                {
                    h.Bottoms[^1].Data[i] = i % 3;
                }
            });
        harness.AssertAllocatesNothing(gradient);
    }

    [Fact]
    public void ScaleInPlaceWithAFixedFactorStillPassesTheGradientDown()
    {
        using var harness = new LayerHarness(
            "type: 'Scale' scale_param { bias_term: true filler { value: 3 } }", [[2, 19]], inPlace: true);
        harness.Layer.SetNeedsGradient(0, false);
        float[] x = harness.Bottoms[0].Data.ToArray();
        harness.Forward();
        Assert.Equal(x.Select(v => 3 * v), harness.Top);
        harness.Tops[0].Diff.Fill(2);
        harness.Backward();
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(6, dx));
        Assert.Equal(0, harness.Layer.Blobs[0].Diff[0]);
        Assert.Equal(4, harness.Layer.Blobs[1].Diff[0]);
    }

    // The batch grows and shrinks; in a fully convolutional net the image size changes.
    [Theory]
    [InlineData("type: 'Slice' slice_param { slice_point: 1 }", 2)]
    [InlineData("type: 'Flatten'", 1)]
    [InlineData("type: 'Reshape' reshape_param { shape { dim: 0 dim: -1 } }", 1)]
    [InlineData("type: 'Tile' tile_param { tiles: 2 }", 1)]
    [InlineData("type: 'Reduction' reduction_param { axis: 1 }", 1)]
    [InlineData("type: 'Scale' scale_param { bias_term: true }", 1)]
    [InlineData("type: 'ArgMax' argmax_param { axis: 1 }", 1)]
    [InlineData("type: 'Concat'", 1)]
    public void AfterAnotherShapeTheFirstGivesTheSame(string definition, int tops)
    {
        using var harness = new LayerHarness(definition, [[2, 3, 5, 7]], tops);
        float[] x = harness.Bottoms[0].Data.ToArray();
        harness.Forward();
        float[] first = harness.Top;
        foreach (int[] shape in (int[][])[[9, 3, 11, 4], [1, 3, 1, 1], [0, 3, 5, 7], [2, 3, 5, 7]])
        {
            harness.Bottoms[0].Reshape(shape);
            x.AsSpan(0, Math.Min(x.Length, harness.Bottoms[0].Count)).CopyTo(harness.Bottoms[0].Data);
            harness.Forward();
            if (!definition.Contains("ArgMax", StringComparison.Ordinal))
            {
                harness.Backward();
            }
        }

        Assert.Equal(first, harness.Top);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("eltwise_param { coeff: -2 coeff: 1 }", -1)]
    public void AnInfiniteGradientOfASumStaysInfinite(string options, int sign)
    {
        using var harness = new LayerHarness($"type: 'Eltwise' {options}", [[19], [19]]);
        harness.Forward();
        harness.Tops[0].Diff.Fill(float.PositiveInfinity);
        harness.Backward();
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(sign * float.PositiveInfinity, dx));
    }
}
