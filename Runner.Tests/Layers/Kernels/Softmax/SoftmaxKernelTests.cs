using Cnn.Layers;
using Cnn.Layers.Kernels.Softmax;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Softmax;

[Trait("Category", "Kernel")]
public unsafe class SoftmaxKernelTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 10, 1)]
    [InlineData(40, 1000, 1)]
    [InlineData(2, 33, 1)]
    [InlineData(2, 3, 5)]
    [InlineData(3, 5, 50)]
    [InlineData(1, 21, 4001)]
    [InlineData(2, 0, 50)]
    [InlineData(0, 3, 2)]
    public void BothWaysAreTheirFormulasAndTheSameOnAnyThreads(int outer, int channels, int inner)
    {
        int count = outer * channels * inner;
        AlignedBuffer x = Numbers.Random(count, 1), dy = Numbers.Random(count, 2);
        foreach (ref float value in x.Span)
        {
            value *= 20;
        }

        var (y, dx) = (new float[count], new float[count]);
        for (int at = 0; at < (channels == 0 ? 0 : outer * inner); at++)
        {
            int first = (at / inner * channels * inner) + (at % inner);
            double sum = 0, dot = 0;
            for (int c = 0; c < channels; c++)
            {
                sum += Math.Exp(x.Span[first + (c * inner)]);
            }

            for (int c = 0; c < channels; c++)
            {
                int i = first + (c * inner);
                y[i] = (float)(Math.Exp(x.Span[i]) / sum);
                dot += (double)y[i] * dy.Span[i];
            }

            for (int c = 0; c < channels; c++)
            {
                int i = first + (c * inner);
                dx[i] = (float)(y[i] * (dy.Span[i] - dot));
            }
        }

        float[]? all = null;
        foreach (int threads in new[] { 1, 3 })
        {
            using var pool = new WorkerPool(threads);
            AlignedBuffer actualY = new(count), actualDx = new(count);
            SoftmaxKernel.Forward(x.Pointer, actualY.Pointer, outer, channels, inner, pool);
            SoftmaxKernel.Backward(actualY.Pointer, dy.Pointer, actualDx.Pointer, outer, channels, inner, pool);
            Numbers.AssertClose(y, actualY.Span, 2, "y");
            Numbers.AssertClose(dx, actualDx.Span, 4, "dx");
            float[] now = [.. actualY.Span, .. actualDx.Span];
            Assert.Equal(all ??= now, now);
        }

        // Kernels are given addresses, which keep no memory from being collected.
        GC.KeepAlive((x, dy));
    }

    [Fact]
    public void AScoreThatIsNoNumberSpoilsItsOwnItemAlone()
    {
        using var pool = new WorkerPool(1);
        AlignedBuffer x = Numbers.Random(80, 1), y = new(80);
        x.Span[3] = float.NaN;
        SoftmaxKernel.Forward(x.Pointer, y.Pointer, 2, 40, 1, pool);
        Assert.All(y.Span[..40].ToArray(), value => Assert.True(float.IsNaN(value)));
        Assert.All(y.Span[40..].ToArray(), value => Assert.True(float.IsFinite(value)));
        GC.KeepAlive(x);
    }
}
