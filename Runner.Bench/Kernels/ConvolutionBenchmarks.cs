using BenchmarkDotNet.Attributes;
using Cnn.Layers.Kernels.Convolution;
using Cnn.Layers.Threading;

namespace Cnn.Bench.Kernels;

/// <summary>
/// Convolutions of well-known nets, ten images each: the first of CIFAR-10 quick (weight gradients from unpacked
/// images) and its second (Winograd tiles of 5 x 5), LeNet's second, AlexNet's first (packed patches) and its grouped
/// second, a 3 x 3 of VGG (Winograd tiles) and a 1 x 1 of GoogLeNet.
/// </summary>
[MemoryDiagnoser]
public unsafe class ConvolutionBenchmarks : IDisposable
{
    private const int Images = 10;

    private ConvolutionOperands? data;
    private ConvolutionPlan? plan;
    private WorkerPool? pool;

    public enum Geometry
    {
        CifarConv1,
        CifarConv2,
        LeNetConv2,
        AlexNetConv1,
        AlexNetConv2,
        VggConv3,
        GoogLeNetReduce,
    }

    [Params(1, 2)]
    public int Threads { get; set; }

    [ParamsAllValues]
    public Geometry Layer { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        ConvolutionShape shape = Layer switch
        {
            Geometry.CifarConv1 => new(3, 32, 32, 32, 1, 5, 5, 2, 2),
            Geometry.CifarConv2 => new(32, 16, 16, 32, 1, 5, 5, 2, 2),
            Geometry.LeNetConv2 => new(20, 12, 12, 50, 1, 5, 5),
            Geometry.AlexNetConv1 => new(3, 227, 227, 96, 1, 11, 11, 0, 0, 4, 4),
            Geometry.AlexNetConv2 => new(96, 27, 27, 256, 2, 5, 5, 2, 2),
            Geometry.VggConv3 => new(256, 56, 56, 256, 1, 3, 3, 1, 1),
            _ => new(480, 14, 14, 192, 1, 1, 1),
        };
        pool = new WorkerPool(Threads);
        plan = new ConvolutionPlan(shape);
        data = new ConvolutionOperands(shape, Images);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        pool?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Forward() => ConvolutionKernel.Forward(
        pool!, plan!, Images, data!.X.Pointer, data.Weights.Pointer, data.Bias.Pointer, data.Y.Pointer);

    [Benchmark]
    public void WeightGradient() => ConvolutionKernel.WeightGradient(
        pool!, plan!, Images, data!.X.Pointer, data.Dy.Pointer, data.WeightGradient.Pointer);

    [Benchmark]
    public void InputGradient() => ConvolutionKernel.InputGradient(
        pool!, plan!, Images, data!.Dy.Pointer, data.Weights.Pointer, data.Dx.Pointer);
}
