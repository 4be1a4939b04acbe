using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Kernels.Convolution;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Convolution;

[Trait("Category", "Kernel")]
public unsafe class ConvolutionTests
{
    public static TheoryData<int[], int> Geometries => new()
    {
        { [1, 28, 28, 20, 1, 5, 5], 3 },
        { [15, 12, 12, 50, 1, 5, 4], 9 },
        { [3, 39, 37, 9, 1, 11, 11, 0, 0, 4, 4], 2 },
        { [6, 13, 13, 8, 2, 5, 5, 2, 2], 2 },
        { [5, 14, 14, 7, 1, 3, 3, 1, 1], 4 },
        { [17, 7, 7, 33, 1, 1, 1], 5 },
        { [17, 7, 7, 33, 1, 1, 1, 0, 0, 2, 2], 1 },
        { [4, 9, 11, 6, 1, 7, 7, 3, 3, 2, 2], 3 },
        { [4, 9, 9, 4, 4, 3, 3, 1, 1], 2 },
        { [2, 17, 15, 3, 1, 3, 2, 2, 1, 2, 3, 2, 3], 2 },
        { [2, 2, 2, 3, 1, 3, 3, 0, 0, 2, 2], 2 },
        { [3, 1, 50, 4, 1, 1, 5, 0, 2], 2 },
        { [3, 1, 1, 4, 1, 1, 1], 20 },
        { [70, 6, 5, 401, 1, 3, 3, 1, 1], 1 },
        { [3, 70, 66, 5, 1, 3, 3, 1, 1], 1 },
        { [2, 70, 66, 5, 1, 3, 3], 2 },
        { [2, 5, 5, 3, 1, 2, 2, 3, 4], 2 },
        { [2, 40, 4, 3, 1, 3, 3, 0, 1, 2, 1], 2 },
        { [3, 32, 32, 32, 1, 5, 6, 2, 2], 3 },
        { [12, 10, 9, 66, 2, 1, 1], 3 },
        { [6, 20, 41, 64, 1, 7, 7, 3, 3, 2, 2], 2 },
        { [2, 8, 600, 9, 1, 3, 3, 1, 1], 2 },
        { [70, 7, 7, 45, 1, 1, 1], 3 },
        { [64, 14, 14, 40, 1, 1, 1], 2 },
        { [33, 28, 28, 50, 1, 1, 1], 2 },
        { [900, 16, 17, 60, 1, 1, 1], 1 },
        { [40, 15, 17, 70, 1, 1, 1, 0, 0, 2, 2], 2 },
        { [6, 66, 71, 9, 3, 1, 1, 0, 0, 2, 2], 2 },
        { [5, 11, 70, 20, 1, 1, 1, 0, 0, 1, 2], 3 },
        { [4, 10, 9, 18, 2, 1, 1, 0, 0, 3, 4], 4 },
        { [300, 66, 68, 5, 1, 1, 1, 0, 0, 2, 2], 7 },
        { [150, 16, 16, 40, 1, 1, 1], 3 },
        { [20, 48, 48, 30, 2, 1, 1], 2 },
        { [48, 9, 9, 36, 3, 1, 1], 2 },
        { [20, 1, 1, 300, 2, 1, 1], 5 },
        { [20, 1, 1, 30, 1, 1, 1], 1 },
        { [20, 2, 2, 30, 1, 1, 1, 0, 0, 2, 2], 5 },
        { [20, 1, 2, 30, 1, 1, 1], 3 },
        { [20, 3, 1, 30, 1, 1, 1], 40 },
        { [24, 15, 15, 48, 1, 3, 3, 1, 1, 2, 2], 2 },
        { [300, 7, 7, 64, 1, 3, 3, 1, 1, 2, 2], 2 },
        { [120, 9, 7, 160, 1, 3, 3, 1, 1, 1, 1, 2, 2], 3 },
        { [5, 64, 80, 31, 1, 7, 7, 3, 3, 2, 2], 2 },
        { [16, 27, 27, 32, 2, 2, 4, 0, 1], 2 },
    };

    [Theory]
    [MemberData(nameof(Geometries))]
    public void AgreesWithTheReference(int[] geometry, int images) =>
        Compare(Geometry.Convolution(geometry), images, 1);

    [Fact]
    public void AgreesWithTheReferenceOnRandomShapes()
    {
        var random = new PhiloxRandom(7);
        for (int i = 0; i < 60; i++)
        {
            int groups = random.Next(1, 4);
            var shape = new ConvolutionShape(
                groups * random.Next(1, 6), random.Next(1, 20), random.Next(1, 20), groups * random.Next(1, 20), groups,
                random.Next(1, 5), random.Next(1, 5), random.Next(0, 4), random.Next(0, 4), random.Next(1, 4),
                random.Next(1, 4), random.Next(1, 3), random.Next(1, 3));
            if (shape.OutHeight >= 1 && shape.OutWidth >= 1)
            {
                Compare(shape, random.Next(1, 6), (ulong)i);
            }
        }
    }

    // Pixels in the vectors, outputs in the vectors, images of one pixel, several taps, Winograd, packed patches.
    [Theory]
    [InlineData(new[] { 33, 28, 28, 50, 1, 1, 1 }, 2)]
    [InlineData(new[] { 900, 16, 17, 60, 1, 1, 1 }, 1)]
    [InlineData(new[] { 70, 7, 7, 45, 1, 1, 1 }, 3)]
    [InlineData(new[] { 20, 1, 1, 300, 2, 1, 1 }, 5)]
    [InlineData(new[] { 300, 7, 7, 64, 1, 3, 3, 1, 1, 2, 2 }, 2)]
    [InlineData(new[] { 24, 28, 28, 48, 1, 3, 3, 1, 1 }, 1)]
    [InlineData(new[] { 6, 13, 13, 8, 2, 5, 5, 2, 2, 2, 2 }, 2)]
    public void AnAddendComesBeforeTheRectifierWithPackedWeightsAndWithout(int[] geometry, int images)
    {
        ConvolutionShape shape = Geometry.Convolution(geometry);
        var data = new Operands(shape, images, 3);
        AlignedBuffer addend = Numbers.Random(data.Y.Length, 9), expected = new(data.Y.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            float sum = data.Y.Span[i] + addend.Span[i];
            expected.Span[i] = Math.Min(sum > 0 ? sum : 0.25f * sum, 1.5f);
        }

        var plan = new ConvolutionPlan(shape);
        using var one = new WorkerPool(1);
        using var three = new WorkerPool(3);
        foreach (PackedWeights? packed in (PackedWeights?[])[null, new PackedWeights()])
        {
            data.Check("forward", expected, shape.Taps, one, three, (pool, to) =>
                ConvolutionKernel.Forward(
                    pool, plan, images, data.X.Pointer, data.W.Pointer, data.B.Pointer, to.Pointer, packed,
                    new Rectifier(0.25f, 1.5f), addend.Pointer));
        }
    }

    [Fact]
    public void TheGradientOfABiasThatManyPixelsShareIsNotRoundedAway()
    {
        var shape = new ConvolutionShape(3, 64, 64, 16, 1, 3, 3, 1, 1);
        const int Images = 64;
        AlignedBuffer x = Numbers.Random(Images * shape.ImageSize, 1), dy = new(Images * shape.OutSizeOfImage);
        AlignedBuffer dw = new(shape.Outputs * shape.Taps), db = new(shape.Outputs);
        dy.Span.Fill(0.1f);
        using var pool = new WorkerPool(2);
        ConvolutionKernel.WeightGradient(
            pool, new ConvolutionPlan(shape), Images, x.Pointer, dy.Pointer, dw.Pointer, db.Pointer);
        Assert.All(db.Span.ToArray(), value => Assert.InRange(value, 26214.4f * (1 - 1e-5f), 26214.4f * (1 + 1e-5f)));
        GC.KeepAlive((x, dy));
    }

    [Fact]
    public void OverThreeAxesAgreesWithTwoWhereTheDepthIsTheKernels()
    {
        // A window as deep as the image equals a 2-D one over channels x depth: 2 x 2 x 3 on [2, 2, 5, 7], padded in
        // width.
        var flat = new ConvolutionShape(4, 5, 7, 6, 1, 2, 3, 0, 1, 1, 2);
        var deep = new ConvolutionShapeNd(2, 6, 1, [2, 5, 7], [2, 2, 3], [0, 0, 1], [1, 1, 2], [1, 1, 1]);
        Assert.Equal([1, flat.OutHeight, flat.OutWidth], deep.OutSize);
        CompareNd(flat, deep);
    }

    [Fact]
    public void OverAnyNumberOfAxesAgreesWithTheReferenceOnTwo()
    {
        var flat = new ConvolutionShape(4, 9, 8, 6, 2, 3, 2, 1, 2, 2, 1, 2, 3);
        CompareNd(flat, new ConvolutionShapeNd(4, 6, 2, [9, 8], [3, 2], [1, 2], [2, 1], [2, 3]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(1600)]
    [InlineData(3000)]
    public void ColumnsInBlocksOfPixelsGiveTheSame(long columnFloats)
    {
        // 12 x 12 outputs of 24 taps, where blocks end within rows; then one with a single axis.
        var flat = new ConvolutionShape(4, 25, 12, 6, 1, 3, 2, 1, 2, 2, 1, 2, 4);
        CompareNd(flat, new ConvolutionShapeNd(4, 6, 1, [25, 12], [3, 2], [1, 2], [2, 1], [2, 4]), columnFloats);
        var line = new ConvolutionShape(4, 1, 300, 6, 2, 1, 9, 0, 3, 1, 2, 1, 1);
        CompareNd(line, new ConvolutionShapeNd(4, 6, 2, [300], [9], [3], [2], [1]), columnFloats);
    }

    [Theory]
    [InlineData(4, 100, 1000, 100)]
    [InlineData(4, 100, 399, 64)]
    [InlineData(1 << 20, 100, 1000, 1)]
    [InlineData(2000, 1 << 20, 16 * 1024 * 1024, 8384)]
    public void BlocksOfPixelsKeepTheColumnsWithinTheirMemory(int taps, int pixels, long columnFloats, int expected)
    {
        // Rounded up to whole panels where a block has several.
        var shape = new ConvolutionShapeNd(1, 1, 1, [pixels + taps - 1], [taps], [0], [1], [1]);
        int block = Im2colConvolution.BlockPixels(shape, columnFloats);
        Assert.Equal(expected, block);
        Assert.InRange((long)block * taps, 1, Math.Max(taps, columnFloats + (64L * taps)));
    }

    [Fact]
    public void APlanIsNotMadeWhereItsMemoryWouldBeMoreThanAnArrayHolds()
    {
        Assert.True(ConvolutionPlan.Fits(new ConvolutionShape(64, 4200, 4200, 8, 1, 1, 1), ConvolutionPlan.MostFloats));
        Assert.True(
            ConvolutionPlan.Fits(new ConvolutionShape(64, 4200, 4200, 8, 1, 3, 3, 1, 1), ConvolutionPlan.MostFloats));
        Assert.False(
            ConvolutionPlan.Fits(new ConvolutionShape(64, 5800, 5780, 8, 1, 1, 1, 9, 9), ConvolutionPlan.MostFloats));
        Assert.False(
            ConvolutionPlan.Fits(new ConvolutionShape(1, 1, 100_000_000, 1, 1, 1, 3), ConvolutionPlan.MostFloats));
        Assert.False(
            ConvolutionPlan.Fits(new ConvolutionShape(30_000, 1, 1, 60_000, 1, 1, 1), ConvolutionPlan.MostFloats));
    }

    [Fact]
    public void WeightsWhoseMemoryCouldNotBeHadArePackedByTheNextPass()
    {
        foreach (ConvolutionShape shape in (ConvolutionShape[])
            [new(5, 14, 14, 7, 1, 3, 3, 1, 1), new(33, 24, 24, 40, 1, 3, 3, 1, 1)])
        {
            var data = new Operands(shape, 2, 4);
            var plan = new ConvolutionPlan(shape);
            var packed = new PackedWeights { Allocating = () => throw new InsufficientMemoryException() };
            using var pool = new WorkerPool(2);
            var found = new AlignedBuffer(data.Y.Length);
            Assert.Throws<InsufficientMemoryException>(() => Forward());
            Assert.True(ConvolutionKernel.NeedsWeights(plan, 2, packed));
            packed.Allocating = null;
            Forward();
            Assert.False(ConvolutionKernel.NeedsWeights(plan, 2, packed));
            Numbers.AssertClose(data.Y.Span, found.Span, 4 * shape.Taps, $"forward of {shape}");
            GC.KeepAlive(data);

            void Forward() => ConvolutionKernel.Forward(
                pool, plan, 2, data.X.Pointer, data.W.Pointer, data.B.Pointer, found.Pointer, packed);
        }
    }

    [Fact]
    public void MemoryThatNobodyHasPackedHoldsNoWeights()
    {
        var packed = new PackedWeights();
        packed.Buffer(WeightForm.Winograd, 100, out bool isReady);
        Assert.False(isReady);
        Assert.False(packed.Has(WeightForm.Winograd));
        packed.MarkPacked(WeightForm.Winograd, 100);
        packed.Buffer(WeightForm.Winograd, 100, out isReady);
        Assert.True(isReady);
        packed.Buffer(WeightForm.Rows, 100, out isReady);
        Assert.False(isReady);
        Assert.False(packed.Has(WeightForm.Winograd));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void FewImagesAreSharedOutWithTheSameBitsOnAnyNumberOfThreads(int images)
    {
        var shape = new ConvolutionShape(25, 7, 9, 45, 1, 3, 3, 1, 1);
        var data = new Operands(shape, images, 8);
        var plan = new ConvolutionPlan(shape);
        using var one = new WorkerPool(1);
        foreach (int threads in (int[])[2, 3, 4, 7])
        {
            using var several = new WorkerPool(threads);
            CheckPasses(data, plan, images, one, several);
        }
    }

    private static void Compare(ConvolutionShape shape, int images, ulong seed)
    {
        var data = new Operands(shape, images, seed);
        var plan = new ConvolutionPlan(shape);
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        CheckPasses(data, plan, images, one, two);
        data.Check("bias gradient", data.Db, images * shape.OutPixels, one, two, (pool, to) =>
            ConvolutionKernel.BiasGradient(pool, shape.Outputs, shape.OutPixels, images, data.Dy.Pointer, to.Pointer));
        var dw = new AlignedBuffer(data.Dw.Length);
        data.Check("bias gradient with the weights'", data.Db, images * shape.OutPixels, one, two, (pool, to) =>
            ConvolutionKernel.WeightGradient(
                pool, plan, images, data.X.Pointer, data.Dy.Pointer, dw.Pointer, to.Pointer));
    }

    private static void CheckPasses(Operands data, ConvolutionPlan plan, int images, WorkerPool one, WorkerPool several)
    {
        ConvolutionShape shape = plan.Shape;
        data.Check("forward", data.Y, shape.Taps, one, several, (pool, to) =>
            ConvolutionKernel.Forward(pool, plan, images, data.X.Pointer, data.W.Pointer, data.B.Pointer, to.Pointer));
        data.Check("input gradient", data.Dx, shape.GroupOutputs * 9, one, several, (pool, to) =>
            ConvolutionKernel.InputGradient(pool, plan, images, data.Dy.Pointer, data.W.Pointer, to.Pointer));
        data.Check("weight gradient", data.Dw, images * shape.OutPixels, one, several, (pool, to) =>
            ConvolutionKernel.WeightGradient(pool, plan, images, data.X.Pointer, data.Dy.Pointer, to.Pointer));
    }

    private static void CompareNd(
        ConvolutionShape flat, ConvolutionShapeNd shape, long columnFloats = Im2colConvolution.ColumnFloats)
    {
        var data = new Operands(flat, 3, 5);
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        data.Check("forward", data.Y, flat.Taps, one, two, (pool, to) =>
            Im2colConvolution.Forward(
                pool, shape, 3, data.X.Pointer, data.W.Pointer, data.B.Pointer, to.Pointer, null, columnFloats));
        data.Check("input gradient", data.Dx, flat.Outputs * 9, one, two, (pool, to) =>
            Im2colConvolution.InputGradient(pool, shape, 3, data.Dy.Pointer, data.W.Pointer, to.Pointer, columnFloats));
        data.Check("weight gradient", data.Dw, 3 * flat.OutPixels, one, two, (pool, to) =>
            Im2colConvolution.WeightGradient(
                pool, shape, 3, data.X.Pointer, data.Dy.Pointer, to.Pointer, columnFloats));
    }

    private sealed class Operands
    {
        private readonly ConvolutionShape shape;

        public Operands(ConvolutionShape shape, int images, ulong seed)
        {
            this.shape = shape;
            X = Numbers.Random(images * shape.ImageSize, seed);
            W = Numbers.Random(shape.Outputs * shape.Taps, seed + 100);
            B = Numbers.Random(shape.Outputs, seed + 200);
            Dy = Numbers.Random(images * shape.OutSizeOfImage, seed + 300);
            Y = new AlignedBuffer(Dy.Length);
            Dx = new AlignedBuffer(X.Length);
            Dw = Start(W.Length);
            Db = Start(B.Length);
            ConvolutionReference.Forward(shape, images, X.Pointer, W.Pointer, B.Pointer, Y.Pointer);
            ConvolutionReference.InputGradient(shape, images, Dy.Pointer, W.Pointer, Dx.Pointer);
            ConvolutionReference.WeightGradient(shape, images, X.Pointer, Dy.Pointer, Dw.Pointer);
            ConvolutionReference.BiasGradient(shape, images, Dy.Pointer, Db.Pointer);
        }

        public AlignedBuffer X { get; }

        public AlignedBuffer W { get; }

        public AlignedBuffer B { get; }

        public AlignedBuffer Dy { get; }

        public AlignedBuffer Y { get; }

        public AlignedBuffer Dx { get; }

        public AlignedBuffer Dw { get; }

        public AlignedBuffer Db { get; }

        // Starts from the same values as the expected sums; they must not show in outputs that are overwritten.
        public void Check(
            string what, AlignedBuffer expected, int terms, WorkerPool one, WorkerPool several,
            Action<WorkerPool, AlignedBuffer> run)
        {
            AlignedBuffer first = Start(expected.Length), second = Start(expected.Length);
            run(one, first);
            run(several, second);
            Numbers.AssertClose(expected.Span, first.Span, terms, $"{what} of {shape}");
            Assert.True(
                first.Span.SequenceEqual(second.Span), $"{what} of {shape} differs on {several.ThreadCount} threads");

            // Only addresses are passed to the kernels, and those do not keep memory alive.
            GC.KeepAlive(run);
            GC.KeepAlive(this);
        }

        private static AlignedBuffer Start(int length) => Numbers.Random(length, 77);
    }
}
