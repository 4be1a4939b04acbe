using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Flow;

/// <summary>
/// Moves images along a flow: <c>y[c, h, w]</c> is x at the point (w + flow[0, h, w], h + flow[1, h, w]), interpolated
/// between its four neighbours, of which those beyond the last row or column are the last; a fill value where the point
/// is outside the image. (Ilg et al. 2017, "FlowNet 2.0", section 4.1; Jaderberg et al. 2015, equations 5 to 7.)
/// </summary>
internal static unsafe class FlowWarpKernel
{
    private const int RowsPerPart = 8;
    private const int ChannelsPerPart = 8;

    /// <summary>Computes y.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="flow">[N, 2, H, W]: along the columns, then along the rows.</param>
    /// <param name="y">[N, C, H, W].</param>
    /// <param name="size">N, C, H and W.</param>
    /// <param name="fill">The value outside.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Forward(
        float* x, float* flow, float* y, (int Images, int Channels, int Height, int Width) size, float fill,
        WorkerPool pool)
    {
        KernelGuard.Array(x, size.Images, size.Channels, size.Height, size.Width);
        KernelGuard.Array(flow, size.Images, 2, size.Height, size.Width);
        KernelGuard.Array(y, size.Images, size.Channels, size.Height, size.Width);
        int rows = size.Images * size.Height;
        var job = new ForwardJob(x, flow, y, size, fill);
        pool.Run((rows + RowsPerPart - 1) / RowsPerPart, ref job);
    }

    /// <summary>Computes dx: adds each value to its point's neighbours, in the order of the pixels.</summary>
    public static void ImageGradient(
        float* dy, float* flow, float* dx, (int Images, int Channels, int Height, int Width) size, WorkerPool pool)
    {
        KernelGuard.Array(dy, size.Images, size.Channels, size.Height, size.Width);
        KernelGuard.Array(flow, size.Images, 2, size.Height, size.Width);
        KernelGuard.Array(dx, size.Images, size.Channels, size.Height, size.Width);
        var job = new ImageGradientJob(dy, flow, dx, size);
        pool.Run(checked(size.Images * ((size.Channels + ChannelsPerPart - 1) / ChannelsPerPart)), ref job);
    }

    /// <summary>
    /// Computes the gradient of the flow: differences of the neighbours; 0 where the point is outside.
    /// </summary>
    public static void FlowGradient(
        float* dy, float* x, float* flow, float* flowGradient,
        (int Images, int Channels, int Height, int Width) size, WorkerPool pool)
    {
        KernelGuard.Array(dy, size.Images, size.Channels, size.Height, size.Width);
        KernelGuard.Array(x, size.Images, size.Channels, size.Height, size.Width);
        KernelGuard.Array(flow, size.Images, 2, size.Height, size.Width);
        KernelGuard.Array(flowGradient, size.Images, 2, size.Height, size.Width);
        int rows = size.Images * size.Height;
        var job = new FlowGradientJob(dy, x, flow, flowGradient, size);
        pool.Run((rows + RowsPerPart - 1) / RowsPerPart, ref job);
    }

    // A point between its four neighbours: their places in a plane, and how far it is from the first.
    private readonly struct Point(int topLeft, int right, int down, float x, float y)
    {
        public int TopLeft => topLeft;

        public int TopRight => topLeft + right;

        public int BottomLeft => topLeft + down;

        public int BottomRight => topLeft + down + right;

        public float X => x;

        public float Y => y;

        public bool IsInside => topLeft >= 0;

        public static Point At(float* flow, int h, int w, int height, int width)
        {
            long at = ((long)h * width) + w;
            float x = w + flow[at], y = h + flow[((long)height * width) + at];
            if (!(x >= 0 && y >= 0 && x < width && y < height))
            {
                return new Point(-1, 0, 0, 0, 0);
            }

            int column = (int)x, row = (int)y;
            return new Point(
                (row * width) + column,
                column < width - 1 ? 1 : 0,
                row < height - 1 ? width : 0,
                x - column,
                y - row);
        }
    }

    private readonly struct ForwardJob(
        float* x, float* flow, float* y, (int Images, int Channels, int Height, int Width) size,
        float fill) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int plane = size.Height * size.Width, end = Math.Min(size.Images * size.Height, (part + 1) * RowsPerPart);
            for (int row = part * RowsPerPart; row < end; row++)
            {
                int image = row / size.Height, h = row % size.Height;
                float* from = x + ((long)image * size.Channels * plane);
                float* to = y + ((long)image * size.Channels * plane) + ((long)h * size.Width);
                for (int w = 0; w < size.Width; w++)
                {
                    var point = Point.At(flow + ((long)image * 2 * plane), h, w, size.Height, size.Width);
                    for (int c = 0; c < size.Channels; c++)
                    {
                        to[((long)c * plane) + w] = point.IsInside ? Value(from + ((long)c * plane), point) : fill;
                    }
                }
            }
        }

        private static float Value(float* plane, Point point) =>
            ((1 - point.X) * (1 - point.Y) * plane[point.TopLeft])
            + (point.X * (1 - point.Y) * plane[point.TopRight])
            + ((1 - point.X) * point.Y * plane[point.BottomLeft])
            + (point.X * point.Y * plane[point.BottomRight]);
    }

    private readonly struct ImageGradientJob(
        float* dy, float* flow, float* dx, (int Images, int Channels, int Height, int Width) size) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int groups = (size.Channels + ChannelsPerPart - 1) / ChannelsPerPart, plane = size.Height * size.Width;
            int image = part / groups, first = part % groups * ChannelsPerPart;
            int count = Math.Min(ChannelsPerPart, size.Channels - first);
            long start = (((long)image * size.Channels) + first) * plane;
            for (int c = 0; c < count; c++)
            {
                new Span<float>(dx + start + ((long)c * plane), plane).Clear();
            }

            for (int at = 0; at < plane; at++)
            {
                var point = Point.At(
                    flow + ((long)image * 2 * plane), at / size.Width, at % size.Width, size.Height, size.Width);
                for (int c = 0; c < count && point.IsInside; c++)
                {
                    Spread(dy[start + ((long)c * plane) + at], dx + start + ((long)c * plane), point);
                }
            }
        }

        private static void Spread(float value, float* plane, Point point)
        {
            plane[point.TopLeft] += (1 - point.X) * (1 - point.Y) * value;
            plane[point.TopRight] += point.X * (1 - point.Y) * value;
            plane[point.BottomLeft] += (1 - point.X) * point.Y * value;
            plane[point.BottomRight] += point.X * point.Y * value;
        }
    }

    private readonly struct FlowGradientJob(
        float* dy, float* x, float* flow, float* flowGradient,
        (int Images, int Channels, int Height, int Width) size) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int plane = size.Height * size.Width, end = Math.Min(size.Images * size.Height, (part + 1) * RowsPerPart);
            for (int row = part * RowsPerPart; row < end; row++)
            {
                int image = row / size.Height, h = row % size.Height;
                for (int w = 0; w < size.Width; w++)
                {
                    var (byX, byY) = Gradient(image, h, w);
                    float* to = flowGradient + ((long)image * 2 * plane) + ((long)h * size.Width) + w;
                    (to[0], to[plane]) = (byX, byY);
                }
            }
        }

        private (float ByX, float ByY) Gradient(int image, int h, int w)
        {
            int plane = size.Height * size.Width;
            var point = Point.At(flow + ((long)image * 2 * plane), h, w, size.Height, size.Width);
            double byX = 0, byY = 0;
            for (int c = 0; c < size.Channels && point.IsInside; c++)
            {
                long start = (((long)image * size.Channels) + c) * plane;
                float* from = x + start;
                double gradient = dy[start + ((long)h * size.Width) + w];
                double topLeft = from[point.TopLeft], topRight = from[point.TopRight];
                double bottomLeft = from[point.BottomLeft], bottomRight = from[point.BottomRight];
                byX += gradient
                    * (((1 - point.Y) * (topRight - topLeft)) + (point.Y * (bottomRight - bottomLeft)));
                byY += gradient
                    * (((1 - point.X) * (bottomLeft - topLeft)) + (point.X * (bottomRight - topRight)));
            }

            return ((float)byX, (float)byY);
        }
    }
}
