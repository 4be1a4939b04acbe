using Cnn.Layers;
using Cnn.Layers.Kernels.Dropout;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Dropout;

[Trait("Category", "Kernel")]
public unsafe class DropoutKernelTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    [InlineData(1)]
    public void WhetherAValueIsKeptDoesNotDependOnHowManyFollow(double kept)
    {
        using var pool = new WorkerPool(1);
        var threshold = (ulong)(kept * (1L << 32));
        AlignedBuffer x = Numbers.Random(150, 1), all = new(150), some = new(151);
        DropoutKernel.Apply(x.Pointer, all.Pointer, 150, threshold, 1.7f, 3, 4, pool);
        Assert.All(Enumerable.Range(0, 150), i => Assert.True(all.Span[i] == 0 || all.Span[i] == x.Span[i] * 1.7f));
        Assert.Equal(kept == 1, all.Span.IndexOf(0) < 0);
        for (int count = 1; count <= 150; count++)
        {
            some.Span[count] = Numbers.Guard;
            DropoutKernel.Apply(x.Pointer, some.Pointer, count, threshold, 1.7f, 3, 4, pool);
            Assert.Equal([.. all.Span[..count], Numbers.Guard], some.Span[..(count + 1)].ToArray());
        }
    }
}
