using Cnn.Layers.Kernels.Convolution;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;
using Cnn.Runner.Reports;

namespace Cnn.Bench;

/// <summary>Measures convolutions of well-known networks: the forward pass and both gradients.</summary>
internal static unsafe class ConvolutionBench
{
    public static readonly (string Name, int Images, ConvolutionShape Shape)[] Geometries =
    [
        ("lenet-conv1", 64, new ConvolutionShape(1, 28, 28, 20, 1, 5, 5)),
        ("lenet-conv2", 64, new ConvolutionShape(20, 12, 12, 50, 1, 5, 5)),
        ("cifar-conv1", 100, new ConvolutionShape(3, 32, 32, 32, 1, 5, 5, 2, 2)),
        ("cifar-conv2", 100, new ConvolutionShape(32, 16, 16, 32, 1, 5, 5, 2, 2)),
        ("cifar-conv3", 100, new ConvolutionShape(32, 8, 8, 64, 1, 5, 5, 2, 2)),
        ("alexnet-conv1", 8, new ConvolutionShape(3, 227, 227, 96, 1, 11, 11, 0, 0, 4, 4)),
        ("alexnet-conv2", 8, new ConvolutionShape(96, 27, 27, 256, 2, 5, 5, 2, 2)),
        ("alexnet-conv3", 8, new ConvolutionShape(256, 13, 13, 384, 1, 3, 3, 1, 1)),
        ("alexnet-conv4", 10, new ConvolutionShape(384, 13, 13, 384, 2, 3, 3, 1, 1)),
        ("vgg-conv1_2", 1, new ConvolutionShape(64, 224, 224, 64, 1, 3, 3, 1, 1)),
        ("vgg-conv2_2", 2, new ConvolutionShape(128, 112, 112, 128, 1, 3, 3, 1, 1)),
        ("vgg-conv3_2", 2, new ConvolutionShape(256, 56, 56, 256, 1, 3, 3, 1, 1)),
        ("vgg-conv4_2", 4, new ConvolutionShape(512, 28, 28, 512, 1, 3, 3, 1, 1)),
        ("vgg-conv5_2", 4, new ConvolutionShape(512, 14, 14, 512, 1, 3, 3, 1, 1)),
        ("googlenet-conv1", 4, new ConvolutionShape(3, 224, 224, 64, 1, 7, 7, 3, 3, 2, 2)),
        ("googlenet-conv2", 10, new ConvolutionShape(64, 56, 56, 192, 1, 3, 3, 1, 1)),
        ("googlenet-3b", 10, new ConvolutionShape(128, 28, 28, 192, 1, 3, 3, 1, 1)),
        ("googlenet-4e", 10, new ConvolutionShape(160, 14, 14, 320, 1, 3, 3, 1, 1)),
        ("googlenet-5b", 10, new ConvolutionShape(192, 7, 7, 384, 1, 3, 3, 1, 1)),
        ("googlenet-1x1", 8, new ConvolutionShape(480, 14, 14, 192, 1, 1, 1)),
        ("googlenet-5x5", 8, new ConvolutionShape(32, 14, 14, 96, 1, 5, 5, 2, 2)),
        ("pointwise-112", 1, new ConvolutionShape(32, 112, 112, 64, 1, 1, 1)),
        ("pointwise-56", 1, new ConvolutionShape(128, 56, 56, 128, 1, 1, 1)),
        ("pointwise-56w", 1, new ConvolutionShape(256, 56, 56, 64, 1, 1, 1)),
        ("pointwise-28", 1, new ConvolutionShape(256, 28, 28, 256, 1, 1, 1)),
        ("pointwise-14", 1, new ConvolutionShape(512, 14, 14, 512, 1, 1, 1)),
        ("pointwise-14w", 1, new ConvolutionShape(1024, 14, 14, 256, 1, 1, 1)),
        ("pointwise-7", 1, new ConvolutionShape(1024, 7, 7, 1024, 1, 1, 1)),
        ("pointwise-7w", 1, new ConvolutionShape(2048, 7, 7, 512, 1, 1, 1)),
        ("pointwise-14s2", 1, new ConvolutionShape(1024, 14, 14, 2048, 1, 1, 1, 0, 0, 2, 2)),
        ("points-112", 10, new ConvolutionShape(32, 112, 112, 64, 1, 1, 1)),
        ("points-56", 10, new ConvolutionShape(128, 56, 56, 128, 1, 1, 1)),
        ("points-28", 10, new ConvolutionShape(256, 28, 28, 256, 1, 1, 1)),
        ("points-14", 10, new ConvolutionShape(512, 14, 14, 512, 1, 1, 1)),
        ("points-7", 10, new ConvolutionShape(1024, 7, 7, 1024, 1, 1, 1)),
        ("points-56w", 8, new ConvolutionShape(256, 56, 56, 64, 1, 1, 1)),
        ("points-14w", 8, new ConvolutionShape(1024, 14, 14, 256, 1, 1, 1)),
        ("points-7w", 8, new ConvolutionShape(2048, 7, 7, 512, 1, 1, 1)),
        ("points-14s2", 8, new ConvolutionShape(1024, 14, 14, 2048, 1, 1, 1, 0, 0, 2, 2)),
        ("square-56", 1, new ConvolutionShape(64, 56, 56, 64, 1, 3, 3, 1, 1)),
        ("square-28", 1, new ConvolutionShape(128, 28, 28, 128, 1, 3, 3, 1, 1)),
        ("square-14", 1, new ConvolutionShape(256, 14, 14, 256, 1, 3, 3, 1, 1)),
        ("square-7", 1, new ConvolutionShape(512, 7, 7, 512, 1, 3, 3, 1, 1)),
        ("batch-14", 10, new ConvolutionShape(256, 14, 14, 256, 1, 3, 3, 1, 1)),
        ("batch-7", 10, new ConvolutionShape(512, 7, 7, 512, 1, 3, 3, 1, 1)),
        ("googlenet-7x7", 16, new ConvolutionShape(832, 7, 7, 256, 1, 1, 1)),
    ];

    public static int Run(string[] args)
    {
        string only = Options.Text(args, "--only") ?? "";
        int sets = Options.Number(args, "--sets", 1);
        foreach (int threads in Options.ThreadCounts(args))
        {
            double peak = Peak.Widest(threads);
            Console.WriteLine($"{threads} threads, peak {peak * 1e-9:F1} GFLOP/s");
            using var pool = new WorkerPool(threads);
            foreach (var (name, images, shape) in Geometries)
            {
                if (name.Contains(only, StringComparison.Ordinal))
                {
                    Report(pool, peak, name, images, shape, sets);
                }
            }
        }

        return 0;
    }

    // Each call uses the next of the sets of operands, so that with enough of them the caches hold none, as in a net.
    private static void Report(
        WorkerPool pool, double peak, string name, int images, ConvolutionShape shape, int sets)
    {
        var plan = new ConvolutionPlan(shape);
        var all = Enumerable.Range(0, sets).Select(_ => new ConvolutionOperands(shape, images)).ToArray();
        int call = 0;
        ConvolutionOperands data = all[0];
        double operations = shape.Operations * images;
        Console.WriteLine($"  {name}, {images} images, {operations * 1e-6:F0} MFLOP a pass");
        Line("forward", () => ConvolutionKernel.Forward(
            pool, plan, images, data.X.Pointer, data.Weights.Pointer, data.Bias.Pointer, data.Y.Pointer));
        var packed = new PackedWeights();
        Line("inference", () => ConvolutionKernel.Forward(
            pool, plan, images, data.X.Pointer, data.Weights.Pointer, data.Bias.Pointer, data.Y.Pointer, packed,
            new Rectifier(0)));
        Line("weight gradient", () => ConvolutionKernel.WeightGradient(
            pool, plan, images, data.X.Pointer, data.Dy.Pointer, data.WeightGradient.Pointer));
        Line("input gradient", () => ConvolutionKernel.InputGradient(
            pool, plan, images, data.Dy.Pointer, data.Weights.Pointer, data.Dx.Pointer));

        void Next(Action action)
        {
            data = all[call++ % sets];
            action();
        }

        void Line(string what, Action action) =>
            Console.WriteLine($"    {what,-16}{Measure.Of(() => Next(action), 0.3).Text(operations, peak)}");
    }
}
