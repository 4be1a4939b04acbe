namespace Cnn.Tests.Layers.Common;

/// <summary>Layers that join, slice, reshape, select and combine blobs.</summary>
public class CommonLayerTests
{
    /// <summary>
    /// Definition, bottoms, number of tops, shape of the first top, bottoms with a gradient (null for all).
    /// </summary>
    public static TheoryData<string, int[][], int, int[], int[]?> Layers => new()
    {
        { "type: 'Concat'", [[2, 3, 5], [2, 1, 5]], 1, [2, 4, 5], null },
        { "type: 'Concat' concat_param { axis: -1 }", [[2, 3], [2, 0], [2, 17]], 1, [2, 20], null },
        { "type: 'Concat' concat_param { concat_dim: 0 }", [[1, 3], [4, 3]], 1, [5, 3], null },
        { "type: 'Slice'", [[2, 6, 3]], 3, [2, 2, 3], null },
        { "type: 'Slice' slice_param { axis: -1 slice_point: 1 slice_point: 18 }", [[3, 40]], 3, [3, 1], null },
        { "type: 'Slice' slice_param { slice_dim: 0 slice_point: 2 }", [[3, 5]], 2, [2, 5], null },
        { "type: 'Tile' tile_param { tiles: 3 }", [[2, 3, 4]], 1, [2, 9, 4], null },
        { "type: 'Tile' tile_param { tiles: 2 axis: -1 }", [[2, 1]], 1, [2, 2], null },
        { "type: 'Eltwise'", [[2, 19], [2, 19], [2, 19]], 1, [2, 19], null },
        { "type: 'Eltwise' eltwise_param { coeff: 0.5 coeff: -2 }", [[33], [33]], 1, [33], null },
        { "type: 'Eltwise' eltwise_param { operation: PROD }", [[2, 18], [2, 18], [2, 18]], 1, [2, 18], null },
        {
            "type: 'Eltwise' eltwise_param { operation: PROD stable_prod_grad: false }", [[2, 18], [2, 18]], 1,
            [2, 18], null
        },
        { "type: 'Reduction'", [[2, 35]], 1, [], null },
        { "type: 'Reduction' reduction_param { operation: SUMSQ axis: 1 coeff: 0.5 }", [[3, 2, 17]], 1, [3], null },
        { "type: 'Reduction' reduction_param { operation: MEAN axis: -1 }", [[3, 16]], 1, [3], null },
        { "type: 'Scale'", [[2, 3, 4, 5]], 1, [2, 3, 4, 5], null },
        { "type: 'Scale' scale_param { bias_term: true axis: 0 num_axes: -1 }", [[3, 18]], 1, [3, 18], null },
        { "type: 'Scale' scale_param { bias_term: true }", [[6, 19]], 1, [6, 19], null },
        { "type: 'Scale' scale_param { num_axes: 0 }", [[2, 17]], 1, [2, 17], null },
        { "type: 'Scale' scale_param { bias_term: true axis: 0 }", [[2, 3, 17], [2, 3]], 1, [2, 3, 17], null },
        { "type: 'Scale'", [[2, 3], []], 1, [2, 3], null },
        { "type: 'Bias' bias_param { axis: 2 filler { type: 'uniform' } }", [[2, 3, 4]], 1, [2, 3, 4], null },
        { "type: 'Bias'", [[2, 3, 4], [3, 4]], 1, [2, 3, 4], null },
        { "type: 'Crop' crop_param { axis: 1 offset: 1 }", [[2, 4, 5, 6], [2, 2, 3, 4]], 1, [2, 2, 3, 4], [0] },
        { "type: 'Crop' crop_param { offset: 2 offset: 0 }", [[1, 2, 5, 20], [9, 9, 2, 18]], 1, [1, 2, 2, 18], [0] },
        { "type: 'Crop' crop_param { axis: 0 }", [[7], [3]], 1, [3], [0] },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(
        string definition, int[][] bottoms, int tops, int[] shape, int[]? checkedBottoms)
    {
        using var harness = new LayerHarness(definition, bottoms, tops);
        Assert.Equal(shape, harness.Tops[0].Shape.ToArray());
        new GradientChecker { Bottoms = checkedBottoms }.Check(harness);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing(string definition, int[][] bottoms, int tops, int[] shape, int[]? checkedBottoms)
    {
        Assert.NotNull(shape);
        using var harness = new LayerHarness(definition, bottoms, tops, threads: 1);
        harness.AssertAllocatesNothing(checkedBottoms ?? []);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheLargestOfThreeTakesTheGradient()
    {
        using var harness = new LayerHarness(
            "type: 'Eltwise' eltwise_param { operation: MAX }", [[40], [40], [40]], prepare: h =>
            {
                float[] all = new float[120];
                LayerHarness.FillApart(all, 6);
                for (int i = 0; i < 3; i++)
                {
                    all.AsSpan(i * 40, 40).CopyTo(h.Bottoms[i].Data);
                }
            });
        new GradientChecker().Check(harness);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheSumOfMagnitudesHasTheSigns()
    {
        using var harness = new LayerHarness(
            "type: 'Reduction' reduction_param { operation: ASUM axis: 1 }", [[2, 21]],
            prepare: h => LayerHarness.FillApart(h.Bottoms[0].Data, 4));
        new GradientChecker().Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AMaximumThatIsATieGoesToTheSecond()
    {
        using var harness = new LayerHarness("type: 'Eltwise' eltwise_param { operation: MAX }", [[1], [1], [1]]);
        harness.Set(0, 4);
        harness.Set(1, 4);
        harness.Set(2, 4);
        harness.Forward();
        harness.Tops[0].Diff.Fill(1);
        harness.Backward();
        Assert.Equal([0, 1, 0], harness.Bottoms.Select(b => b.Diff[0]));
    }

    [Theory]
    [InlineData("Flatten", "flatten_param { }", new[] { 2, 3, 4 }, new[] { 2, 12 })]
    [InlineData("Flatten", "flatten_param { axis: 0 end_axis: 1 }", new[] { 2, 3, 4 }, new[] { 6, 4 })]
    [InlineData("Flatten", "flatten_param { axis: -1 }", new[] { 2, 3, 4 }, new[] { 2, 3, 4 })]
    [InlineData("Reshape", "reshape_param { shape { dim: 0 dim: -1 } }", new[] { 2, 3, 4 }, new[] { 2, 12 })]
    [InlineData("Reshape", "reshape_param { axis: 1 shape { dim: 2 dim: 6 } }", new[] { 2, 3, 4 }, new[] { 2, 2, 6 })]
    [InlineData("Reshape", "reshape_param { axis: -1 shape { dim: 1 } }", new[] { 2, 3 }, new[] { 2, 3, 1 })]
    [InlineData("Reshape", "reshape_param { axis: 1 num_axes: 0 shape { dim: 1 } }", new[] { 2, 3 }, new[] { 2, 1, 3 })]
    [InlineData(
        "Reshape", "reshape_param { axis: 1 num_axes: 1 shape { dim: 3 dim: -1 } }", new[] { 2, 6, 5 },
        new[] { 2, 3, 2, 5 })]
    [InlineData("Reshape", "reshape_param { shape { dim: 0 dim: -1 } }", new[] { 0, 3 }, new[] { 0, 0 })]
    [Trait("Category", "Unit")]
    public void ANewShapeSharesTheMemory(string type, string options, int[] bottom, int[] top)
    {
        using var harness = new LayerHarness($"type: '{type}' {options}", [bottom]);
        harness.Forward();
        Assert.Equal(top, harness.Tops[0].Shape.ToArray());
        Assert.True(harness.Tops[0].SharesDataWith(harness.Bottoms[0]));
        LayerHarness.Fill(harness.Tops[0].Diff, 3);
        harness.Backward();
        Assert.Equal(harness.Tops[0].Diff.ToArray(), harness.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void EmbedLooksRowsUp()
    {
        using var harness = new LayerHarness(
            "type: 'Embed' embed_param { num_output: 18 input_dim: 4 weight_filler { type: 'uniform' } "
                + "bias_filler { type: 'uniform' } }",
            [[2, 3]],
            prepare: h => h.Set(0, 0, 3, 3, 1, 0, 2));
        Assert.Equal([2, 3, 18], harness.Tops[0].Shape.ToArray());
        new GradientChecker { Bottoms = [] }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void BatchReindexChoosesItems()
    {
        using var harness = new LayerHarness(
            "type: 'BatchReindex'", [[3, 19], [5]], prepare: h => h.Set(1, 2, 0, 2, 1, 2));
        Assert.Equal([5, 19], harness.Tops[0].Shape.ToArray());
        new GradientChecker { Bottoms = [0] }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void FilterKeepsWhatTheSelectorChooses()
    {
        using var harness = new LayerHarness("type: 'Filter'", [[3, 2], [3], [3, 1]], tops: 2);
        Assert.Equal([3, 2], harness.Tops[0].Shape.ToArray());
        harness.Set(0, 1, 2, 3, 4, 5, 6);
        harness.Set(1, 7, 8, 9);
        harness.Set(2, 1, 0, -1);
        harness.Forward();
        Assert.Equal([1, 2, 5, 6], harness.Top);
        Assert.Equal([7, 9], harness.Tops[1].Data.ToArray());
        harness.Tops[0].Diff.Fill(3);
        harness.Backward(0, 1);
        Assert.Equal([3, 3, 0, 0, 3, 3], harness.Bottoms[0].Diff.ToArray());

        harness.Set(2, 0, 0, 0);
        harness.Forward();
        harness.Backward(0, 1);
        Assert.Equal(0, harness.Tops[0].Count);
        Assert.Equal(new float[6], harness.Bottoms[0].Diff.ToArray());
        harness.Set(2, 0, 1, 0);
        harness.Forward();
        Assert.Equal([3, 4], harness.Top);
    }

    [Theory]
    [InlineData("", new[] { 2, 3 }, new[] { 2, 1, 1 }, new float[] { 2, 1 })]
    [InlineData("top_k: 2", new[] { 2, 3 }, new[] { 2, 1, 2 }, new float[] { 2, 0, 1, 0 })]
    [InlineData("out_max_val: true", new[] { 2, 3 }, new[] { 2, 2, 1 }, new float[] { 2, 5, 1, 9 })]
    [InlineData("axis: 0", new[] { 2, 3 }, new[] { 1, 3 }, new float[] { 1, 1, 0 })]
    [InlineData("axis: 1 top_k: 2 out_max_val: true", new[] { 2, 3 }, new[] { 2, 2 }, new float[] { 5, 5, 9, 6 })]
    [Trait("Category", "Unit")]
    public void ArgMaxPutsTheLaterOfEqualsFirst(string options, int[] bottom, int[] top, float[] expected)
    {
        using var harness = new LayerHarness($"type: 'ArgMax' argmax_param {{ {options} }}", [bottom]);
        harness.Set(0, 5, 1, 5, 6, 9, 2);
        harness.Forward();
        Assert.Equal(top, harness.Tops[0].Shape.ToArray());
        Assert.Equal(expected, harness.Top);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AParametersGradientAddsUp()
    {
        using var harness = new LayerHarness("type: 'Parameter' parameter_param { shape { dim: 2 dim: 2 } }", []);
        harness.Forward();
        Assert.True(harness.Tops[0].SharesDataWith(harness.Layer.Blobs[0]));
        for (int pass = 0; pass < 2; pass++)
        {
            harness.Tops[0].Diff.Fill(1.5f);
            harness.Backward();
        }

        Assert.Equal([3, 3, 3, 3], harness.Layer.Blobs[0].Diff.ToArray());
    }

    [Theory]
    [InlineData("Scale")]
    [InlineData("Scale' scale_param { bias_term: true } name: 's")]
    [InlineData("Bias")]
    [Trait("Category", "Unit")]
    public void InPlaceGivesTheSame(string type)
    {
        using var apart = new LayerHarness($"type: '{type}'", [[2, 3, 19]]);
        using var inPlace = new LayerHarness($"type: '{type}'", [[2, 3, 19]], inPlace: true);
        foreach (LayerHarness harness in (LayerHarness[])[apart, inPlace])
        {
            harness.Layer.Blobs[0].Data.Fill(-1.5f);
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 9);
            harness.Backward();
        }

        Assert.Equal(apart.Top, inPlace.Top);
        Assert.Equal(apart.Bottoms[0].Diff.ToArray(), inPlace.Bottoms[0].Diff.ToArray());
        Assert.Equal(apart.Layer.Blobs[0].Diff.ToArray(), inPlace.Layer.Blobs[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ShapesMayChangeBetweenPasses()
    {
        using var harness = new LayerHarness("type: 'Concat'", [[2, 3], [2, 1]]);
        harness.Bottoms[0].Reshape(4, 3);
        harness.Bottoms[1].Reshape(4, 1);
        LayerHarness.Fill(harness.Bottoms[0].Data, 1);
        LayerHarness.Fill(harness.Bottoms[1].Data, 2);
        harness.Forward();
        Assert.Equal([4, 4], harness.Tops[0].Shape.ToArray());
        Assert.Equal(harness.Bottoms[1].Data[3], harness.Top[15]);
    }
}
