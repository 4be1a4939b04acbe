using Cnn.Layers.Kernels.Flow;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Vision;

public class CorrelationLayerTests
{
    public static TheoryData<string, int[]> Options => new()
    {
        { "kernel_size: 1 max_displacement: 1", [1, 3, 5, 6] },
        { "kernel_size: 3 max_displacement: 1 pad: 2", [2, 2, 4, 5] },
        { "kernel_size: 1 max_displacement: 4 pad: 4 stride_1: 2 stride_2: 2", [1, 2, 5, 4] },
        { "kernel_size: 3 max_displacement: 3 pad: 3 stride_1: 3 stride_2: 2", [1, 2, 7, 8] },
        { "kernel_size: 1 max_displacement: 0", [1, 2, 2, 2] },
    };

    [Theory]
    [MemberData(nameof(Options))]
    [InlineData("kernel_size: 1 max_displacement: 3 pad: 3", new[] { 1, 20, 9, 37 })]
    [InlineData("kernel_size: 3 max_displacement: 2 pad: 3 stride_1: 2", new[] { 2, 5, 9, 40 })]
    [Trait("Category", "Kernel")]
    public void ValuesAreThoseOfTheFormula(string options, int[] shape)
    {
        foreach (bool isDifference in (bool[])[false, true])
        {
            using var harness = Make(options, shape, isDifference);
            harness.Forward();
            CorrelationShape sizes = Sizes(harness.Layer.Parameter.CorrelationParam, shape);
            Assert.Equal(
                [shape[0], sizes.Side * sizes.Side, sizes.TopHeight, sizes.TopWidth], harness.Tops[0].Shape.ToArray());
            int size = shape[1] * shape[2] * shape[3], plane = sizes.TopHeight * sizes.TopWidth;
            for (int i = 0; i < harness.Top.Length; i++)
            {
                int image = (int)(i / sizes.TopCount), at = (int)(i % sizes.TopCount);
                float expected = CorrelationKernel.ForwardReference(
                    harness.Bottoms[0].Data.Slice(image * size, size),
                    harness.Bottoms[1].Data.Slice(image * size, size), sizes, isDifference, at / plane,
                    at % plane / sizes.TopWidth, at % sizes.TopWidth);
                Assert.Equal(expected, harness.Tops[0].Data[i], 1e-6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Options))]
    [Trait("Category", "Gradient")]
    public void TheGradientOfProductsIsThatOfTheFunction(string options, int[] shape)
    {
        using var harness = Make(options, shape, isDifference: false);
        new GradientChecker().Check(harness);
    }

    [Theory]
    [MemberData(nameof(Options))]
    [Trait("Category", "Gradient")]
    public void TheGradientOfDifferencesIsThatOfTheFunction(string options, int[] shape)
    {
        using var harness = Make(options, shape, isDifference: true);

        // All values of both maps are apart, so that no difference is near 0.
        LayerHarness.FillApart(harness.Bottoms[0].Data, 5);
        LayerHarness.FillApart(harness.Bottoms[1].Data, 6);
        foreach (ref float value in harness.Bottoms[1].Data)
        {
            value += 0.025f;
        }

        new GradientChecker { Step = 5e-3f, Tolerance = 5e-3 }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Resume")]
    public void TheBitsAreTheSameOnAnyNumberOfThreads()
    {
        Assert.Equal(Run(1), Run(4));

        static float[] Run(int threads)
        {
            using var harness = Make(
                "kernel_size: 3 max_displacement: 3 pad: 4", [2, 19, 6, 35], isDifference: false, threads);
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 9);
            harness.Backward();
            return [.. harness.Top, .. harness.Bottoms[0].Diff, .. harness.Bottoms[1].Diff];
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing()
    {
        using var harness = Make("kernel_size: 1 max_displacement: 2 pad: 2", [1, 3, 6, 6], false, threads: 1);
        harness.AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("max_displacement: 1", "kernel_size is 0, expected 1 or more")]
    [InlineData("kernel_size: 2 max_displacement: 1", "kernel_size is 2, expected an odd number")]
    [InlineData("kernel_size: 1", "max_displacement of the correlation is missing")]
    [InlineData("kernel_size: 1 max_displacement: 4", "has no room for a displacement of 4")]
    [InlineData("kernel_size: 1 max_displacement: 1 stride_1: 0", "stride_1 is 0")]
    [InlineData("kernel_size: 1 max_displacement: 1 stride_2: 0", "stride_2 is 0")]
    [InlineData("kernel_size: 1 max_displacement: 1 single_direction: 1", "single_direction is 1")]
    [InlineData("kernel_size: 1 max_displacement: 1 pad: 4294967295", "pad is 4294967295, which is too large")]
    [InlineData("kernel_size: 1 max_displacement: 10 pad: 90000", "is too large for a pad of 90000")]
    [Trait("Category", "Unit")]
    public void AWrongConfigurationIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options, [1, 2, 8, 8], isDifference: false));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheMapsHaveOneShape() => Assert.Contains(
        "'bottom1' 1 2 8 9",
        Assert.Throws<CnnException>(() => new LayerHarness(
            "type: 'Correlation' correlation_param { kernel_size: 1 max_displacement: 1 }",
            [[1, 2, 8, 8], [1, 2, 8, 9]])).Message,
        StringComparison.Ordinal);

    private static CorrelationShape Sizes(CorrelationParameter options, int[] shape) => new(
        shape[1], shape[2], shape[3], (int)options.Pad, (int)options.KernelSize, (int)options.MaxDisplacement,
        (int)options.Stride1, (int)options.Stride2);

    private static LayerHarness Make(string options, int[] shape, bool isDifference, int threads = 2) => new(
        $"type: 'Correlation' correlation_param {{ {options} "
        + $"correlation_type: {(isDifference ? "SUBTRACT" : "MULTIPLY")} }}",
        [shape, shape], threads: threads);
}
