using System.Runtime.Intrinsics;
using Cnn.Layers;
using Cnn.Layers.Kernels;
using Cnn.Layers.Kernels.Convolution;
using Cnn.Layers.Kernels.Convolution.Winograd;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Convolution;

[Trait("Category", "Kernel")]
public unsafe class WinogradTests
{
    // The error that the transforms add to the exact sum, relative to the square root of the number of terms.
    private const double ToleranceOfThreeTaps = 4e-6, ToleranceOfFiveTaps = 1.8e-5;

    public static TheoryData<int[], int> Geometries => new()
    {
        { [32, 16, 16, 32, 1, 3, 3, 1, 1], 4 },
        { [33, 17, 19, 35, 1, 3, 3, 1, 1], 3 },
        { [40, 18, 50, 70, 1, 3, 3], 2 },
        { [64, 13, 13, 66, 2, 3, 3, 1, 1], 5 },
        { [34, 15, 21, 32, 1, 3, 3, 2, 2], 3 },
        { [36, 20, 9, 37, 1, 3, 3, 0, 2], 9 },
        { [400, 9, 10, 33, 1, 3, 3, 1, 1], 6 },
        { [32, 67, 66, 130, 1, 3, 3, 1, 1], 1 },
        { [20, 12, 12, 50, 1, 5, 5], 5 },
        { [32, 16, 16, 32, 1, 5, 5, 2, 2], 2 },
        { [40, 13, 13, 34, 2, 5, 5, 2, 2], 3 },
        { [17, 8, 7, 35, 1, 5, 5, 2, 2], 5 },
        { [19, 14, 31, 16, 1, 5, 5, 4, 3], 2 },
        { [390, 9, 6, 17, 1, 5, 5, 1, 4], 2 },
        { [32, 28, 28, 32, 1, 5, 5, 2, 2], 7 },
        { [32, 36, 224, 32, 1, 3, 3, 1, 1], 1 },
        { [100, 1, 28, 31, 1, 5, 5, 2, 2], 57 },
        { [32, 1, 1, 33, 1, 3, 3, 2, 2], 100 },
        { [20, 12, 12, 50, 1, 5, 5], 17 },
        { [20, 12, 12, 50, 1, 5, 5], 40 },
        { [17, 9, 13, 18, 1, 5, 5, 1, 0], 33 },
        { [64, 10, 6, 66, 2, 3, 3], 40 },
        { [33, 13, 9, 32, 1, 3, 3, 0, 1], 30 },
        { [16, 32, 32, 17, 1, 3, 3, 1, 1], 6 },
    };

    [Theory]
    [MemberData(nameof(Geometries))]
    public void PassesAreThoseOfTheReferenceOnAnyNumberOfThreads(int[] geometry, int images)
    {
        ConvolutionShape shape = Geometry.Convolution(geometry);
        Assert.True(WinogradConvolution.Suits(shape, images), "it is not taken for this shape");
        Assert.True(
            WinogradConvolution.SuitsInputGradient(shape, images), "it is not taken for the gradient of the input");
        Assert.Equal(VectorUnit.Path >= VectorPath.Avx2, WinogradGradient.Suits(shape, images));
        AssertPasses(shape, images);
    }

    public static TheoryData<int[], int> GeometriesOfFewMapsRead => new()
    {
        { [3, 32, 32, 32, 1, 5, 5, 2, 2], 2 },
        { [3, 16, 16, 16, 1, 5, 5, 2, 2], 40 },
        { [8, 13, 19, 36, 2, 5, 5, 1, 2], 11 },
        { [15, 12, 12, 50, 1, 5, 5], 9 },
    };

    [Theory]
    [MemberData(nameof(GeometriesOfFewMapsRead))]
    public void FewMapsAreReadButNotMade(int[] geometry, int images)
    {
        ConvolutionShape shape = Geometry.Convolution(geometry);
        Assert.True(WinogradConvolution.Suits(shape, images), "it is not taken for the forward pass");
        Assert.False(
            WinogradConvolution.SuitsInputGradient(shape, images), "it is taken for the gradient of the input");
        AssertPasses(shape, images);
        var reverse = new ConvolutionShape(
            shape.Outputs, shape.Height, shape.Width, shape.Channels, shape.Groups, 5, 5, shape.PadHeight,
            shape.PadWidth);
        Assert.False(WinogradConvolution.Suits(reverse, images), "it is taken for the forward pass");
        Assert.True(
            WinogradConvolution.SuitsInputGradient(reverse, images), "it is not taken for the gradient of the input");
        AssertPasses(reverse, images);
    }

    private static void AssertPasses(ConvolutionShape shape, int images)
    {
        AlignedBuffer x = Numbers.Random(images * shape.ImageSize, 1);
        AlignedBuffer w = Numbers.Random(shape.Outputs * shape.Taps, 2);
        AlignedBuffer b = Numbers.Random(shape.Outputs, 3), dy = Numbers.Random(images * shape.OutSizeOfImage, 4);
        AlignedBuffer y = new(dy.Length), dx = new(x.Length), dw = Numbers.Random(w.Length, 7);
        ConvolutionReference.Forward(shape, images, x.Pointer, w.Pointer, b.Pointer, y.Pointer);
        ConvolutionReference.InputGradient(shape, images, dy.Pointer, w.Pointer, dx.Pointer);
        ConvolutionReference.WeightGradient(shape, images, x.Pointer, dy.Pointer, dw.Pointer);

        var plan = new ConvolutionPlan(shape);
        AlignedBuffer[]? first = null;
        foreach (int threads in (int[])[1, 2, 5])
        {
            using var pool = new WorkerPool(threads);
            AlignedBuffer foundY = Numbers.Random(y.Length, 5), foundX = Numbers.Random(x.Length, 6);
            AlignedBuffer foundW = Numbers.Random(w.Length, 7);

            // What other layers leave in the shared scratch must not count.
            new Span<float>(pool.Scratch(0, ScratchSlot.Partials, 4_000_000), 4_000_000).Fill(float.NaN);
            ConvolutionKernel.Forward(pool, plan, images, x.Pointer, w.Pointer, b.Pointer, foundY.Pointer);
            ConvolutionKernel.InputGradient(pool, plan, images, dy.Pointer, w.Pointer, foundX.Pointer);
            ConvolutionKernel.WeightGradient(pool, plan, images, x.Pointer, dy.Pointer, foundW.Pointer);
            double tolerance = shape.KernelHeight == 3 ? ToleranceOfThreeTaps : ToleranceOfFiveTaps;
            AssertClose("the forward pass", y, foundY, shape.Taps, tolerance);
            AssertClose(
                "the gradient of the input", dx, foundX, shape.GroupOutputs * shape.KernelHeight * shape.KernelWidth,
                tolerance);
            AssertClose("the gradient of the weights", dw, foundW, images * shape.OutPixels, tolerance);
            first ??= [foundY, foundX, foundW];
            Assert.True(first[0].Span.SequenceEqual(foundY.Span), $"{threads} threads give other results");
            Assert.True(
                first[1].Span.SequenceEqual(foundX.Span), $"{threads} threads give another gradient of the input");
            Assert.True(
                first[2].Span.SequenceEqual(foundW.Span), $"{threads} threads give another gradient of the weights");
        }

        GC.KeepAlive((x, w, b, dy));
    }

    [Fact]
    public void WeightsThatAreKeptPayWithFewerTiles()
    {
        var shape = new ConvolutionShape(33, 14, 14, 40, 1, 3, 3, 1, 1);
        Assert.False(WinogradConvolution.Suits(shape, 1));
        Assert.True(WinogradConvolution.Suits(shape, 1, reusesWeights: true));
        AlignedBuffer x = Numbers.Random(shape.ImageSize, 1), w = Numbers.Random(shape.Outputs * shape.Taps, 2);
        AlignedBuffer b = Numbers.Random(shape.Outputs, 3);
        AlignedBuffer y = new(shape.OutSizeOfImage), found = new(y.Length), again = new(y.Length);
        ConvolutionReference.Forward(shape, 1, x.Pointer, w.Pointer, b.Pointer, y.Pointer);
        using var pool = new WorkerPool(2);
        var plan = new ConvolutionPlan(shape);
        var packed = new PackedWeights();
        Assert.True(ConvolutionKernel.NeedsWeights(plan, 1, packed));
        ConvolutionKernel.Forward(pool, plan, 1, x.Pointer, w.Pointer, b.Pointer, found.Pointer, packed);
        AssertClose("the forward pass", y, found, shape.Taps, ToleranceOfThreeTaps);
        Assert.False(ConvolutionKernel.NeedsWeights(plan, 1, packed));
        ConvolutionKernel.Forward(pool, plan, 1, x.Pointer, null, b.Pointer, again.Pointer, packed);
        Assert.True(found.Span.SequenceEqual(again.Span), "a second pass gives other results");
        GC.KeepAlive((x, w, b));
    }

    [Theory]
    [InlineData(20, 12, 50, 5, 0, 64, true)]
    [InlineData(32, 10, 32, 3, 0, 40, true)]
    [InlineData(20, 12, 50, 5, 0, 7, false)]
    [InlineData(32, 16, 32, 5, 2, 100, false)]
    [InlineData(64, 58, 64, 3, 0, 10, false)]
    public void GradientsOfInputsThatAreNotPaddedTakeAsFewTilesAsTheResults(
        int channels, int size, int outputs, int kernel, int pad, int images, bool expected) =>
        Assert.Equal(expected, WinogradConvolution.Transposes(
            new ConvolutionShape(channels, size, size, outputs, 1, kernel, kernel, pad, pad), images));

    [Fact]
    public void WhatIsNoNumberStaysAmongTheWeightsOfItsChannelAndOutput()
    {
        // Lanes and panels without a channel or output of their own are filled with values of others, which must not
        // mix with the results.
        var shape = new ConvolutionShape(35, 12, 12, 37, 1, 5, 5, 2, 2);
        AlignedBuffer x = Numbers.Random(2 * shape.ImageSize, 1), dy = Numbers.Random(2 * shape.OutSizeOfImage, 2);
        AlignedBuffer dw = new(shape.Outputs * shape.Taps);
        x.Span[(34 * 144) + 70] = float.NaN;
        dy.Span[(36 * 144) + 70] = float.PositiveInfinity;
        using var pool = new WorkerPool(2);
        ConvolutionKernel.WeightGradient(pool, new ConvolutionPlan(shape), 2, x.Pointer, dy.Pointer, dw.Pointer);
        for (int output = 0; output < 37; output++)
        {
            for (int channel = 0; channel < 35; channel++)
            {
                bool isClean = output < 36 && channel < 34;
                foreach (float value in dw.Span.Slice(((output * 35) + channel) * 25, 25))
                {
                    Assert.True(!isClean || float.IsFinite(value), $"output {output}, channel {channel} has {value}");
                }
            }
        }

        GC.KeepAlive((x, dy));
    }

    [Theory]
    [InlineData(15, 64, 3, 1, 1, 28)]
    [InlineData(64, 15, 3, 1, 1, 28)]
    [InlineData(64, 64, 7, 1, 1, 28)]
    [InlineData(2, 64, 5, 1, 1, 28)]
    [InlineData(64, 15, 5, 1, 1, 28)]
    [InlineData(64, 64, 5, 2, 1, 28)]
    [InlineData(64, 64, 5, 1, 1, 4)]
    [InlineData(64, 64, 3, 2, 1, 28)]
    [InlineData(64, 64, 3, 1, 2, 28)]
    [InlineData(64, 64, 3, 1, 1, 3)]
    public void OtherConvolutionsAreDoneDirectly(
        int channels, int outputs, int kernel, int stride, int dilation, int size) =>
        Assert.False(WinogradConvolution.Suits(
            new ConvolutionShape(
                channels, size, size, outputs, 1, kernel, kernel, 1, 1, stride, stride, dilation, dilation), 8));

    // A width that the machine would not choose is computed too, only slowly.
    [Fact]
    public void TransformsOfEveryWidthGiveTheSameBits()
    {
        AssertSameBits(
            Transformed<ThreeTapTransform<Lanes128, Vector128<float>>>(),
            Transformed<ThreeTapTransform<Lanes512, Vector512<float>>>());
        AssertSameBits(
            Transformed<FiveTapTransform<Lanes128, Vector128<float>>>(),
            Transformed<FiveTapTransform<Lanes512, Vector512<float>>>());
        if (VectorUnit.Path >= VectorPath.Avx2)
        {
            AssertSameBits(
                Transformed<ThreeTapTransform<Lanes256, Vector256<float>>>(),
                Transformed<ThreeTapTransform<Lanes512, Vector512<float>>>());
            AssertSameBits(
                Transformed<FiveTapTransform<Lanes256, Vector256<float>>>(),
                Transformed<FiveTapTransform<Lanes512, Vector512<float>>>());
        }
    }

    // Returns all transforms of 32 columns, and those of rows that end after 21.
    private static AlignedBuffer Transformed<T>()
        where T : struct, IWinogradGradientTransform
    {
        const int Columns = 32, End = 21, Rows = 8;
        AlignedBuffer x = Numbers.Random(Rows * Columns, 11), found = new(9 * Rows * Columns);
        float** rows = stackalloc float*[Rows];
        for (int i = 0; i < Rows; i++)
        {
            rows[i] = x.Pointer + (i * Columns);
        }

        for (int t = 0; t < Columns; t += T.Lanes)
        {
            float* from = x.Pointer + t, to = found.Pointer + t;
            T.Signal(from, Columns, to, Columns);
            T.Weights(from, Columns, to + (Rows * Columns), Columns);
            T.Results(from, Columns, 0.25f, to + (2 * Rows * Columns), Columns);
            T.ResultGradients(from, Columns, to + (3 * Rows * Columns), Columns);
            T.WeightGradients(from, Columns, to + (4 * Rows * Columns), Columns);
            T.ProductGradients(from, Columns, to + (5 * Rows * Columns), Columns);
            T.SignalGradients(from, Columns, to + (6 * Rows * Columns), Columns);
            if (t < End)
            {
                T.Signal(rows, t, End - t, to + (7 * Rows * Columns), Columns);
                T.ProductGradients(rows, t, End - t, to + (8 * Rows * Columns), Columns);
            }
        }

        GC.KeepAlive(x);
        return found;
    }

    private static void AssertSameBits(AlignedBuffer expected, AlignedBuffer found)
    {
        Assert.Contains(expected.Span.ToArray(), value => value != 0);
        Assert.Equal(expected.Span.ToArray(), found.Span.ToArray());
    }

    private static void AssertClose(
        string what, AlignedBuffer expected, AlignedBuffer found, int terms, double tolerance)
    {
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            worst = Math.Max(worst, Math.Abs((double)expected.Span[i] - found.Span[i]));
        }

        // The operands are between -1 and 1, so sums grow with the square root of the number of terms.
        double scale = Math.Sqrt(terms);
        Assert.True(worst < tolerance * scale, $"the worst error of {what} is {worst / scale:g3} of {scale:g3}");
    }
}
