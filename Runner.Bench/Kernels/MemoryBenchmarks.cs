using BenchmarkDotNet.Attributes;
using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Layers.Activations;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Normalization;
using Cnn.Layers.Kernels.Pooling;
using Cnn.Layers.Kernels.Softmax;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;

namespace Cnn.Bench.Kernels;

/// <summary>Memory-bound kernels over ten images of 192 maps of 56 x 56, and the update of as many weights.</summary>
[MemoryDiagnoser]
public unsafe class MemoryBenchmarks : IDisposable
{
    private const int Images = 10, Channels = 192, Side = 56, Count = Images * Channels * Side * Side;

    private static readonly PoolingShape Windows = new(Side, Side, 28, 28, 3, 3, 2, 2, 0, 0);
    private static readonly LrnShape Norm = new(Images, Channels, Side, Side, 2, 1e-4 / 5, 0.75f, 1);
    private static readonly GradientStep Step = new(1e-9f, 1, 0, false, false);

    private readonly AlignedBuffer x = new(Count), y = new(Count), dx = new(Count), places = new(Count);
    private WorkerPool? pool;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        pool = new WorkerPool(Threads);
        for (int i = 0; i < Count; i++)
        {
            x.Span[i] = ((i % 17) - 8) * 0.01f;
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        pool?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Rectifier() => UnaryKernel.Forward(new ReLULayer.Rectifier(0), x.Pointer, y.Pointer, Count, pool!);

    [Benchmark]
    public void MaxPoolingForward() =>
        MaxPooling.Forward(x.Pointer, y.Pointer, (int*)places.Pointer, Images * Channels, Windows, pool!);

    [Benchmark]
    public void MaxPoolingWithoutPlaces() =>
        MaxPooling.Forward(x.Pointer, y.Pointer, null, Images * Channels, Windows, pool!);

    [Benchmark]
    public void LrnForward() => LrnKernel.Forward(false, x.Pointer, y.Pointer, Norm, pool!);

    [Benchmark]
    public void LrnBackward() => LrnKernel.Backward(false, x.Pointer, x.Pointer, dx.Pointer, Norm, pool!);

    [Benchmark]
    public void SoftmaxOfRows() => SoftmaxKernel.Forward(x.Pointer, y.Pointer, Count / 1000, 1000, 1, pool!);

    [Benchmark]
    public void MomentumUpdate() =>
        UpdateKernel.Run(
            new StepOperation<Sgd.Step>(new(1e-9f, 0.9f)), y.Pointer, x.Pointer, dx.Pointer, null, Count, Step, pool!);
}
