using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

/// <summary>Interp, Upsample and the Resize layers.</summary>
public class ResizingLayerTests
{
    public static TheoryData<string, int[]> Layers => new()
    {
        { "type: 'Interp' interp_param { zoom_factor: 3 }", [2, 2, 4, 3] },
        { "type: 'Interp' interp_param { shrink_factor: 2 pad_beg: -1 pad_end: -1 }", [1, 2, 7, 9] },
        { "type: 'Interp' interp_param { height: 5 width: 40 }", [1, 2, 3, 35] },
        { "type: 'Upsample' upsample_param { scale: 3 }", [2, 2, 3, 4] },
        { "type: 'ResizeBilinear' resize_bilinear_param { output_height: 5 output_width: 7 }", [2, 3, 4, 2] },
        {
            "type: 'ResizeBilinear' resize_bilinear_param { data_format: 'NCHW' scale_height: 1.5 scale_width: 0.5 "
            + "half_pixel_centers: true }",
            [2, 3, 4, 6]
        },
        {
            "type: 'ResizeNearestNeighbor' resize_nearest_neighbor_param { output_height: 3 output_width: 7 "
            + "align_corners: true }",
            [2, 5, 4, 17]
        },
        { "type: 'Reshape' reshape_param { pixelshuffler: 2 }", [2, 8, 2, 3] },
        {
            "type: 'Pooling3D' pooling3d_param { kernel_size: 3 kernel_depth: 2 stride: 2 pad: 1 pool: AVE }",
            [1, 2, 3, 4, 5]
        },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string definition, int[] shape)
    {
        using var harness = new LayerHarness(definition, [shape]);
        new GradientChecker().Check(harness);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing(string definition, int[] shape)
    {
        using var harness = new LayerHarness(definition, [shape], threads: 1);
        harness.AssertAllocatesNothing();
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void InterpKeepsTheCorners()
    {
        using var harness = new LayerHarness("type: 'Interp' interp_param { height: 3 width: 3 }", [[1, 1, 2, 2]]);
        harness.Set(0, 0, 2, 4, 6);
        harness.Forward();
        Assert.Equal([0, 1, 2, 2, 3, 4, 4, 5, 6], harness.Top);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void InterpTakesTheSizeOfAnotherBlob()
    {
        const string Definition = "type: 'Interp' interp_param { use_blob_size: true height: 9 width: 9 }";
        using var harness = new LayerHarness(Definition, [[2, 1, 2, 3], [1, 3, 4, 5]]);
        Assert.Equal([2, 1, 4, 5], harness.Tops[0].Shape);
        new GradientChecker().Check(harness);
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(Definition, [[2, 1, 2, 3], [4, 5]]));
        Assert.Contains("bottom 'bottom1' has shape 4 5", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void OfTheRulesForTheSizeOfInterpASingleFactorWins()
    {
        Assert.Equal([1, 1, 9, 5], Shape("height: 2 width: 2 zoom_factor: 2"));
        Assert.Equal([1, 1, 2, 2], Shape("height: 2 width: 2 zoom_factor: 2 shrink_factor: 2"));
        Assert.Equal([1, 1, 7, 4], Shape("zoom_factor: 3 shrink_factor: 2"));

        static int[] Shape(string options)
        {
            using var harness = new LayerHarness($"type: 'Interp' interp_param {{ {options} }}", [[1, 1, 5, 3]]);
            return harness.Tops[0].Shape.ToArray();
        }
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void UpsamplePutsValuesWhereTheMaximaWere()
    {
        using var harness = new LayerHarness("type: 'Upsample'", [[1, 1, 1, 3], [1, 1, 1, 3]]);
        harness.Set(0, 5, 6, 7);
        harness.Set(1, 3, 8, 3);
        harness.Forward();
        Assert.Equal([0, 0, 0, 7, 0, 0, 0, 0, 6, 0, 0, 0], harness.Top);
        harness.Set(1, 3, 8, 11);
        new GradientChecker { Bottoms = [0] }.Check(harness);
        Assert.False(harness.Layer.AllowsForceBackward(1));
        harness.Set(1, 3, 12, 11);
        Assert.Contains("value 1 of bottom 'bottom1' is 12", Assert.Throws<CnnException>(harness.Forward).Message);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void EveryValueThatIsAMaximumOfAVolumeGetsItsGradient()
    {
        using var harness = new LayerHarness(
            "type: 'Pooling3D' pooling3d_param { kernel_size: 2 kernel_depth: 2 }", [[1, 1, 2, 2, 2]]);
        harness.Set(0, 1, 3, 3, 0, -1, 3, 2, 2);
        harness.Forward();
        Assert.Equal([3], harness.Top);
        harness.Tops[0].Diff.Fill(2);
        harness.Backward();
        Assert.Equal([0f, 2, 2, 0, 0, 2, 0, 0], harness.Bottoms[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheOptionsOfC3DsFirstVersionMakeTheSameConvolution()
    {
        const string Options = "num_output: 2 kernel_size: 2 kernel_depth: 3 pad: 1 temporal_pad: 1 temporal_stride: 2 "
            + "weight_filler { type: 'xavier' }";
        using var now = new LayerHarness(
            $"type: 'Convolution3D' convolution3d_param {{ {Options} }}", [[1, 2, 4, 3, 3]]);
        using var then = new LayerHarness(
            $"type: 'Convolution3D' convolution_param {{ {Options} }}", [[1, 2, 4, 3, 3]]);
        now.Forward();
        then.Forward();
        Assert.Equal([1, 2, 2, 4, 4], now.Tops[0].Shape.ToArray());
        Assert.Equal(now.Top, then.Top);
        new GradientChecker().Check(now);
    }
}
