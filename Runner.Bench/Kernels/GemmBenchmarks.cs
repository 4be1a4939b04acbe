using BenchmarkDotNet.Attributes;
using Cnn.Layers;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Bench.Kernels;

/// <summary>
/// GEMM: a square one, and AlexNet's fc7 for one image and for ten, which is bound by the memory traffic of the
/// weights.
/// </summary>
[MemoryDiagnoser]
public unsafe class GemmBenchmarks : IDisposable
{
    private const int Size = 1024, Width = 4096;

    private readonly AlignedBuffer a = new(Size * Size), b = new(Size * Size), c = new(Size * Size);
    private readonly AlignedBuffer x = new(10 * Width), weights = new(Width * Width), y = new(10 * Width);
    private WorkerPool? pool;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        pool = new WorkerPool(Threads);
        foreach (AlignedBuffer buffer in (AlignedBuffer[])[a, b, x, weights])
        {
            buffer.Span.Fill(0.5f);
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        pool?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void Square1024() =>
        GemmKernel.Run(pool!, false, false, Size, Size, Size, a.Pointer, Size, b.Pointer, Size, c.Pointer, Size);

    [Benchmark]
    [Arguments(1)]
    [Arguments(10)]
    public void FullyConnected4096(int images) => GemmKernel.Run(
        pool!, false, true, images, Width, Width, x.Pointer, Width, weights.Pointer, Width, y.Pointer, Width);
}
