using Cnn.Layers;
using Cnn.Layers.Kernels;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels;

/// <summary>Packed weights that serve many passes are found only where packing them came to its end.</summary>
[Trait("Category", "Kernel")]
public unsafe class KeptWeightsTests
{
    // By Winograd's tiles in two groups, whose weights are transformed one after the other, and by packed panels.
    [Theory]
    [InlineData(64, 20, 64, 2, 3, 1)]
    [InlineData(6, 9, 10, 2, 3, 2)]
    public void APassThatFailedHalfwayIsRepeatedRight(
        int channels, int size, int outputs, int groups, int kernel, int stride)
    {
        var shape = new ConvolutionShape(channels, size, size, outputs, groups, kernel, kernel, 1, 1, stride, stride);
        var plan = new ConvolutionPlan(shape);
        Assert.Equal(stride == 1, WinogradConvolution.Suits(shape, 1, keepsWeights: true));
        AlignedBuffer x = Numbers.Random(shape.ImageSize, 1), w = Numbers.Random(shape.Outputs * shape.Taps, 2);
        var (expected, y) = (new AlignedBuffer(shape.OutSizeOfImage), new AlignedBuffer(shape.OutSizeOfImage));
        using var pool = new WorkerPool(2);
        Convolution.Forward(pool, plan, 1, x.Pointer, w.Pointer, null, expected.Pointer, new KeptWeights());

        int failures = 0;
        for (bool hasFailed = true; hasFailed; failures += hasFailed ? 1 : 0)
        {
            var kept = new KeptWeights();
            hasFailed = Fails(failures + 1, failing =>
                Convolution.Forward(failing, plan, 1, x.Pointer, w.Pointer, null, y.Pointer, kept));
            y.Span.Fill(float.NaN);
            Convolution.Forward(pool, plan, 1, x.Pointer, w.Pointer, null, y.Pointer, kept);
            Assert.Equal(expected.Span.ToArray(), y.Span.ToArray());
        }

        Assert.True(failures > 1);
    }

    [Fact]
    public void MemoryThatWasGivenIsNotTakenForPackedWeights()
    {
        var kept = new KeptWeights();
        kept.Room(winograd: true, 100, out bool isReady);
        Assert.False(isReady);
        Assert.False(kept.Has(winograd: true));
        kept.Keep(winograd: true, 100);
        Assert.True(kept.Has(winograd: true));

        // Memory for others overwrites them.
        kept.Room(winograd: false, 50, out isReady);
        Assert.False(isReady);
        Assert.False(kept.Has(winograd: true));
        Assert.False(kept.Has(winograd: false));
    }

    private static bool Fails(int job, Action<WorkerPool> pass)
    {
        using var pool = new WorkerPool(new FailingHost { Job = job });
        try
        {
            pass(pool);
            return false;
        }
        catch (InsufficientMemoryException)
        {
            return true;
        }
    }

    // Runs out of memory at a job of the pass.
    private sealed class FailingHost : IWorkerThreads
    {
        private int jobs;

        public required int Job { get; init; }

        public int Count => 2;

        public void Run(IWorkerTask task)
        {
            task.Run(0);
            if (++jobs == Job)
            {
                throw new InsufficientMemoryException();
            }
        }
    }
}
