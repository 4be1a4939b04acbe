using Cnn.Layers;
using Cnn.Layers.Kernels.Convolution;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Convolution;

[Trait("Category", "Kernel")]
public unsafe class DepthwiseConvolutionTests
{
    // Channels, height, width, outputs, groups, kernel, pad, stride, dilation, more zeros below and on the right.
    public static TheoryData<int[]> Shapes => new()
    {
        new[] { 5, 7, 7, 5, 5, 3, 3, 1, 1 },
        new[] { 3, 14, 33, 3, 3, 3, 3, 1, 1 },
        new[] { 3, 15, 40, 3, 3, 3, 3, 1, 1, 2, 2 },
        new[] { 2, 16, 70, 2, 2, 3, 3, 0, 1, 2, 2 },
        new[] { 2, 9, 37, 2, 2, 5, 5, 2, 2 },
        new[] { 2, 13, 67, 2, 2, 5, 5, 2, 1, 2, 2 },
        new[] { 2, 13, 12, 2, 2, 3, 3, 2, 2, 1, 1, 2, 2 },
        new[] { 2, 13, 19, 2, 2, 3, 2, 3, 1, 2, 3, 2, 1 },
        new[] { 4, 6, 35, 4, 4, 3, 3, 0, 0 },
        new[] { 4, 6, 35, 4, 4, 1, 1, 0, 0, 2, 2 },
        new[] { 2, 5, 5, 2, 2, 5, 5, 0, 0 },
        new[] { 2, 5, 9, 2, 2, 3, 3, 4, 5 },
        new[] { 2, 6, 20, 2, 2, 3, 3, 0, 0, 2, 2, 1, 1, 1, 1 },
        new[] { 2, 6, 20, 2, 2, 3, 3, 1, 2, 1, 1, 1, 1, 1, -1 },
        new[] { 1, 2, 2, 1, 1, 3, 3, 0, 0, 2, 2 },
        new[] { 2, 33, 49, 2, 2, 3, 3, 1, 1, 2, 2 },
        new[] { 3, 7, 7, 3, 3, 3, 3, 1, 1, 2, 2 },
        new[] { 1, 1, 1, 1, 1, 3, 3, 1, 1 },
        new[] { 1, 1, 1, 1, 1, 3, 3, 1, 1, 2, 2 },
        new[] { 2, 9, 17, 2, 2, 3, 3, 2, 2 },
        new[] { 2, 9, 18, 2, 2, 3, 3, 2, 2, 2, 2 },
        new[] { 2, 10, 66, 2, 2, 3, 3, 0, 0, 2, 2 },
        new[] { 2, 10, 40, 2, 2, 3, 3, 1, 1, 2, 2, 1, 1, -1, 1 },
        new[] { 2, 6, 9, 2, 2, 3, 3, 3, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AllThreePassesAreThoseOfTheReference(int[] geometry)
    {
        ConvolutionShape shape = Geometry.Convolution(geometry);
        const int Images = 3;
        Assert.True(DepthwiseConvolution.Suits(shape));
        int weights = shape.Channels * shape.Taps;
        AlignedBuffer x = Numbers.Random(Images * shape.ImageSize, 1), w = Numbers.Random(weights, 2);
        AlignedBuffer b = Numbers.Random(shape.Channels, 3), dy = Numbers.Random(Images * shape.OutSizeOfImage, 4);
        AlignedBuffer y = new(dy.Length), dx = new(x.Length), dw = Numbers.Random(weights, 5);
        AlignedBuffer db = Numbers.Random(shape.Channels, 6);
        ConvolutionReference.Forward(shape, Images, x.Pointer, w.Pointer, b.Pointer, y.Pointer);
        ConvolutionReference.InputGradient(shape, Images, dy.Pointer, w.Pointer, dx.Pointer);
        ConvolutionReference.WeightGradient(shape, Images, x.Pointer, dy.Pointer, dw.Pointer);
        ConvolutionReference.BiasGradient(shape, Images, dy.Pointer, db.Pointer);

        using var pool = new WorkerPool(2);
        var plan = new DepthwisePlan(shape);
        AlignedBuffer foundY = Guarded(y.Length, 7), foundDx = Guarded(x.Length, 8);
        AlignedBuffer foundDw = Numbers.Random(weights, 5), foundDb = Numbers.Random(shape.Channels, 6);
        DepthwiseConvolution.Forward(pool, plan, Images, x.Pointer, w.Pointer, b.Pointer, foundY.Pointer);
        DepthwiseConvolution.InputGradient(pool, plan, Images, dy.Pointer, w.Pointer, foundDx.Pointer);
        DepthwiseConvolution.WeightGradient(
            pool, plan, Images, x.Pointer, dy.Pointer, foundDw.Pointer, foundDb.Pointer);
        int sums = Images * shape.OutPixels;
        Numbers.AssertClose([.. y.Span, Numbers.Guard], foundY.Span, shape.Taps, "y");
        Numbers.AssertClose([.. dx.Span, Numbers.Guard], foundDx.Span, shape.Taps, "dx");
        Numbers.AssertClose(dw.Span, foundDw.Span, sums, "dw");
        Numbers.AssertClose(db.Span, foundDb.Span, sums, "db");
        GC.KeepAlive((x, w, b, dy));
    }

    [Theory]
    [InlineData(new[] { 70, 15, 40, 70, 70, 3, 3, 1, 1 })]
    [InlineData(new[] { 3, 15, 40, 3, 3, 3, 3, 1, 1, 2, 2 })]
    public void TheBitsDoNotDependOnTheThreads(int[] geometry)
    {
        ConvolutionShape shape = Geometry.Convolution(geometry);
        float[][] results = [Run(1), Run(3)];
        Assert.Equal(results[0], results[1]);

        float[] Run(int threads)
        {
            const int Images = 9;
            using var pool = new WorkerPool(threads);
            var plan = new DepthwisePlan(shape);
            AlignedBuffer x = Numbers.Random(Images * shape.ImageSize, 1);
            AlignedBuffer w = Numbers.Random(shape.Channels * shape.Taps, 2);
            AlignedBuffer y = new(Images * shape.OutSizeOfImage), dx = new(x.Length), dw = new(w.Length);
            DepthwiseConvolution.Forward(pool, plan, Images, x.Pointer, w.Pointer, null, y.Pointer,
                new Rectifier(0.25f));
            DepthwiseConvolution.InputGradient(pool, plan, Images, y.Pointer, w.Pointer, dx.Pointer);
            DepthwiseConvolution.WeightGradient(pool, plan, Images, x.Pointer, y.Pointer, dw.Pointer, null);
            GC.KeepAlive((x, w));
            return [.. y.Span, .. dx.Span, .. dw.Span];
        }
    }

    [Fact]
    public void ARectifierIsAppliedToTheResult()
    {
        ConvolutionShape shape = Geometry.Convolution([2, 5, 20, 2, 2, 3, 3, 1, 1]);
        AlignedBuffer x = Numbers.Random(shape.ImageSize, 1), w = Numbers.Random(18, 2), y = new(x.Length);
        AlignedBuffer rectified = new(x.Length);
        using var pool = new WorkerPool(1);
        var plan = new DepthwisePlan(shape);
        DepthwiseConvolution.Forward(pool, plan, 1, x.Pointer, w.Pointer, null, y.Pointer);
        DepthwiseConvolution.Forward(pool, plan, 1, x.Pointer, w.Pointer, null, rectified.Pointer, new Rectifier(0.5f));
        Assert.Equal(Array.ConvertAll(y.Span.ToArray(), v => v > 0 ? v : v * 0.5f), rectified.Span.ToArray());
        GC.KeepAlive((x, w));
    }

    private static AlignedBuffer Guarded(int count, ulong seed)
    {
        AlignedBuffer buffer = Numbers.Random(count + 1, seed);
        buffer.Span[count] = Numbers.Guard;
        return buffer;
    }
}
