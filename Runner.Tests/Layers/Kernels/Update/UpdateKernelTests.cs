using System.Runtime.Intrinsics;
using Cnn.Layers;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Update;

[Trait("Category", "Kernel")]
public unsafe class UpdateKernelTests
{
    private const float Scale = 0.5f, Decay = 0.01f;

    [Theory]
    [InlineData(1, 1, 0, false)]
    [InlineData(17, 1, 1, true)]
    [InlineData(40_003, 2, 0, true)]
    [InlineData(40_003, 2, 1, false)]
    [InlineData(40_003, 5, 2, true)]
    public void EveryValueIsUpdatedOnceWhateverHistoriesThereAre(int count, int threads, int histories, bool isL1)
    {
        using var pool = new WorkerPool(threads);
        Blob blob = Filled(count, 1), first = Filled(count, 3), second = Filled(count, 4);
        Filled(count, 2).Data.CopyTo(blob.Diff);
        float[] w = blob.Data.ToArray(), g = blob.Diff.ToArray(), h = first.Data.ToArray(), s = second.Data.ToArray();

        UpdateKernel.Run(
            default(Sum),
            blob.DataPointer,
            blob.DiffPointer,
            histories > 0 ? first.DataPointer : null,
            histories > 1 ? second.DataPointer : null,
            count,
            new GradientStep(1, Scale, Decay, isL1),
            pool);

        GC.KeepAlive((blob, first, second));
        for (int i = 0; i < count; i++)
        {
            float gradient = (g[i] * Scale) + ((isL1 ? Math.Sign(w[i]) : w[i]) * Decay);
            float one = histories > 0 ? h[i] + gradient : h[i], two = histories > 1 ? s[i] + w[i] : s[i];
            float u = (histories > 0 ? one : gradient) + (histories > 1 ? two : w[i]);
            Assert.Equal((one, two), (first.Data[i], second.Data[i]));
            Assert.Equal((u, w[i] - u), (blob.Diff[i], blob.Data[i]));
        }
    }

    [Fact]
    public void TheGradientStaysWhereTheStepIsNotKept()
    {
        using var pool = new WorkerPool(1);
        Blob blob = Filled(35, 1);
        Filled(35, 2).Data.CopyTo(blob.Diff);
        float[] w = blob.Data.ToArray(), g = blob.Diff.ToArray();

        var step = new GradientStep(1, 1, 0, false, KeepsStep: false);
        UpdateKernel.Run(default(Sum), blob.DataPointer, blob.DiffPointer, null, null, 35, step, pool);

        GC.KeepAlive(blob);
        Assert.NotEqual(w, blob.Data.ToArray());
        Assert.Equal(g, blob.Diff.ToArray());
    }

    private static Blob Filled(int count, int seed)
    {
        var blob = new Blob(count);
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            blob.Data[i] = i % 5 == seed ? 0 : random.NextSingle() - 0.5f;
        }

        return blob;
    }

    // Both histories accumulate something, and the step is their sum.
    private readonly struct Sum : IUpdateOperation
    {
        public Vector512<float> Advance(
            Vector512<float> gradient, Vector512<float> weight, ref Vector512<float> first, ref Vector512<float> second)
        {
            first += gradient;
            second += weight;
            return first + second;
        }
    }
}
