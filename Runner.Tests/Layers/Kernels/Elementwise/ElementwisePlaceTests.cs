using Cnn.Layers;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Elementwise;

/// <summary>Elementwise kernels over arrays: a result does not depend on its position.</summary>
[Trait("Category", "Kernel")]
public sealed unsafe class ElementwisePlaceTests : IDisposable
{
    private readonly WorkerPool pool = new(1);

    public void Dispose() => pool.Dispose();

    [Fact]
    public void BinaryOperationsAreTheSameEverywhere()
    {
        AssertBinary(new WeightedSum(0.3f, -1.7f));
        AssertBinary(new Multiple(0.3f));
        AssertBinary(default(Multiply));
        AssertBinary(default(Divide));
        AssertBinary(default(Larger));
        AssertBinary(new SelectIndex(0.9f));
        AssertBinary(default(LargerOfTwo));
    }

    [Fact]
    public void SumsAndMaximaOfArraysAreTheSameEverywhere()
    {
        PlaceTest.AssertEach(2, (x, y, count) =>
        {
            Copy(x[0], y, count);
            SumKernel.AddTo(y, x[1], count, pool);
        });
        PlaceTest.AssertEach(3, (x, y, count) =>
        {
            Copy(x[0], y, count);
            EltwiseMaxKernel.Include(x[1], y, x[2], 3, count, pool);
        });
        PlaceTest.AssertEach(3, (x, y, count) =>
        {
            Copy(x[0], y, count);
            EltwiseMaxKernel.Include(x[1], x[2], y, 3, count, pool);
        });
    }

    [Fact]
    public void FactorsAndSummandsAreTheSameEverywhere()
    {
        PlaceTest.AssertEach(3, (x, y, count) => BroadcastKernel.Forward(x[0], x[1], x[2], y, 1, count, 1, pool));
        PlaceTest.AssertEach(3, (x, y, count) => BroadcastKernel.Forward(x[0], null, x[2], y, 1, count, 1, pool));
        PlaceTest.AssertEach(2, (x, y, count) => BroadcastKernel.Gradient(x[0], x[1], y, false, 1, count, 1, pool));
        float factor = 0.3f, summand = -1.1f;
        float* scale = &factor, bias = &summand;
        PlaceTest.AssertEach(1, (x, y, count) => BroadcastKernel.Forward(x[0], scale, bias, y, 1, 1, count, pool));
        PlaceTest.AssertEach(1, (x, y, count) => ChannelAffine.Run(x[0], y, scale, 0.7f, bias, 1, 1, count, pool));
    }

    [Fact]
    public void MaxoutIsTheSameEverywhere()
    {
        AlignedBuffer both = new(144), gradients = new(144), top = new(72);
        PlaceTest.AssertEach(2, (x, y, count) =>
        {
            Join(x, both, count);
            MaxoutKernel.Forward(both.Pointer, y, 1, 2, count, pool);
        });
        foreach (int piece in new[] { 0, 1 })
        {
            PlaceTest.AssertEach(3, (x, y, count) =>
            {
                Join(x, both, count);
                MaxoutKernel.Forward(both.Pointer, top.Pointer, 1, 2, count, pool);
                MaxoutKernel.Backward(both.Pointer, top.Pointer, x[2], gradients.Pointer, 1, 2, count, pool);
                Copy(gradients.Pointer + (piece * count), y, count);
            });
        }
    }

    [Fact]
    public void PReLUIsTheSameEverywhere()
    {
        float shared = 0.3f;
        float* slope = &shared;
        PlaceTest.AssertEach(1, (x, y, count) => PReLUKernel.Forward(x[0], y, slope, 1, 1, count, pool));
        PlaceTest.AssertEach(2, (x, y, count) => PReLUKernel.Forward(x[0], y, x[1], 1, count, 1, pool));
        PlaceTest.AssertEach(2, (x, y, count) => PReLUKernel.Backward(x[0], x[1], y, slope, 1, 1, count, pool));
        PlaceTest.AssertEach(3, (x, y, count) => PReLUKernel.Backward(x[0], x[1], y, x[2], 1, count, 1, pool));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void GradientsOfReductionsAreTheSameEverywhere(int term)
    {
        float gradient = 0.3f;
        float* dy = &gradient;
        PlaceTest.AssertEach(
            1, (x, y, count) => ReductionKernel.Backward(
                x[0], dy, y, 1, count, (ReductionKernel.Term)term, 1.7f, pool));
    }

    [Fact]
    public void SumsOfTilesAreTheSameEverywhere()
    {
        // Blocks of length 1 are summed in another order, so the blocks here have at least two values.
        AlignedBuffer both = new(148), sums = new(74);
        PlaceTest.AssertEach(2, (x, y, count) =>
        {
            both.Span.Clear();
            Copy(x[0], both.Pointer, count);
            Copy(x[1], both.Pointer + count + 1, count);
            TileKernel.Backward(both.Pointer, sums.Pointer, 1, 2, count + 1, pool);
            Copy(sums.Pointer, y, count);
        });
    }

    [Fact]
    public void TheNoisyRectifiersMeanIsTheSameEverywhere()
    {
        PlaceTest.AssertEach(1, (x, y, count) => NoisyRectifierKernel.Mean(x[0], y, count, pool));
        PlaceTest.AssertEach(2, (x, y, count) => NoisyRectifierKernel.MeanBackward(x[0], x[1], y, count, pool));
    }

    [Fact]
    public void TheNoiseOfAValueDoesNotDependOnHowManyFollow()
    {
        AlignedBuffer x = Numbers.Random(70, 1), dy = Numbers.Random(70, 2), all = new(70), some = new(71);
        AlignedBuffer allGradients = new(70), someGradients = new(71);
        NoisyRectifierKernel.Forward(x.Pointer, all.Pointer, 70, 5, 6, pool);
        NoisyRectifierKernel.Backward(x.Pointer, dy.Pointer, allGradients.Pointer, 70, 5, 6, pool);
        for (int count = 1; count <= 70; count++)
        {
            (some.Span[count], someGradients.Span[count]) = (Numbers.Guard, Numbers.Guard);
            NoisyRectifierKernel.Forward(x.Pointer, some.Pointer, count, 5, 6, pool);
            NoisyRectifierKernel.Backward(x.Pointer, dy.Pointer, someGradients.Pointer, count, 5, 6, pool);
            Assert.Equal([.. all.Span[..count], Numbers.Guard], some.Span[..(count + 1)].ToArray());
            Assert.Equal([.. allGradients.Span[..count], Numbers.Guard], someGradients.Span[..(count + 1)].ToArray());
        }
    }

    private static void Copy(float* from, float* to, int count) =>
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    private static void Join(float*[] x, AlignedBuffer both, int count)
    {
        Copy(x[0], both.Pointer, count);
        Copy(x[1], both.Pointer + count, count);
    }

    private void AssertBinary<T>(T operation)
        where T : struct, IBinaryOperation =>
        PlaceTest.AssertEach(2, (x, y, count) => EltwiseKernel.Run(operation, x[0], x[1], y, count, pool));
}
