using BenchmarkDotNet.Attributes;
using Cnn.Layers;
using Cnn.Layers.Kernels;
using Cnn.Layers.Kernels.Threading;

namespace Cnn.Bench;

/// <summary>The product and LeNet's second convolution under BenchmarkDotNet.</summary>
[MemoryDiagnoser]
public sealed unsafe class KernelBenchmarks : IDisposable
{
    private const int Size = 1024, Images = 64;
    private static readonly ConvolutionShape Shape = new(20, 12, 12, 50, 1, 5, 5);

    private readonly AlignedBuffer a = new(Size * Size), b = new(Size * Size), c = new(Size * Size);
    private readonly ConvolutionOperands data = new(Shape, Images);
    private readonly ConvolutionPlan plan = new(Shape);
    private WorkerPool? pool;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        pool = new WorkerPool(Threads);
        a.Span.Fill(0.5f);
        b.Span.Fill(0.25f);
    }

    [GlobalCleanup]
    public void Dispose() => pool?.Dispose();

    [Benchmark]
    public void Square1024() =>
        Product.Run(pool!, false, false, Size, Size, Size, a.Pointer, Size, b.Pointer, Size, c.Pointer, Size);

    [Benchmark]
    public void LeNetForward() => Convolution.Forward(
        pool!, plan, Images, data.X.Pointer, data.Weights.Pointer, data.Bias.Pointer, data.Y.Pointer);

    [Benchmark]
    public void LeNetWeightGradient() => Convolution.WeightGradient(
        pool!, plan, Images, data.X.Pointer, data.Dy.Pointer, data.WeightGradient.Pointer);

    [Benchmark]
    public void LeNetInputGradient() => Convolution.InputGradient(
        pool!, plan, Images, data.Dy.Pointer, data.Weights.Pointer, data.Dx.Pointer);
}
