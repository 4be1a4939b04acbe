using Cnn.Layers;
#if DEBUG
using Cnn.Layers.Activations;
#endif
using Cnn.Layers.Kernels;
#if DEBUG
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Softmax;
using Cnn.Layers.Threading;
#endif

namespace Cnn.Tests.Layers.Kernels;

[Trait("Category", "Kernel")]
public unsafe class KernelGuardTests
{
    [Fact]
    public void ASizeBelowZeroIsRefused()
    {
        ArrayChecks.Size(0, "rows");
        Assert.Equal("rows", Assert.Throws<ArgumentOutOfRangeException>(() => ArrayChecks.Size(-1, "rows")).ParamName);
    }

    [Fact]
    public void DimensionsBelowZeroAreRefusedThoughTheirProductIsNot()
    {
        Assert.Equal(24, ArrayChecks.Count("x", 2, 3, 4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArrayChecks.Count("x", -2, -3, 4, 1));
        Assert.Throws<OverflowException>(() => ArrayChecks.Count("x", 1L << 31, 1L << 31, 1L << 31, 1));
    }

    [Fact]
    public void OnlyAnEmptyArrayMayBeNull()
    {
        ArrayChecks.Array<float>(null, 0, "x");
        Assert.Throws<ArgumentNullException>(() => ArrayChecks.Array<float>(null, 1, "x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => ArrayChecks.Array<float>(null, -1, "x"));
    }

    [Fact]
    public void AnAddressBetweenTwoElementsIsRefused()
    {
        var memory = new AlignedBuffer(4);
        ArrayChecks.Array(memory.Pointer + 1, 2, "x");
        Assert.Throws<ArgumentException>(() => ArrayChecks.Array((double*)(memory.Pointer + 1), 1, "sums"));
        Assert.Throws<ArgumentException>(() => ArrayChecks.Array((float*)((byte*)memory.Pointer + 2), 1, "x"));
        GC.KeepAlive(memory);
    }

    [Theory]
    [InlineData(0, true, false)]
    [InlineData(1, false, false)]
    [InlineData(-3, false, false)]
    [InlineData(4, true, true)]
    [InlineData(-4, true, true)]
    public void ArraysThatOverlapInPartAreRefused(int distance, bool mayBeSame, bool areApart)
    {
        var memory = new AlignedBuffer(16);
        float* x = memory.Pointer + 6;
        Assert.Equal(mayBeSame, !Throws(() => ArrayChecks.SameOrApart(x, x + distance, 16, "x", "y")));
        Assert.Equal(areApart, !Throws(() => ArrayChecks.Apart(x, 16, x + distance, 16, "x", "y")));
        Assert.False(Throws(() => ArrayChecks.Apart(x, 0, x + distance, 16, "x", "y")));
        Assert.False(Throws(() => ArrayChecks.Apart(x, 16, null, 16, "x", "y")));
        GC.KeepAlive(memory);
    }

#if DEBUG
    [Fact]
    public void KernelsRefuseWhatTheyAreWronglyGivenInDebugBuilds()
    {
        using var pool = new WorkerPool(1);
        var memory = new AlignedBuffer(64);
        float* x = memory.Pointer;
        Assert.Throws<ArgumentOutOfRangeException>(
            () => UnaryKernel.Forward(default(TanHLayer.Tangent), x, x, -1, pool));
        Assert.Throws<ArgumentException>(() => UnaryKernel.Forward(default(TanHLayer.Tangent), x, x + 1, 8, pool));
        Assert.Throws<ArgumentNullException>(() => SoftmaxKernel.Forward(x, null, 1, 2, 3, pool));
        Assert.Throws<ArgumentException>(() => TileKernel.Forward(x, x, 2, 2, 2, pool));
        GC.KeepAlive(memory);
    }
#endif

    private static bool Throws(Action action) => Record.Exception(action) is ArgumentException;
}
