using System.Runtime.Intrinsics;
using Cnn.Layers;
using Cnn.Layers.Kernels;
using Cnn.Layers.Kernels.Pooling;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Pooling;

[Trait("Category", "Kernel")]
public sealed class MaxPoolingTests
{
    // Height, width, kernel (height, width), stride (height, width), padding (height, width).
    public static TheoryData<int[]> Shapes => new(
        (int[])[4, 4, 2, 2, 2, 2, 0, 0],
        (int[])[13, 13, 3, 3, 2, 2, 0, 0],
        (int[])[14, 14, 3, 3, 1, 1, 1, 1],
        (int[])[28, 28, 3, 3, 2, 2, 0, 0],
        (int[])[7, 55, 3, 3, 2, 2, 1, 1],
        (int[])[9, 33, 5, 4, 1, 2, 2, 3],
        (int[])[6, 32, 2, 6, 2, 1, 0, 5],
        (int[])[5, 40, 3, 2, 2, 3, 1, 1],
        (int[])[11, 70, 4, 5, 3, 2, 3, 4],
        (int[])[3, 17, 3, 17, 1, 1, 0, 0],
        (int[])[3, 5, 3, 40, 1, 2, 2, 39],
        (int[])[2, 2, 1, 100, 1, 2, 0, 99],
        (int[])[12, 15, 5, 3, 2, 1, 2, 1],
        (int[])[15, 17, 3, 4, 1, 2, 1, 1],
        (int[])[10, 23, 2, 1, 3, 2, 0, 0],
        (int[])[6, 31, 1, 1, 4, 4, 0, 0],
        (int[])[1, 1, 1, 1, 1, 1, 0, 0]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public unsafe void MaximaAndTheirPlacesAreThoseOfTheReference(int[] s)
    {
        PoolingShape shape = Shape(s);
        const int Planes = 19;
        var x = new AlignedBuffer(Planes * shape.PlaneSize);
        var y = new AlignedBuffer(Planes * shape.PooledSize);
        var indices = new AlignedBuffer(Planes * shape.PooledSize);
        FillWithFewValues(x, shape.GetHashCode());
        float[] expected = new float[shape.PooledSize];
        int[] places = new int[shape.PooledSize];
        foreach (int threads in (int[])[1, 3])
        {
            using var pool = new WorkerPool(threads);
            MaxPooling.Forward(x.Pointer, y.Pointer, (int*)indices.Pointer, Planes, shape, pool);
            for (int plane = 0; plane < Planes; plane++)
            {
                fixed (float* e = expected)
                fixed (int* p = places)
                {
                    MaxPooling.ForwardReference(x.Pointer + (plane * shape.PlaneSize), e, p, shape);
                }

                Assert.Equal(expected, y.Span.Slice(plane * shape.PooledSize, shape.PooledSize).ToArray());
                int* found = (int*)indices.Pointer + (plane * shape.PooledSize);
                Assert.Equal(places, new Span<int>(found, shape.PooledSize).ToArray());
            }

            float[] withPlaces = y.Span.ToArray();
            y.Span.Clear();
            MaxPooling.Forward(x.Pointer, y.Pointer, null, Planes, shape, pool);
            Assert.Equal(withPlaces, y.Span.ToArray());
        }

        GC.KeepAlive((x, y, indices));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public unsafe void GradientsGoWhereTheMaximaWere(int[] s)
    {
        PoolingShape shape = Shape(s);
        const int Planes = 19;
        int tops = Planes * shape.PooledSize;
        AlignedBuffer x = new(Planes * shape.PlaneSize), y = new(tops), indices = new(tops);
        AlignedBuffer dy = Numbers.Random(tops, 3), expected = new(x.Length);
        FillWithFewValues(x, shape.GetHashCode());
        dy.Span[dy.Length / 2] = float.NaN;
        using (var pool = new WorkerPool(1))
        {
            MaxPooling.Forward(x.Pointer, y.Pointer, (int*)indices.Pointer, Planes, shape, pool);
        }

        for (int plane = 0; plane < Planes; plane++)
        {
            int from = plane * shape.PooledSize;
            MaxPooling.BackwardReference(
                dy.Pointer + from, (int*)indices.Pointer + from, expected.Pointer + (plane * shape.PlaneSize), shape);
        }

        foreach (int threads in (int[])[1, 3])
        {
            using var pool = new WorkerPool(threads);
            AlignedBuffer found = Numbers.Random(x.Length, 4);
            MaxPooling.Backward(dy.Pointer, (int*)indices.Pointer, found.Pointer, Planes, shape, pool);
            Assert.Equal(expected.Span.ToArray(), found.Span.ToArray());
        }

        GC.KeepAlive((x, y, indices, dy, expected));
    }

    // A width that the machine would not choose is computed too, only slowly.
    [Theory]
    [MemberData(nameof(Shapes))]
    public void VectorsOfEveryWidthFindTheSameMaxima(int[] s)
    {
        AssertMaxima<MaxLanes128, Vector128<float>, Vector128<int>>(Shape(s));
        AssertMaxima<MaxLanes512, Vector512<float>, Vector512<int>>(Shape(s));
        if (VectorUnit.Path >= VectorPath.Avx2)
        {
            AssertMaxima<MaxLanes256, Vector256<float>, Vector256<int>>(Shape(s));
        }
    }

    [Theory]
    [InlineData(1 << 28)]
    [InlineData(1 << 30)]
    [InlineData(int.MaxValue - 16)]
    public void RowsTooLongForABufferArePooledWindowByWindow(int width)
    {
        var shape = new PoolingShape(1, width, 1, width - 2, 1, 3, 1, 1, 0, 0);
        Assert.True(MaxOfWindows.BufferSize(shape) > int.MaxValue);
        Assert.False(MaxOfWindows.Suits(shape));
        Assert.False(width > 1 << 28 && GradientOfWindows.Suits(shape));
        Assert.True(MaxOfWindows.Suits(shape with { Width = 1 << 20, PooledWidth = (1 << 20) - 2 }));
    }

    private static unsafe void AssertMaxima<TLanes, TValues, TPlaces>(PoolingShape shape)
        where TLanes : IMaxLanes<TValues, TPlaces>
        where TValues : struct
        where TPlaces : struct
    {
        AlignedBuffer x = new(shape.PlaneSize), expected = new(shape.PooledSize), found = new(shape.PooledSize);
        AlignedBuffer places = new(shape.PooledSize), foundPlaces = new(shape.PooledSize);
        AlignedBuffer buffer = new((int)MaxOfWindows.BufferSize(shape));
        FillWithFewValues(x, shape.GetHashCode());
        MaxPooling.ForwardReference(x.Pointer, expected.Pointer, (int*)places.Pointer, shape);
        var windows = new MaxOfWindows(shape, buffer.Pointer);
        windows.Forward<TLanes, TValues, TPlaces>(x.Pointer, found.Pointer, (int*)foundPlaces.Pointer);
        Assert.Equal(expected.Span.ToArray(), found.Span.ToArray());
        Assert.Equal(
            new Span<int>(places.Pointer, shape.PooledSize).ToArray(),
            new Span<int>(foundPlaces.Pointer, shape.PooledSize).ToArray());
        found.Span.Clear();
        windows.Forward<TLanes, TValues, TPlaces>(x.Pointer, found.Pointer, null);
        Assert.Equal(expected.Span.ToArray(), found.Span.ToArray());
        if (GradientOfWindows.Suits(shape))
        {
            AlignedBuffer dx = new(x.Length), foundX = Numbers.Random(x.Length, 5);
            AlignedBuffer ofGradient = new((int)GradientOfWindows.BufferSize(shape));
            MaxPooling.BackwardReference(expected.Pointer, (int*)places.Pointer, dx.Pointer, shape);
            new GradientOfWindows(shape, ofGradient.Pointer).Backward<TLanes, TValues, TPlaces>(
                expected.Pointer, (int*)places.Pointer, foundX.Pointer, before: 0, behind: 0);
            Assert.Equal(dx.Span.ToArray(), foundX.Span.ToArray());
            GC.KeepAlive(ofGradient);
        }

        GC.KeepAlive((x, expected, found, places, foundPlaces, buffer));
    }

    // Few values, so that many are equal; now and then one that is greater than nothing.
    private static void FillWithFewValues(AlignedBuffer x, int seed)
    {
        var random = new Random(seed);
        foreach (ref float value in x.Span)
        {
            value = random.Next(20) switch
            {
                0 => float.NaN,
                1 => float.MinValue,
                2 => float.NegativeInfinity,
                3 => float.PositiveInfinity,
                int n => n % 4,
            };
        }
    }

    private static PoolingShape Shape(int[] s) => new(
        s[0], s[1], Pooled(s[0], s[2], s[4], s[6]), Pooled(s[1], s[3], s[5], s[7]), s[2], s[3], s[4], s[5], s[6], s[7]);

    private static int Pooled(int size, int kernel, int stride, int pad)
    {
        int pooled = (int)Math.Ceiling((double)(size + (2 * pad) - kernel) / stride) + 1;
        return pad > 0 && (pooled - 1) * stride >= size + pad ? pooled - 1 : pooled;
    }
}
