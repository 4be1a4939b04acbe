using Cnn.Layers;
using Cnn.Layers.Kernels;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Tests.Layers.Kernels;

[Trait("Category", "Kernel")]
public unsafe class WinogradTests
{
    // What F(4 x 4, 3 x 3) costs against the exact sum, in parts of the root of the number of terms.
    private const double Tolerance = 4e-6;

    public static TheoryData<ConvolutionShape, int> Geometries => new()
    {
        { new ConvolutionShape(32, 16, 16, 32, 1, 3, 3, 1, 1), 4 },
        { new ConvolutionShape(33, 17, 19, 35, 1, 3, 3, 1, 1), 3 },
        { new ConvolutionShape(40, 18, 50, 70, 1, 3, 3), 2 },
        { new ConvolutionShape(64, 13, 13, 66, 2, 3, 3, 1, 1), 5 },
        { new ConvolutionShape(34, 15, 21, 32, 1, 3, 3, 2, 2), 3 },
        { new ConvolutionShape(36, 20, 9, 37, 1, 3, 3, 0, 2), 9 },
        { new ConvolutionShape(400, 9, 10, 33, 1, 3, 3, 1, 1), 6 },
        { new ConvolutionShape(32, 67, 66, 130, 1, 3, 3, 1, 1), 1 },
    };

    [Theory]
    [MemberData(nameof(Geometries))]
    public void ForwardAndTheGradientOfTheInputAreThoseOfTheReference(ConvolutionShape shape, int images)
    {
        AlignedBuffer x = Numbers.Random(images * shape.ImageSize, 1), w = Numbers.Random(shape.Outputs * shape.Taps, 2);
        AlignedBuffer b = Numbers.Random(shape.Outputs, 3), dy = Numbers.Random(images * shape.OutSizeOfImage, 4);
        AlignedBuffer y = new(dy.Length), dx = new(x.Length);
        ConvolutionReference.Forward(shape, images, x.Pointer, w.Pointer, b.Pointer, y.Pointer);
        ConvolutionReference.InputGradient(shape, images, dy.Pointer, w.Pointer, dx.Pointer);
        Assert.True(WinogradConvolution.Suits(shape, images), "it is not taken for this shape");

        foreach (int threads in (int[])[1, 3])
        {
            using var pool = new WorkerPool(threads);
            AlignedBuffer foundY = Numbers.Random(y.Length, 5), foundX = Numbers.Random(x.Length, 6);
            Convolution.Forward(pool, new ConvolutionPlan(shape), images, x.Pointer, w.Pointer, b.Pointer, foundY.Pointer);
            Convolution.InputGradient(pool, new ConvolutionPlan(shape), images, dy.Pointer, w.Pointer, foundX.Pointer);
            AssertClose(y, foundY, shape.Taps);
            AssertClose(dx, foundX, shape.GroupOutputs * 9);
        }

        GC.KeepAlive((x, w, b, dy));
    }

    [Fact]
    public void TheBitsDoNotDependOnTheThreads()
    {
        var shape = new ConvolutionShape(48, 23, 29, 50, 1, 3, 3, 1, 1);
        AlignedBuffer x = Numbers.Random(3 * shape.ImageSize, 1), w = Numbers.Random(shape.Outputs * shape.Taps, 2);
        AlignedBuffer one = new(3 * shape.OutSizeOfImage), many = new(3 * shape.OutSizeOfImage);
        using (var pool = new WorkerPool(1))
        {
            WinogradConvolution.Forward(pool, shape, 3, x.Pointer, w.Pointer, null, one.Pointer);
        }

        using (var pool = new WorkerPool(5))
        {
            WinogradConvolution.Forward(pool, shape, 3, x.Pointer, w.Pointer, null, many.Pointer);
        }

        Assert.True(one.Span.SequenceEqual(many.Span));
        GC.KeepAlive((x, w));
    }

    [Theory]
    [InlineData(31, 64, 3, 1, 1, 28)]
    [InlineData(64, 31, 3, 1, 1, 28)]
    [InlineData(64, 64, 5, 1, 1, 28)]
    [InlineData(64, 64, 3, 2, 1, 28)]
    [InlineData(64, 64, 3, 1, 2, 28)]
    [InlineData(64, 64, 3, 1, 1, 3)]
    public void OtherConvolutionsAreDoneDirectly(int channels, int outputs, int kernel, int stride, int dilation, int size) =>
        Assert.False(WinogradConvolution.Suits(
            new ConvolutionShape(channels, size, size, outputs, 1, kernel, kernel, 1, 1, stride, stride, dilation, dilation), 8));

    private static void AssertClose(AlignedBuffer expected, AlignedBuffer found, int terms)
    {
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs((double)expected.Span[i] - found.Span[i]));
        }

        // The operands are within one of zero; what is summed grows with the root of how many.
        double scale = Math.Sqrt(terms);
        Assert.True(worst < Tolerance * scale, $"the worst error is {worst / scale:g3} of {scale:g3}");
    }
}
