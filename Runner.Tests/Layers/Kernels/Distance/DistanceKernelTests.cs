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
        AlignedBuffer x = Numbers.Random(rows * size, 1), w = Numbers.Random(others * size, 2), dy = Numbers.Random(rows * others, 3);
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

        // Kernels are given addresses, which keep no memory from being collected.
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
}
