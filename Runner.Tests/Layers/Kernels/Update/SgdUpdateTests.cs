using Cnn.Layers;
using Cnn.Layers.Kernels.Threading;
using Cnn.Layers.Kernels.Update;

namespace Cnn.Tests.Layers.Kernels.Update;

[Trait("Category", "Kernel")]
public unsafe class SgdUpdateTests
{
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(17, 1, true)]
    [InlineData(40_003, 1, false)]
    [InlineData(40_003, 2, true)]
    public void TheVectorUpdateHasTheBitsOfTheReference(int count, int threads, bool isL1)
    {
        using var pool = new WorkerPool(threads);
        var random = new Random(count);
        Blob fast = new(count), plain = new(count), fastHistory = new(count), plainHistory = new(count);
        for (int i = 0; i < count; i++)
        {
            plain.Data[i] = fast.Data[i] = i % 5 == 0 ? 0 : random.NextSingle() - 0.5f;
            plain.Diff[i] = fast.Diff[i] = random.NextSingle() - 0.5f;
            plainHistory.Data[i] = fastHistory.Data[i] = random.NextSingle();
        }

        var step = new GradientStep(0.1f, 0.5f, 0.01f, isL1);
        SgdUpdate.Run(fast.DataPointer, fast.DiffPointer, fastHistory.DataPointer, count, step, 0.9f, pool);
        SgdUpdate.RunReference(plain.DataPointer, plain.DiffPointer, plainHistory.DataPointer, count, step, 0.9f);
        Assert.True(plain.Data.SequenceEqual(fast.Data));
        Assert.True(plain.Diff.SequenceEqual(fast.Diff));
        Assert.True(plainHistory.Data.SequenceEqual(fastHistory.Data));
    }
}
