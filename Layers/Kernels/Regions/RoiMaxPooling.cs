using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Regions;

/// <summary>
/// The greatest value of each cell of each region and its place: the index h * W + w in its plane, the first among
/// equals; 0 and -1 where a cell has no pixels. (Girshick 2015, "Fast R-CNN", section 2.1.)
/// </summary>
/// <remarks>
/// Sixteen channels lie side by side, so that a cell of any width is read in whole vectors. A part is sixty-four
/// channels of an image and some of its regions; a part of the gradient is sixteen channels, to which the regions are
/// added in order.
/// </remarks>
internal static unsafe class RoiMaxPooling
{
    // Sixteen channels lie side by side, and so many of these are pooled together.
    private const int Stacks = 4;
    private const int ChannelsPerPart = Stacks * PlaneLanes.Count;

    // A part of the gradient writes to so many maps.
    private const int ChannelsPerGradient = 16;

    // A part reads its maps once and pools enough regions to be worth that.
    private const int RegionsPerPart = 64;

    // Above this number of pixels, the maps of a part would take more than 4 MB.
    private const int LargestPlane = 1 << 14;

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
        int groups = (shape.Channels + ChannelsPerGradient - 1) / ChannelsPerGradient;
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

    private static int Groups(RegionShape shape) => (shape.Channels + ChannelsPerPart - 1) / ChannelsPerPart;

    private readonly struct ForwardJob(
        float* x, RegionCells cells, float* y, int* indices, RegionShape shape, int groups, int chunks,
        WorkerPool pool) : IParallelJob
    {
        private readonly long lanesSize = PlaneLanes.Count * (long)shape.PlaneSize;
        private readonly long cellsSize = PlaneLanes.Count * (long)shape.Cells;

        public void Run(int part, int worker)
        {
            int first = part % groups * ChannelsPerPart, rest = part / groups;
            int chunk = rest % chunks, image = rest / chunks;
            int count = Math.Min(ChannelsPerPart, shape.Channels - first);
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

        // The maps, then the maxima of one region, then their places; sixteen channels after the other. Lanes that no
        // channel fills are pooled like the others and not stored.
        private float* Load(float* planes, int count, int worker)
        {
            float* lanes = pool.Scratch(worker, ScratchSlot.Layer, Stacks * (lanesSize + (2 * cellsSize)));
            for (int c = 0; c < count; c += PlaneLanes.Count)
            {
                PlaneLanes.Load(
                    planes + ((long)c * shape.PlaneSize),
                    shape.PlaneSize,
                    Math.Min(PlaneLanes.Count, count - c),
                    shape.PlaneSize,
                    lanes + (c / PlaneLanes.Count * lanesSize));
            }

            return lanes;
        }

        private void Pool(float* lanes, int region, int first, int count)
        {
            float* maxima = lanes + (Stacks * lanesSize), places = maxima + (Stacks * cellsSize);
            bool isWide = count > PlaneLanes.Count;
            for (int cell = 0; cell < shape.Cells; cell++)
            {
                var window = cells.Cell(region, cell / shape.Columns, cell % shape.Columns);
                long at = (long)PlaneLanes.Count * cell;
                if (window.Bottom <= window.Top || window.Right <= window.Left)
                {
                    Clear(maxima + at, places + at);
                }
                else if (isWide)
                {
                    GreatestOfFour(lanes, window, maxima + at, places + at);
                }
                else
                {
                    Greatest(lanes, window, maxima + at, places + at);
                }
            }

            for (int c = 0; c < count; c += PlaneLanes.Count)
            {
                int planes = Math.Min(PlaneLanes.Count, count - c);
                long at = (((long)region * shape.Channels) + first + c) * shape.Cells;
                long from = c / PlaneLanes.Count * cellsSize;
                PlaneLanes.Store(maxima + from, y + at, shape.Cells, planes, shape.Cells);
                if (indices != null && cells.IsTurned(region))
                {
                    new Span<int>(indices + at, planes * shape.Cells).Fill(-1);
                }
                else if (indices != null)
                {
                    PlaneLanes.Store(places + from, (float*)indices + at, shape.Cells, planes, shape.Cells);
                }
            }
        }

        private void Clear(float* maxTo, float* placeTo)
        {
            for (int i = 0; i < Stacks; i++)
            {
                Vector512<float>.Zero.Store(maxTo + (i * cellsSize));
                Vector512<int>.AllBitsSet.AsSingle().Store(placeTo + (i * cellsSize));
            }
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
                    Take(from, Vector512.Create(at), ref max, ref place);
                }
            }

            max.Store(maxTo);
            place.AsSingle().Store(placeTo);
        }

        // Sixty-four channels at once: most of the time would go into the ends of short rows.
        private void GreatestOfFour(
            float* lanes, (int Top, int Bottom, int Left, int Right) window, float* maxTo, float* placeTo)
        {
            Vector512<float> max0 = Vector512.Create(float.MinValue), max1 = max0, max2 = max0, max3 = max0;
            Vector512<int> place0 = Vector512<int>.AllBitsSet, place1 = place0, place2 = place0, place3 = place0;
            for (int h = window.Top; h < window.Bottom; h++)
            {
                int at = (h * shape.Width) + window.Left;
                float* from = lanes + (PlaneLanes.Count * (long)at);
                for (int w = window.Left; w < window.Right; w++, at++, from += PlaneLanes.Count)
                {
                    Vector512<int> here = Vector512.Create(at);
                    Take(from, here, ref max0, ref place0);
                    Take(from + lanesSize, here, ref max1, ref place1);
                    Take(from + (2 * lanesSize), here, ref max2, ref place2);
                    Take(from + (3 * lanesSize), here, ref max3, ref place3);
                }
            }

            max0.Store(maxTo);
            max1.Store(maxTo + cellsSize);
            max2.Store(maxTo + (2 * cellsSize));
            max3.Store(maxTo + (3 * cellsSize));
            place0.AsSingle().Store(placeTo);
            place1.AsSingle().Store(placeTo + cellsSize);
            place2.AsSingle().Store(placeTo + (2 * cellsSize));
            place3.AsSingle().Store(placeTo + (3 * cellsSize));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Take(float* from, Vector512<int> here, ref Vector512<float> max, ref Vector512<int> place)
        {
            Vector512<float> value = Vector512.Load(from);
            Vector512<float> isGreater = Vector512.GreaterThan(value, max);
            max = Vector512.ConditionalSelect(isGreater, value, max);
            place = Vector512.ConditionalSelect(isGreater.AsInt32(), here, place);
        }
    }

    private readonly struct BackwardJob(
        float* dy, RegionCells cells, int* indices, float* dx, RegionShape shape, int groups) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            int first = part % groups * ChannelsPerGradient, image = part / groups;
            int count = Math.Min(ChannelsPerGradient, shape.Channels - first);
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
