using Cnn.Layers;
using Cnn.Layers.Kernels.Distance;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Distance;

[Trait("Category", "Kernel")]
public unsafe class DistanceKernelTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 10, 84)]
    [InlineData(5, 7, 33)]
    [InlineData(1, 300, 400)]
    [InlineData(400, 3, 65)]
    [InlineData(2, 5, 20_000)]
    [InlineData(0, 4, 4)]
    public void DistancesAndGradientsAreTheirFormulasAndTheSameOnAnyThreads(int rows, int others, int size)
    {
        AlignedBuffer x = Numbers.Random(rows * size, 1), w = Numbers.Random(others * size, 2);
        AlignedBuffer dy = Numbers.Random(rows * others, 3);
        var (y, dx, dw) = (new float[rows * others], new double[rows * size], new double[others * size]);
        for (int n = 0; n < rows; n++)
        {
            for (int j = 0; j < others; j++)
            {
                double sum = 0;
                for (int k = 0; k < size; k++)
                {
                    double difference = (double)x.Span[(n * size) + k] - w.Span[(j * size) + k];
                    sum += difference * difference;
                    dx[(n * size) + k] += 2 * difference * dy.Span[(n * others) + j];
                    dw[(j * size) + k] -= 2 * difference * dy.Span[(n * others) + j];
                }

                y[(n * others) + j] = (float)sum;
            }
        }

        float[]? first = null;
        foreach (int threads in new[] { 1, 3 })
        {
            using var pool = new WorkerPool(threads);
            AlignedBuffer actualY = new(y.Length), actualDx = Numbers.Random(dx.Length, 4), actualDw = new(dw.Length);
            actualDw.Span.Fill(0.25f);
            DistanceKernel.Forward(x.Pointer, w.Pointer, actualY.Pointer, rows, others, size, pool);
            DistanceKernel.BackwardRows(x.Pointer, w.Pointer, dy.Pointer, actualDx.Pointer, rows, others, size, pool);
            DistanceKernel.BackwardOthers(x.Pointer, w.Pointer, dy.Pointer, actualDw.Pointer, rows, others, size, pool);
            Numbers.AssertClose(y, actualY.Span, size, "distances");
            Numbers.AssertClose(Array.ConvertAll(dx, v => (float)v), actualDx.Span[..dx.Length], others, "dx");
            Numbers.AssertClose(Array.ConvertAll(dw, v => (float)(v + 0.25)), actualDw.Span, rows, "dw");
            float[] all = [.. actualY.Span, .. actualDx.Span, .. actualDw.Span];
            Assert.Equal(first ??= all, all);
        }

        // Kernels are given addresses, which do not keep memory alive.
        GC.KeepAlive((x, w, dy));
    }

    [Fact]
    public void NearRowsKeepTheirDigits()
    {
        const int size = 100;
        AlignedBuffer x = new(size), w = new(size), y = new(1);
        x.Span.Fill(1000);
        w.Span.Fill(1000.0625f);
        using var pool = new WorkerPool(1);
        DistanceKernel.Forward(x.Pointer, w.Pointer, y.Pointer, 1, 1, size, pool);
        Assert.Equal(size * 0.0625f * 0.0625f, y.Span[0]);
        GC.KeepAlive((x, w));
    }

    [Fact]
    public void AGradientIsTheSameWhereverItStands()
    {
        using var pool = new WorkerPool(1);
        float* dy = stackalloc float[2];
        (dy[0], dy[1]) = (0.3f, -1.7f);
        AlignedBuffer both = new(142);
        PlaceTest.AssertEach(3, (x, y, count) =>
        {
            new ReadOnlySpan<float>(x[1], count).CopyTo(both.Span);
            new ReadOnlySpan<float>(x[2], count).CopyTo(both.Span[count..]);
            DistanceKernel.BackwardRows(x[0], both.Pointer, dy, y, 1, 2, count, pool);
        });
        PlaceTest.AssertEach(3, (x, y, count) =>
        {
            new ReadOnlySpan<float>(x[2], count).CopyTo(new Span<float>(y, count));
            DistanceKernel.BackwardOthers(x[0], x[1], dy, y, 1, 1, count, pool);
        });
    }

    [Fact]
    public void ADistanceIsTheSameWhereverItsRowsStand()
    {
        using var pool = new WorkerPool(1);
        for (int size = 1; size <= 40; size++)
        {
            AlignedBuffer row = Numbers.Random(size, 1), other = Numbers.Random(size, 2), y = new(77);
            AlignedBuffer x = new(7 * size), w = new(11 * size);
            for (int i = 0; i < 11; i++)
            {
                row.Span.CopyTo(x.Span[(Math.Min(i, 6) * size)..]);
                other.Span.CopyTo(w.Span[(i * size)..]);
            }

            DistanceKernel.Forward(x.Pointer, w.Pointer, y.Pointer, 7, 11, size, pool);
            Assert.Single(y.Span.ToArray().Distinct());
            GC.KeepAlive((x, w));
        }
    }
}
