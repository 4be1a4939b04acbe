using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

public class DeconvolutionLayerTests
{
    private const string Uniform =
        "weight_filler { type: 'uniform' min: -1 max: 1 } bias_filler { type: 'uniform' min: -1 max: 1 }";

    public static TheoryData<string, int[]> Cases => new()
    {
        { "num_output: 3 kernel_size: 3", [2, 2, 4, 5] },
        { "num_output: 4 kernel_size: 4 stride: 2 pad: 1 group: 2", [2, 6, 3, 4] },
        { "num_output: 2 kernel_h: 2 kernel_w: 3 stride_h: 3 stride_w: 1 pad_h: 1 pad_w: 0", [1, 3, 4, 19] },
        { "num_output: 5 kernel_size: 3 dilation: 2 stride: 3", [2, 1, 2, 3] },
        { "num_output: 3 kernel_size: 1 stride: 2 bias_term: false", [3, 2, 4, 4] },
        { "num_output: 3 kernel_size: 3 stride: 2 pad: 2 group: 3", [2, 3, 5, 5] },
        { "num_output: 2 kernel_size: 3 stride: 2", [2, 3, 7] },
        { "num_output: 4 kernel_size: 2 stride: 2 group: 2", [2, 2, 2, 3, 2] },
        { "num_output: 2 kernel_size: 3 axis: -3", [2, 2, 3, 2, 2] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Kernel")]
    [Trait("Category", "Gradient")]
    public void TheGradientsAreThoseOfTheFunction(string options, int[] shape)
    {
        using LayerHarness harness = Make(options, shape);
        new GradientChecker { Step = 5e-2f, Tolerance = 1e-3 }.Check(harness);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Kernel")]
    public void EveryValueSpreadsTheKernel(string options, int[] shape)
    {
        if (shape.Length != 4)
        {
            Assert.Skip("the reference is two-dimensional");
        }

        using LayerHarness harness = Make(options, shape);
        harness.Forward();
        double[] expected = Reference(harness);
        Assert.Equal(expected.Length, harness.Top.Length);
        Assert.All(expected.Zip(harness.Top), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData("kernel_size: 3 stride: 2 pad: 1", "2 5 11 15")]
    [InlineData("kernel_size: 2 kernel_size: 3 dilation: 3 stride: 1 stride: 4 pad: 0 pad: 2", "2 5 9 31")]
    [Trait("Category", "Unit")]
    public void TheTopHasCaffesShape(string options, string expected)
    {
        using LayerHarness harness = Make("num_output: 5 " + options, [2, 4, 6, 8]);
        Assert.Equal(expected, string.Join(' ', harness.Tops[0].Shape.ToArray()));
        Assert.Equal([4, 5], harness.Layer.Blobs[0].Shape[..2].ToArray());
        Assert.Equal([5], harness.Layer.Blobs[1].Shape.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void XavierSeesTheOutputsAsFanIn()
    {
        using var harness = new LayerHarness(
            "type: 'Deconvolution' convolution_param { num_output: 6 group: 2 kernel_size: 2 "
            + "weight_filler { type: 'xavier' } }",
            [[1, 500, 3, 3]]);
        float bound = MathF.Sqrt(3f / (3 * 4));
        Assert.InRange(harness.Layer.Blobs[0].Data.ToArray().Max(), 0.99f * bound, bound);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheLayerFollowsItsBottomAndAllocatesNothing()
    {
        using LayerHarness harness = Make("num_output: 3 kernel_size: 3 stride: 2", [2, 2, 4, 4], 1);
        harness.Bottoms[0].Reshape(0, 2, 4, 4);
        harness.Forward();
        harness.Backward();
        Assert.Equal([0, 3, 9, 9], harness.Tops[0].Shape.ToArray());
        harness.Bottoms[0].Reshape(3, 2, 1, 5);
        harness.AssertAllocatesNothing();
        Assert.Equal([3, 3, 3, 11], harness.Tops[0].Shape.ToArray());
    }

    private static LayerHarness Make(string options, int[] shape, int threads = 2) =>
        new($"type: 'Deconvolution' convolution_param {{ {options} {Uniform} }}", [shape], threads: threads);

    private static double[] Reference(LayerHarness harness)
    {
        ConvolutionParameter p = harness.Layer.Parameter.ConvolutionParam;
        Blob x = harness.Bottoms[0], y = harness.Tops[0], w = harness.Layer.Blobs[0];
        int group = (int)p.Group, perGroup = y.Dim(1) / group, channels = x.Dim(1) / group;
        int strideH = (int)(p.HasStrideH ? p.StrideH : p.Stride.FirstOrDefault(1u));
        int strideW = (int)(p.HasStrideW ? p.StrideW : p.Stride.FirstOrDefault(1u));
        int padH = (int)(p.HasPadH ? p.PadH : p.Pad.FirstOrDefault(0u));
        int padW = (int)(p.HasPadW ? p.PadW : p.Pad.FirstOrDefault(0u));
        int dilation = (int)p.Dilation.FirstOrDefault(1u);
        var sums = new double[y.Count];
        for (int i = 0; i < sums.Length && harness.Layer.Blobs.Count > 1; i++)
        {
            sums[i] = harness.Layer.Blobs[1].Data[i / y.CountOf(2) % y.Dim(1)];
        }

        for (int i = 0; i < x.Count; i++)
        {
            int column = i % x.Dim(3), row = i / x.Dim(3) % x.Dim(2), c = i / x.CountOf(2) % x.Dim(1),
                n = i / x.CountOf(1);
            for (int j = 0; j < perGroup * w.CountOf(2); j++)
            {
                int s = j % w.Dim(3), r = j / w.Dim(3) % w.Dim(2), o = (c / channels * perGroup) + (j / w.CountOf(2));
                int h = (row * strideH) - padH + (r * dilation), v = (column * strideW) - padW + (s * dilation);
                if (h >= 0 && h < y.Dim(2) && v >= 0 && v < y.Dim(3))
                {
                    sums[(((((n * y.Dim(1)) + o) * y.Dim(2)) + h) * y.Dim(3)) + v] +=
                        (double)x.Data[i] * w.Data[(c * w.CountOf(1)) + j];
                }
            }
        }

        return sums;
    }
}
