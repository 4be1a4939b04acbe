using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Regions;

/// <summary>
/// The greatest value of each cell of each region and its place: the index h * W + w in its plane, the first among
/// equals; 0 and -1 where a cell has no pixels. (Girshick 2015, "Fast R-CNN", section 2.1.)
/// </summary>
/// <remarks>
/// Sixteen channels lie side by side, so that a cell of any width is read in whole vectors. A part is sixteen channels
/// of an image and some of its regions.
/// </remarks>
internal static unsafe class RoiMaxPooling
{
    // A part reads sixteen maps once and pools enough regions to be worth that.
    private const int RegionsPerPart = 128;

    // Above this number of pixels, sixteen maps side by side would take more than 4 MB.
    private const int LargestPlane = 1 << 16;

    /// <summary>Computes y and the indices from x; only y where the indices are null.</summary>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="cells">The regions' cells.</param>
    /// <param name="y">[R, C, rows, columns].</param>
    /// <param name="indices">[R, C, rows, columns]; may be null.</param>
    /// <param name="shape">The sizes.</param>
    /// <param name="pool">The threads to compute with.</param>
    public static void Forward(
        float* x, RegionCells cells, float* y, int* indices, RegionShape shape, WorkerPool pool)
    {
        KernelGuard.Array(x, shape.Images, shape.Channels, shape.PlaneSize);
        KernelGuard.Array(y, shape.Regions, shape.Channels, shape.Cells);
        KernelGuard.ArrayOrNull(indices, shape.Regions, shape.Channels, shape.Cells);
        int groups = Groups(shape), chunks = (shape.Regions + RegionsPerPart - 1) / RegionsPerPart;
        var job = new ForwardJob(x, cells, y, indices, shape, groups, chunks, pool);
        pool.Run(checked(shape.Images * chunks * groups), ref job);
    }

    /// <summary>Computes dx from dy: adds each value at the place of its maximum, region by region.</summary>
    public static void Backward(
        float* dy, RegionCells cells, int* indices, float* dx, RegionShape shape, WorkerPool pool)
    {
        KernelGuard.Array(dy, shape.Regions, shape.Channels, shape.Cells);
        KernelGuard.Array(indices, shape.Regions, shape.Channels, shape.Cells);
        KernelGuard.Array(dx, shape.Images, shape.Channels, shape.PlaneSize);
        int groups = Groups(shape);
        var job = new BackwardJob(dy, cells, indices, dx, shape, groups);
        pool.Run(checked(shape.Images * groups), ref job);
    }

    /// <summary>Computes one channel of one region, cell by cell; the indices may be null.</summary>
    public static void ForwardReference(
        float* plane, RegionCells cells, int region, float* y, int* indices, RegionShape shape)
    {
        for (int cell = 0; cell < shape.Cells; cell++)
        {
            var (top, bottom, left, right) = cells.Cell(region, cell / shape.Columns, cell % shape.Columns);
            float max = bottom > top && right > left ? float.MinValue : 0;
            int at = -1;
            for (int h = top; h < bottom; h++)
            {
                for (int w = left; w < right; w++)
                {
                    if (plane[(h * shape.Width) + w] > max)
                    {
                        at = (h * shape.Width) + w;
                        max = plane[at];
                    }
                }
            }

            y[cell] = max;
            if (indices != null)
            {
                indices[cell] = cells.IsTurned(region) ? -1 : at;
            }
        }
    }

    private static int Groups(RegionShape shape) => (shape.Channels + PlaneLanes.Count - 1) / PlaneLanes.Count;

    private readonly struct ForwardJob(
        float* x, RegionCells cells, float* y, int* indices, RegionShape shape, int groups, int chunks,
        WorkerPool pool) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int first = part % groups * PlaneLanes.Count, rest = part / groups;
            int chunk = rest % chunks, image = rest / chunks;
            int count = Math.Min(PlaneLanes.Count, shape.Channels - first);
            int end = Math.Min(shape.Regions, (chunk + 1) * RegionsPerPart);
            float* planes = x + ((((long)image * shape.Channels) + first) * shape.PlaneSize);
            float* lanes = null;
            for (int region = chunk * RegionsPerPart; region < end; region++)
            {
                if (cells.Image(region) != image)
                {
                    continue;
                }

                if (shape.PlaneSize <= LargestPlane)
                {
                    lanes = lanes == null ? Load(planes, count, worker) : lanes;
                    Pool(lanes, region, first, count);
                    continue;
                }

                for (int c = 0; c < count; c++)
                {
                    long at = (((long)region * shape.Channels) + first + c) * shape.Cells;
                    ForwardReference(
                        planes + ((long)c * shape.PlaneSize),
                        cells,
                        region,
                        y + at,
                        indices == null ? null : indices + at,
                        shape);
                }
            }
        }

        // The maxima and places of one region follow the maps.
        private float* Load(float* planes, int count, int worker)
        {
            long floats = PlaneLanes.Count * ((long)shape.PlaneSize + (2L * shape.Cells));
            float* lanes = pool.Scratch(worker, ScratchSlot.Layer, floats);
            PlaneLanes.Load(planes, shape.PlaneSize, count, shape.PlaneSize, lanes);
            return lanes;
        }

        private void Pool(float* lanes, int region, int first, int count)
        {
            float* maxima = lanes + ((long)PlaneLanes.Count * shape.PlaneSize);
            float* places = maxima + ((long)PlaneLanes.Count * shape.Cells);
            for (int cell = 0; cell < shape.Cells; cell++)
            {
                var window = cells.Cell(region, cell / shape.Columns, cell % shape.Columns);
                float* max = maxima + (PlaneLanes.Count * cell);
                if (window.Bottom <= window.Top || window.Right <= window.Left)
                {
                    Vector512<float>.Zero.Store(max);
                    Vector512<int>.AllBitsSet.AsSingle().Store(places + (PlaneLanes.Count * cell));
                }
                else if (indices == null)
                {
                    Greatest(lanes, window).Store(max);
                }
                else
                {
                    Greatest(lanes, window, max, places + (PlaneLanes.Count * cell));
                }
            }

            long at = (((long)region * shape.Channels) + first) * shape.Cells;
            PlaneLanes.Store(maxima, y + at, shape.Cells, count, shape.Cells);
            if (indices == null)
            {
                return;
            }

            if (cells.IsTurned(region))
            {
                new Span<int>(indices + at, count * shape.Cells).Fill(-1);
                return;
            }

            PlaneLanes.Store(places, (float*)indices + at, shape.Cells, count, shape.Cells);
        }

        private Vector512<float> Greatest(float* lanes, (int Top, int Bottom, int Left, int Right) window)
        {
            Vector512<float> max = Vector512.Create(float.MinValue);
            for (int h = window.Top; h < window.Bottom; h++)
            {
                float* from = lanes + (PlaneLanes.Count * (long)((h * shape.Width) + window.Left));
                for (int w = window.Left; w < window.Right; w++, from += PlaneLanes.Count)
                {
                    Vector512<float> value = Vector512.Load(from);
                    max = Vector512.ConditionalSelect(Vector512.GreaterThan(value, max), value, max);
                }
            }

            return max;
        }

        private void Greatest(
            float* lanes, (int Top, int Bottom, int Left, int Right) window, float* maxTo, float* placeTo)
        {
            Vector512<float> max = Vector512.Create(float.MinValue);
            Vector512<int> place = Vector512<int>.AllBitsSet;
            for (int h = window.Top; h < window.Bottom; h++)
            {
                int at = (h * shape.Width) + window.Left;
                float* from = lanes + (PlaneLanes.Count * (long)at);
                for (int w = window.Left; w < window.Right; w++, at++, from += PlaneLanes.Count)
                {
                    Vector512<float> value = Vector512.Load(from);
                    Vector512<float> isGreater = Vector512.GreaterThan(value, max);
                    max = Vector512.ConditionalSelect(isGreater, value, max);
                    place = Vector512.ConditionalSelect(isGreater.AsInt32(), Vector512.Create(at), place);
                }
            }

            max.Store(maxTo);
            place.AsSingle().Store(placeTo);
        }
    }

    private readonly struct BackwardJob(
        float* dy, RegionCells cells, int* indices, float* dx, RegionShape shape, int groups) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int first = part % groups * PlaneLanes.Count, image = part / groups;
            int count = Math.Min(PlaneLanes.Count, shape.Channels - first);
            float* planes = dx + ((((long)image * shape.Channels) + first) * shape.PlaneSize);
            for (int c = 0; c < count; c++)
            {
                new Span<float>(planes + ((long)c * shape.PlaneSize), shape.PlaneSize).Clear();
            }

            for (int region = 0; region < shape.Regions; region++)
            {
                if (cells.Image(region) != image)
                {
                    continue;
                }

                long from = (((long)region * shape.Channels) + first) * shape.Cells;
                for (int c = 0; c < count; c++, from += shape.Cells)
                {
                    float* plane = planes + ((long)c * shape.PlaneSize);
                    for (int cell = 0; cell < shape.Cells; cell++)
                    {
                        int at = indices[from + cell];
                        if (at >= 0)
                        {
                            plane[at] += dy[from + cell];
                        }
                    }
                }
            }
        }
    }
}
