using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

public class SPPLayerTests
{
    public static TheoryData<string, int[]> Cases => new()
    {
        { "pyramid_height: 1", [2, 3, 4, 5] },
        { "pyramid_height: 2", [2, 3, 4, 5] },
        { "pyramid_height: 3", [2, 2, 6, 7] },
        { "pyramid_height: 3 pool: AVE", [2, 2, 8, 6] },
        { "pyramid_height: 2 pool: AVE", [1, 3, 3, 5] },
        { "pyramid_height: 3 pool: STOCHASTIC", [1, 2, 4, 8] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("Category", "Kernel")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string options, int[] shape)
    {
        using LayerHarness harness = Make(options, shape);
        LayerHarness.FillApart(harness.Bottoms[0].Data, 3);
        new GradientChecker().Check(harness);
    }

    // Each level equals a Pooling layer with that kernel, stride and padding.
    [Theory]
    [InlineData("MAX")]
    [InlineData("AVE")]
    [Trait("Category", "Unit")]
    public void EveryLevelIsAPooling(string method)
    {
        using LayerHarness pyramid = Make($"pyramid_height: 3 pool: {method}", [2, 2, 6, 8]);
        pyramid.Forward();
        Assert.Equal([2, 42], pyramid.Tops[0].Shape.ToArray());
        string[] windows =
        [
            "global_pooling: true",
            "kernel_h: 3 kernel_w: 4 stride_h: 3 stride_w: 4",
            "kernel_size: 2 stride: 2 pad_h: 1 pad_w: 0",
        ];
        int at = 0;
        foreach (string window in windows)
        {
            using var level = new LayerHarness(
                $"type: 'Pooling' pooling_param {{ pool: {method} {window} }}", [[2, 2, 6, 8]]);
            level.Forward();
            int size = level.Top.Length / 2;
            for (int item = 0; item < 2; item++)
            {
                Assert.Equal(
                    level.Top[(item * size)..((item + 1) * size)],
                    pyramid.Top[((item * 42) + at)..((item * 42) + at + size)]);
            }

            at += size;
        }

        Assert.Equal(42, at);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void OneLevelKeepsFourAxes()
    {
        using LayerHarness harness = Make("pyramid_height: 1", [2, 3, 4, 5]);
        Assert.Equal([2, 3, 1, 1], harness.Tops[0].Shape.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheTopIsTheSameForEverySizeAndPassesAllocateNothing()
    {
        using LayerHarness harness = Make("pyramid_height: 2", [2, 3, 4, 5], 1);
        foreach (int[] shape in (int[][])[[2, 3, 9, 2], [1, 3, 31, 17], [0, 3, 4, 4]])
        {
            harness.Bottoms[0].Reshape(shape);
            LayerHarness.Fill(harness.Bottoms[0].Data, 3);
            harness.Forward();
            harness.Backward();
            Assert.Equal([shape[0], 15], harness.Tops[0].Shape.ToArray());
        }

        harness.Bottoms[0].Reshape(3, 3, 8, 8);
        harness.AssertAllocatesNothing();
        harness.Bottoms[0].Reshape(3, 3, 1, 8);
        Assert.Contains("1 long on axis 2", Assert.Throws<CnnException>(harness.Forward).Message);
    }

    private static LayerHarness Make(string options, int[] shape, int threads = 2) =>
        new($"type: 'SPP' spp_param {{ {options} }}", [shape], threads: threads, prepare: h =>
        {
            // The random values are positive.
            if (options.Contains("STOCHASTIC", StringComparison.Ordinal))
            {
                LayerHarness.Fill(h.Bottoms[0].Data, 4, 0.5f, 2);
            }
        });
}
