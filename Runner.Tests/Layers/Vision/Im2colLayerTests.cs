namespace Cnn.Tests.Layers.Vision;

public class Im2colLayerTests
{
    public static TheoryData<string, int[]> Cases => new()
    {
        { "kernel_size: 3", [2, 2, 4, 5] },
        { "kernel_size: 2 stride: 2 pad: 1", [1, 3, 5, 6] },
        { "kernel_h: 2 kernel_w: 3 dilation: 2 pad_h: 0 pad_w: 3", [2, 1, 4, 19] },
        { "kernel_size: 3 stride: 3 pad: 4", [1, 2, 3, 2] },
        { "kernel_size: 2 kernel_size: 1 kernel_size: 3 pad: 1", [1, 2, 3, 2, 4] },
        { "kernel_size: 3 stride: 2", [2, 3, 9] },
        { "kernel_size: 2 axis: 2", [2, 2, 3, 4, 20] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Kernel")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string options, int[] shape)
    {
        using LayerHarness harness = Make(options, shape);
        new GradientChecker { Step = 0.1f }.Check(harness);
    }

    // A convolution is the matrix product of its weights and the columns.
    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Kernel")]
    public void TheColumnsTimesWeightsAreTheConvolution(string options, int[] shape)
    {
        const string One = "num_output: 1 bias_term: false weight_filler { type: 'uniform' min: -1 max: 1 }";
        using LayerHarness columns = Make(options, shape);
        using var convolution = new LayerHarness(
            $"type: 'Convolution' convolution_param {{ {options} {One} }}", [shape]);
        columns.Forward();
        convolution.Forward();
        int axis = options.Contains("axis: 2", StringComparison.Ordinal) ? 2 : 1;
        int pixels = columns.Tops[0].CountOf(axis + 1), taps = columns.Tops[0].Dim(axis);
        Assert.Equal(convolution.Layer.Blobs[0].Count, taps);
        Assert.Equal(convolution.Tops[0].CountOf(axis + 1), pixels);
        for (int i = 0; i < convolution.Top.Length; i++)
        {
            double sum = 0;
            for (int tap = 0; tap < taps; tap++)
            {
                int column = ((((i / pixels) * taps) + tap) * pixels) + (i % pixels);
                sum += (double)convolution.Layer.Blobs[0].Data[tap] * columns.Top[column];
            }

            Assert.Equal(sum, convolution.Top[i], 1e-5);
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AWindowHalfOutsideSeesZerosThere()
    {
        using LayerHarness harness = Make("kernel_size: 2 pad: 1", [1, 1, 1, 2]);
        harness.Set(0, 3, 4);
        harness.Forward();
        Assert.Equal([1, 4, 2, 3], harness.Tops[0].Shape.ToArray());
        Assert.Equal([0, 0, 0, 0, 3, 4, 0, 0, 0, 3, 4, 0, 0, 3, 4, 0, 0, 0, 3, 4, 0, 0, 0, 0], harness.Top);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheLayerFollowsItsBottomAndAllocatesNothing()
    {
        using LayerHarness harness = Make("kernel_size: 2", [2, 2, 4, 4], 1);
        harness.Bottoms[0].Reshape(0, 5, 4, 4);
        harness.Forward();
        harness.Backward();
        Assert.Equal([0, 20, 3, 3], harness.Tops[0].Shape.ToArray());
        harness.Bottoms[0].Reshape(3, 1, 5, 2);
        harness.AssertAllocatesNothing();
        Assert.Equal([3, 4, 4, 1], harness.Tops[0].Shape.ToArray());
    }

    private static LayerHarness Make(string options, int[] shape, int threads = 2) =>
        new($"type: 'Im2col' convolution_param {{ {options} }}", [shape], threads: threads);
}
