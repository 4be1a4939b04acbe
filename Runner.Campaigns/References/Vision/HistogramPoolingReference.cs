using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>The share of each bin among the values of a window; a value between two centres counts for both in proportion.</summary>
[Reference("HistogramPooling")]
internal sealed class HistogramPoolingReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        HistogramPoolingParameter options = call.Layer.HistogramPoolingParam;
        ReferenceBlob x = call.Bottoms[0];
        var (rows, columns) = Windows(options, x);
        int bins = (int)options.Bins;
        ReferenceBlob y = call.Top(0, x.Shape[0], x.Shape[1] * bins, rows.Count, columns.Count);
        var pooling = new PlanePooling(rows, columns);
        for (int plane = 0; plane < x.CountOf(0, 2); plane++)
        {
            for (int window = 0; window < pooling.Count; window++)
            {
                int[] pixels = [.. pooling.Pixels(window)];
                foreach (int pixel in pixels)
                {
                    double value = x.Data[(plane * x.CountOf(2)) + pixel];
                    double place = (value - options.Min) / ((double)options.Max - options.Min) * (bins - 1);
                    for (int bin = 0; bin < bins; bin++)
                    {
                        double share = Math.Max(0, 1 - Math.Abs(Math.Clamp(place, 0, bins - 1) - bin));
                        y.Data[(((plane * bins) + bin) * pooling.Count) + window] += share / pixels.Length;
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new HistogramPoolingParameter();
        if (random.Chance(0.4))
        {
            (options.KernelH, options.KernelW) = ((uint)random.Between(1, 4), (uint)random.Between(1, 4));
        }
        else
        {
            options.KernelSize = (uint)random.Between(1, 4);
        }

        if (random.Chance(0.25))
        {
            (options.StrideH, options.StrideW) = ((uint)random.Between(1, 4), (uint)random.Between(1, 4));
        }
        else
        {
            random.Maybe(() => options.Stride = (uint)random.Between(1, 4));
        }

        random.Maybe(() => options.Bins = (uint)random.Between(2, 12));
        random.Maybe(() => options.Min = random.Between(-1, 0.2f));
        random.Maybe(() => options.Max = random.Between(0.6f, 2));
        int channels = random.Between(1, 3);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, HistogramPoolingParam = options },
            Bottoms = [new ReferenceBottom(Shape(), Fillings.Uniform(-1.2f, 2.2f)) { LaterShape = random.Chance(0.3) ? Shape() : null }],
            Passes = random.Between(1, 2),
        };

        int[] Shape()
        {
            var (rows, columns) = Windows(options, new ReferenceBlob(1, 1, 9, 9));
            return [random.Between(1, 3), channels, rows.Kernel + random.Between(0, 6), columns.Kernel + random.Between(0, 6)];
        }
    }

    private static (PoolingWindows Rows, PoolingWindows Columns) Windows(HistogramPoolingParameter options, ReferenceBlob x)
    {
        int high = (int)(options.HasKernelH ? options.KernelH : options.KernelSize);
        int wide = (int)(options.HasKernelH ? options.KernelW : options.KernelSize);
        int down = options.HasStrideH ? (int)options.StrideH : options.HasStride ? (int)options.Stride : high;
        int right = options.HasStrideH ? (int)options.StrideW : options.HasStride ? (int)options.Stride : wide;
        return (
            PoolingWindows.Of(x.Shape[2], high, down, 0, 0, isCeil: false, isPadded: false),
            PoolingWindows.Of(x.Shape[3], wide, right, 0, 0, isCeil: false, isPadded: false));
    }
}
