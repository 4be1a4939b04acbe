using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Convolution with a connection table, over any number of axes: an output map is its bias plus the sum, over its
/// connections, of the input map convolved with the connection's kernel. Weights are [connections, kernel...]. A part
/// is one map of one image, or one connection for the gradient of the weights; sums follow the table's order.
/// </summary>
internal static unsafe class SparseConvolutionKernel
{
    /// <summary>Computes y from x; the bias may be null.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="shape">The sizes of one channel.</param>
    /// <param name="table">The connections.</param>
    /// <param name="images">Number of images, N.</param>
    /// <param name="x">[N, channels, spatial...].</param>
    /// <param name="weights">[connections, kernel...].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="y">[N, outputs, spatial...]; overwritten.</param>
    public static void Forward(
        WorkerPool pool, ConvolutionShapeNd shape, ConnectionTable table, int images, float* x, float* weights,
        float* bias, float* y)
    {
        var job = new ForwardJob { Shape = shape, Table = table, X = x, Weights = weights, Bias = bias, Y = y };
        pool.Run(images * table.Outputs, ref job);
    }

    /// <summary>Computes dx from dy; overwrites dx.</summary>
    public static void InputGradient(
        WorkerPool pool, ConvolutionShapeNd shape, ConnectionTable table, int images, float* dy, float* weights,
        float* dx)
    {
        var job = new InputJob { Shape = shape, Table = table, Dy = dy, Weights = weights, Dx = dx };
        pool.Run(images * table.Channels, ref job);
    }

    /// <summary>Adds the gradient of the weights to dw.</summary>
    public static void WeightGradient(
        WorkerPool pool, ConvolutionShapeNd shape, ConnectionTable table, int images, float* x, float* dy, float* dw)
    {
        var job = new WeightJob { Shape = shape, Table = table, Images = images, X = x, Dy = dy, Dw = dw };
        pool.Run(table.Count, ref job);
    }

    private struct ForwardJob : IParallelJob
    {
        public ConvolutionShapeNd Shape;
        public ConnectionTable Table;
        public float* X, Weights, Bias, Y;

        public readonly void Run(int part, int worker)
        {
            int image = part / Table.Outputs, output = part % Table.Outputs;
            float* y = Y + ((nint)part * Shape.OutPixels);
            new Span<float>(y, Shape.OutPixels).Fill(Bias == null ? 0 : Bias[output]);
            var (first, end) = Table.OfOutput(output);
            Span<int> memory = stackalloc int[2 * Shape.Size.Length];
            for (int connection = first; connection < end; connection++)
            {
                float* x = X + ((((nint)image * Table.Channels) + Table.InputOf(connection)) * Shape.Pixels);
                float* weights = Weights + ((nint)connection * Shape.KernelTaps);
                var runs = new KernelRuns(Shape, memory);
                while (runs.Next())
                {
                    PixelRuns.AddTo(y + runs.OutPixel, x + runs.Pixel, runs.Step, weights[runs.Tap], runs.Count);
                }
            }
        }
    }

    private struct InputJob : IParallelJob
    {
        public ConvolutionShapeNd Shape;
        public ConnectionTable Table;
        public float* Dy, Weights, Dx;

        public readonly void Run(int part, int worker)
        {
            int image = part / Table.Channels, input = part % Table.Channels;
            float* dx = Dx + ((nint)part * Shape.Pixels);
            new Span<float>(dx, Shape.Pixels).Clear();
            Span<int> memory = stackalloc int[2 * Shape.Size.Length];
            foreach (int connection in Table.OfInput(input))
            {
                float* dy = Dy + ((((nint)image * Table.Outputs) + Table.OutputOf(connection)) * Shape.OutPixels);
                float* weights = Weights + ((nint)connection * Shape.KernelTaps);
                var runs = new KernelRuns(Shape, memory);
                while (runs.Next())
                {
                    PixelRuns.AddFrom(dy + runs.OutPixel, dx + runs.Pixel, runs.Step, weights[runs.Tap], runs.Count);
                }
            }
        }
    }

    private struct WeightJob : IParallelJob
    {
        public ConvolutionShapeNd Shape;
        public ConnectionTable Table;
        public int Images;
        public float* X, Dy, Dw;

        public readonly void Run(int part, int worker)
        {
            float* dw = Dw + ((nint)part * Shape.KernelTaps);
            float* x = X + ((nint)Table.InputOf(part) * Shape.Pixels);
            float* dy = Dy + ((nint)Table.OutputOf(part) * Shape.OutPixels);
            nint stepX = (nint)Table.Channels * Shape.Pixels, stepDy = (nint)Table.Outputs * Shape.OutPixels;
            var runs = new KernelRuns(Shape, stackalloc int[2 * Shape.Size.Length]);
            double sum = 0;
            int tap = 0;
            while (runs.Next())
            {
                if (runs.Tap != tap)
                {
                    dw[tap] += (float)sum;
                    (tap, sum) = (runs.Tap, 0);
                }

                for (int image = 0; image < Images; image++)
                {
                    float* pixels = x + (image * stepX) + runs.Pixel, values = dy + (image * stepDy) + runs.OutPixel;
                    sum += PixelRuns.Dot(values, pixels, runs.Step, runs.Count);
                }
            }

            dw[tap] += (float)sum;
        }
    }
}
