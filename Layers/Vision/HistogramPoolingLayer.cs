using Cnn.Layers.Kernels.Pooling;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// The histogram of each window's values: [N, C, H, W] to [N, C * bins, H', W'], where channel c * bins + b holds the
/// share of bin b in the windows of channel c, so that a window's bins add up to 1.
/// <c>H' = (H - kernel) / stride + 1</c> rounded down: rows and columns left over that do not fill a window are
/// ignored. The bins' centres are evenly spaced from <c>min</c> to <c>max</c>; a value between two centres counts for
/// both in proportion, so that a gradient exists; a value beyond the outermost centres counts for the outermost bin.
/// </summary>
/// <remarks>
/// The soft bins are those of linear interpolation, as Dalal and Triggs vote for their histograms of gradients
/// ("Histograms of oriented gradients for human detection", CVPR 2005, section 6.3).
/// </remarks>
[LayerType("HistogramPooling")]
internal sealed unsafe class HistogramPoolingLayer(LayerContext context) : Layer(context)
{
    private const uint MostBins = 1 << 20;

    private readonly HistogramPoolingParameter options =
        context.Parameter.HistogramPoolingParam ??= new HistogramPoolingParameter();

    private UnpaddedWindows windows;
    private PoolingShape shape;
    private HistogramBins bins;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        HistogramPoolingParameter o = options;
        windows = UnpaddedWindows.Read(Context, options);
        if (o.Bins is < 2 or > MostBins)
        {
            throw Context.Error(
                o, HistogramPoolingParameter.BinsFieldNumber, $"bins is {o.Bins}, expected 2 to {MostBins}");
        }

        if (!float.IsFinite(o.Min) || !float.IsFinite(o.Max) || o.Min >= o.Max)
        {
            throw Context.Error(
                o,
                HistogramPoolingParameter.MaxFieldNumber,
                $"min is {o.Min} and max {o.Max}",
                "max must be above min");
        }

        bins = new HistogramBins((int)o.Bins, o.Min, o.Max);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        shape = windows.Over(Context, bottoms[0]);
        long count = BlobSize.Of(
            Math.Max(1, bottoms[0].Dim(0)), bottoms[0].Dim(1), bins.Count, shape.PooledHeight, shape.PooledWidth);
        if (count > BlobSize.Most)
        {
            throw Context.Error(
                options,
                HistogramPoolingParameter.BinsFieldNumber,
                $"{bins.Count} bins of each window of bottom '{Parameter.Bottom[0]}' of shape "
                + $"{bottoms[0].ShapeText} are too many: {BlobSize.Excess(count)}");
        }

        tops[0].Reshape(bottoms[0].Dim(0), bottoms[0].Dim(1) * bins.Count, shape.PooledHeight, shape.PooledWidth);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        HistogramPooling.Forward(
            bottoms[0].DataPointer, tops[0].DataPointer, bottoms[0].CountOf(0, 2), shape, bins, Context.Pool);

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            HistogramPooling.Backward(
                bottoms[0].DataPointer, tops[0].DiffPointer, bottoms[0].DiffPointer, bottoms[0].CountOf(0, 2), shape,
                bins, Context.Pool);
        }
    }
}
