using Cnn.Layers;
using Cnn.Layers.Kernels.Pooling;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Pooling;

[Trait("Category", "Kernel")]
public unsafe class AveragePoolingTests
{
    public static TheoryData<int[], int> Shapes => new()
    {
        { [16, 16, 8, 8, 3, 3, 2, 2, 0, 0], 32 },
        { [8, 8, 4, 4, 3, 3, 2, 2, 0, 0], 5 },
        { [7, 7, 1, 1, 7, 7, 1, 1, 0, 0], 19 },
        { [5, 9, 5, 9, 3, 3, 1, 1, 1, 1], 1 },
        { [1, 3, 2, 2, 2, 3, 1, 2, 1, 1], 17 },
        { [6, 5, 2, 2, 2, 1, 4, 4, 0, 0], 33 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void SixteenPlanesAtATimeHaveTheBitsOfOneByOne(int[] geometry, int planes)
    {
        PoolingShape shape = Geometry.Pooling(geometry);
        AlignedBuffer x = Numbers.Random(planes * shape.PlaneSize, 1);
        AlignedBuffer dy = Numbers.Random(planes * shape.PooledSize, 2);
        AlignedBuffer y = new(dy.Length), dx = new(x.Length), buffer = new(shape.Width);
        for (int plane = 0; plane < planes; plane++)
        {
            int bottom = plane * shape.PlaneSize, top = plane * shape.PooledSize;
            RowPooling.Average(x.Pointer + bottom, y.Pointer + top, shape, buffer.Pointer);
            RowPooling.AverageBackward(dy.Pointer + top, dx.Pointer + bottom, shape, buffer.Pointer);
        }

        Assert.True(LanePooling.Suits(shape));
        using var pool = new WorkerPool(2);
        AlignedBuffer foundY = Guarded(y.Length), foundX = Guarded(x.Length);
        AveragePooling.Forward(x.Pointer, foundY.Pointer, planes, shape, pool);
        AveragePooling.Backward(dy.Pointer, foundX.Pointer, planes, shape, pool);
        Assert.Equal([.. y.Span, Numbers.Guard], foundY.Span.ToArray());
        Assert.Equal([.. dx.Span, Numbers.Guard], foundX.Span.ToArray());
        GC.KeepAlive((x, dy));
    }

    [Fact]
    public void LargePlanesArePooledOneByOne()
    {
        var shape = new PoolingShape(100, 90, 50, 45, 2, 2, 2, 2, 0, 0);
        Assert.False(LanePooling.Suits(shape));
        AlignedBuffer x = new(shape.PlaneSize), y = new(shape.PooledSize);
        x.Span.Fill(1.5f);
        using var pool = new WorkerPool(1);
        AveragePooling.Forward(x.Pointer, y.Pointer, 1, shape, pool);
        Assert.All(y.Span.ToArray(), value => Assert.Equal(1.5f, value));
        GC.KeepAlive(x);
    }

    private static AlignedBuffer Guarded(int count)
    {
        AlignedBuffer buffer = Numbers.Random(count + 1, 3);
        buffer.Span[count] = Numbers.Guard;
        return buffer;
    }
}
