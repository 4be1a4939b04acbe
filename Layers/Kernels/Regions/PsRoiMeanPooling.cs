using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Regions;

/// <summary>
/// The mean of each cell of each region, each cell from a channel of its own (Dai et al. 2016, "R-FCN", equation 1):
/// output (c, row, column) reads channel <c>(c rows + row) columns + column</c>, so that channels and outputs of a
/// region lie in the same order; 0 where a cell has no pixels.
/// </summary>
/// <remarks>
/// A part is sixteen channels of an image, a cache line of each region's outputs, and some of the regions; the gradient
/// of a map adds up the regions in order.
/// </remarks>
internal static unsafe class PsRoiMeanPooling
{
    private const int ChannelsPerPart = 16;
    private const int RegionsPerPart = 64;

    /// <summary>Computes y from x.</summary>
    /// <param name="x">[N, C, H, W], C being a multiple of the cells.</param>
    /// <param name="cells">The regions' cells.</param>
    /// <param name="y">[R, C]: the outputs of a region in the order of the channels.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Forward(float* x, RegionCells cells, float* y, RegionShape shape, WorkerPool pool)
    {
        KernelGuard.Array(x, shape.Images, shape.Channels, shape.PlaneSize);
        KernelGuard.Array(y, shape.Regions, shape.Channels);
        int groups = Groups(shape), chunks = (shape.Regions + RegionsPerPart - 1) / RegionsPerPart;
        var job = new ForwardJob(x, cells, y, shape, groups, chunks);
        pool.Run(checked(shape.Images * chunks * groups), ref job);
    }

    /// <summary>Computes dx from dy: each value divided by its cell's pixels and added to each of them.</summary>
    public static void Backward(float* dy, RegionCells cells, float* dx, RegionShape shape, WorkerPool pool)
    {
        KernelGuard.Array(dy, shape.Regions, shape.Channels);
        KernelGuard.Array(dx, shape.Images, shape.Channels, shape.PlaneSize);
        int groups = Groups(shape);
        var job = new BackwardJob(dy, cells, dx, shape, groups);
        pool.Run(checked(shape.Images * groups), ref job);
    }

    private static int Groups(RegionShape shape) => (shape.Channels + ChannelsPerPart - 1) / ChannelsPerPart;

    private static float Mean(float* plane, int width, (int Top, int Bottom, int Left, int Right) window)
    {
        int columns = window.Right - window.Left;
        if (columns <= 0 || window.Bottom <= window.Top)
        {
            return 0;
        }

        double sum = 0;
        for (int h = window.Top; h < window.Bottom; h++)
        {
            float* from = plane + ((long)h * width) + window.Left;
            for (int i = 0; i < columns; i++)
            {
                sum += from[i];
            }
        }

        return (float)(sum / ((double)columns * (window.Bottom - window.Top)));
    }

    private static void Spread(float value, float* plane, int width, (int Top, int Bottom, int Left, int Right) window)
    {
        int columns = window.Right - window.Left;
        if (columns <= 0 || window.Bottom <= window.Top)
        {
            return;
        }

        float share = (float)(value / ((double)columns * (window.Bottom - window.Top)));
        for (int h = window.Top; h < window.Bottom; h++)
        {
            float* to = plane + ((long)h * width) + window.Left;
            for (int i = 0; i < columns; i++)
            {
                to[i] += share;
            }
        }
    }

    private readonly struct ForwardJob(
        float* x, RegionCells cells, float* y, RegionShape shape, int groups, int chunks) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int first = part % groups * ChannelsPerPart, chunk = part / groups % chunks, image = part / groups / chunks;
            int last = Math.Min(shape.Channels, first + ChannelsPerPart);
            int end = Math.Min(shape.Regions, (chunk + 1) * RegionsPerPart);
            for (int region = chunk * RegionsPerPart; region < end; region++)
            {
                if (cells.Image(region) != image)
                {
                    continue;
                }

                for (int c = first; c < last; c++)
                {
                    int cell = c % shape.Cells;
                    y[((long)region * shape.Channels) + c] = Mean(
                        x + ((((long)image * shape.Channels) + c) * shape.PlaneSize),
                        shape.Width,
                        cells.Cell(region, cell / shape.Columns, cell % shape.Columns));
                }
            }
        }
    }

    private readonly struct BackwardJob(
        float* dy, RegionCells cells, float* dx, RegionShape shape, int groups) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int first = part % groups * ChannelsPerPart, image = part / groups;
            int last = Math.Min(shape.Channels, first + ChannelsPerPart);
            for (int c = first; c < last; c++)
            {
                int cell = c % shape.Cells;
                float* plane = dx + ((((long)image * shape.Channels) + c) * shape.PlaneSize);
                new Span<float>(plane, shape.PlaneSize).Clear();
                for (int region = 0; region < shape.Regions; region++)
                {
                    if (cells.Image(region) == image)
                    {
                        Spread(
                            dy[((long)region * shape.Channels) + c],
                            plane,
                            shape.Width,
                            cells.Cell(region, cell / shape.Columns, cell % shape.Columns));
                    }
                }
            }
        }
    }
}
