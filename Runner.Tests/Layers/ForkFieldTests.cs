using Cnn.Proto;

namespace Cnn.Tests.Layers;

/// <summary>What the forks of Caffe added to its own layers.</summary>
public class ForkFieldTests
{
    public static TheoryData<string, int[][]> Layers => new()
    {
        { "type: 'Eltwise' eltwise_param { operation: DIV }", [[2, 3], [2, 3]] },
        { "type: 'Eltwise' eltwise_param { operation: MIN }", [[2, 9], [2, 9], [2, 9]] },
        { "type: 'Eltwise' eltwise_param { operation: SUM axis: 1 coeff: 1 coeff: -2 }", [[2, 3, 4], [3]] },
        { "type: 'Eltwise' eltwise_param { operation: PROD axis: 1 }", [[2, 3, 4], [3, 4]] },
        { "type: 'Eltwise' eltwise_param { operation: DIV axis: 2 }", [[2, 3, 4], [4]] },
        {
            "type: 'Convolution' convolution_param { num_output: 2 kernel_size: 3 stride: 2 pad_l: 2 pad_b: 1 "
            + "weight_filler { type: 'xavier' } }",
            [[2, 3, 5, 6]]
        },
        {
            "type: 'Convolution' convolution_param { num_output: 4 group: 2 kernel_size: 3 pad_type: 1 relu: true "
            + "negative_slope: 0.5 weight_filler { type: 'xavier' } bias_filler { value: 0.3 } }",
            [[1, 4, 4, 5]]
        },
        {
            "type: 'ConvolutionDepthwise' convolution_param { kernel_size: 3 pad: 1 stride: 2 "
            + "weight_filler { type: 'xavier' } }",
            [[2, 3, 5, 6]]
        },
        {
            "type: 'InnerProduct' inner_product_param { num_output: 3 relu: true negative_slope: 0.25 "
            + "weight_filler { type: 'xavier' } }",
            [[3, 5]]
        },
        { "type: 'Dropout' dropout_param { scale_train: false }", [[4, 5]] },
    };

    [Theory]
    [MemberData(nameof(Layers))]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string definition, int[][] shapes)
    {
        using var harness = new LayerHarness(definition, shapes, prepare: h =>
        {
            for (int i = 0; i < h.Bottoms.Count; i++)
            {
                // Steps that have no value in common.
                LayerHarness.FillApart(h.Bottoms[i].Data, (ulong)(h.Bottoms[i].Count + i), 0.13f + (0.017f * i));
            }
        });
        new GradientChecker { Step = 2e-3f, Tolerance = 2e-2 }.Check(harness);
    }

    [Theory]
    [MemberData(nameof(Layers))]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing(string definition, int[][] shapes)
    {
        using var harness = new LayerHarness(definition, shapes, threads: 1);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData(Phase.Test, "scale_train: false dropout_ratio: 0.25", 0.75f, 0.75f)]
    [InlineData(Phase.Train, "scale_train: false dropout_ratio: 0.25", 0f, 1f)]
    [InlineData(Phase.Test, "sample_weights_test: true", 0f, 2f)]
    [Trait("Category", "Unit")]
    public void DropoutScalesWhereItIsTold(Phase phase, string options, float least, float most)
    {
        using var harness = new LayerHarness($"type: 'Dropout' dropout_param {{ {options} }}", [[500]], phase: phase);
        harness.Bottoms[0].Data.Fill(1);
        harness.Forward();
        Assert.Equal((least, most), (harness.Top.Min(), harness.Top.Max()));
        Assert.All(harness.Top, value => Assert.True(value == least || value == most));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void NumOutputOfConvolutionDepthwiseIsWarnedOf()
    {
        using var harness = new LayerHarness(
            "type: 'ConvolutionDepthwise' convolution_param { num_output: 12 kernel_size: 3 }", [[1, 3, 5, 5]]);
        Assert.Equal([1, 3, 3, 3], harness.Tops[0].Shape.ToArray());
        Assert.Equal([3, 1, 3, 3], harness.Layer.Blobs[0].Shape.ToArray());
        Assert.Contains("num_output 12 has no effect", Assert.Single(harness.Warnings).Message);
    }

    [Theory]
    [InlineData("type: 'InnerProduct' inner_product_param { num_output: 1 normalize: true }", "does not normalise")]
    [InlineData(
        "type: 'InnerProduct' inner_product_param { num_output: 1 relu: true negative_slope: -1 }",
        "negative_slope is -1")]
    [InlineData("type: 'Reshape' reshape_param { pixelshuffler: 0 }", "pixelshuffler is 0")]
    [InlineData("type: 'Reshape' reshape_param { pixelshuffler: 2 }", "a multiple of 4 channels")]
    [Trait("Category", "Unit")]
    public void AWrongConfigurationIsALocatedError(string definition, string expected)
    {
        var thrown = Assert.Throws<CnnException>(() => new LayerHarness(definition, [[1, 3, 2, 2]]));
        Assert.Contains(expected, thrown.Message);
        Assert.Equal(1, thrown.Diagnostics[0].Location?.Line);
    }
}
