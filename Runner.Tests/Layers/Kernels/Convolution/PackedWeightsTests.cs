using Cnn.Layers;
using Cnn.Layers.Kernels.Convolution;
using Cnn.Layers.Kernels.Convolution.Winograd;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Convolution;

/// <summary>Packed weights that serve many passes are reused only if packing them was completed.</summary>
[Trait("Category", "Kernel")]
public unsafe class PackedWeightsTests
{
    // Winograd tiles in two groups, whose weights are transformed one after the other, and packed panels.
    [Theory]
    [InlineData(64, 20, 64, 2, 3, 1)]
    [InlineData(6, 9, 10, 2, 3, 2)]
    public void APassThatFailedHalfwayIsRepeatedRight(
        int channels, int size, int outputs, int groups, int kernel, int stride)
    {
        var shape = new ConvolutionShape(channels, size, size, outputs, groups, kernel, kernel, 1, 1, stride, stride);
        var plan = new ConvolutionPlan(shape);
        Assert.Equal(stride == 1, WinogradConvolution.Suits(shape, 1, reusesWeights: true));
        AlignedBuffer x = Numbers.Random(shape.ImageSize, 1), w = Numbers.Random(shape.Outputs * shape.Taps, 2);
        var (expected, y) = (new AlignedBuffer(shape.OutSizeOfImage), new AlignedBuffer(shape.OutSizeOfImage));
        using var pool = new WorkerPool(2);
        ConvolutionKernel.Forward(pool, plan, 1, x.Pointer, w.Pointer, null, expected.Pointer, new PackedWeights());

        int failures = 0;
        for (bool hasFailed = true; hasFailed; failures += hasFailed ? 1 : 0)
        {
            var packed = new PackedWeights();
            hasFailed = Fails(failures + 1, failing =>
                ConvolutionKernel.Forward(failing, plan, 1, x.Pointer, w.Pointer, null, y.Pointer, packed));
            y.Span.Fill(float.NaN);
            ConvolutionKernel.Forward(pool, plan, 1, x.Pointer, w.Pointer, null, y.Pointer, packed);
            Assert.Equal(expected.Span.ToArray(), y.Span.ToArray());
        }

        Assert.True(failures > 1);
    }

    [Fact]
    public void MemoryThatWasGivenIsNotTakenForPackedWeights()
    {
        var packed = new PackedWeights();
        packed.Buffer(WeightForm.Winograd, 100, out bool isReady);
        Assert.False(isReady);
        Assert.False(packed.Has(WeightForm.Winograd));
        packed.MarkPacked(WeightForm.Winograd, 100);
        Assert.True(packed.Has(WeightForm.Winograd));

        // Memory for other weights overwrites them.
        packed.Buffer(WeightForm.Rows, 50, out isReady);
        Assert.False(isReady);
        Assert.False(packed.Has(WeightForm.Winograd));
        Assert.False(packed.Has(WeightForm.Rows));
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
