using Cnn.Layers.Kernels.Regions;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// The maxima over a grid of cells in each region: [N, C, H, W] and regions [R, 5] to [R, C, pooled_h, pooled_w]. The
/// corners are multiplied by <c>spatial_scale</c> and rounded, half away from zero; both belong to the region. Cell p
/// of n covers <c>floor(p size / n)</c> to <c>ceil((p + 1) size / n)</c>, clipped to the map; one without pixels gives
/// 0. (Girshick 2015, "Fast R-CNN", section 2.1.)
/// </summary>
/// <remarks>
/// The gradient goes to the first maximum of a cell. A region that ends before it starts is pooled as one pixel and, as
/// in the forks, passes no gradient.
/// </remarks>
[LayerType("ROIPooling")]
internal sealed unsafe class ROIPoolingLayer(LayerContext context) : RegionPoolingLayer(context)
{
    private readonly ROIPoolingParameter options = context.Parameter.RoiPoolingParam ?? new ROIPoolingParameter();
    private int rows;
    private int columns;
    private PinnedInts? indices;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        rows = SizeField.Check(Context, options, ROIPoolingParameter.PooledHFieldNumber, "pooled_h", options.PooledH);
        columns = SizeField.Check(
            Context, options, ROIPoolingParameter.PooledWFieldNumber, "pooled_w", options.PooledW);
        long cells = BlobSize.Of(rows, columns);
        if (cells > BlobSize.Most)
        {
            throw Context.Error(
                options,
                ROIPoolingParameter.PooledHFieldNumber,
                $"a grid of {rows} x {columns} is impossible: {BlobSize.Excess(cells)}");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadShape(bottoms, rows, columns);
        ShapeTop(tops, 0, [Shape.Regions, Shape.Channels, rows, columns]);
        if (!Context.Inference && (indices is null || indices.Length < tops[0].Count))
        {
            indices = new PinnedInts(tops[0].Count);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadRegions(bottoms[1], options.SpatialScale, areWhole: true);
        RoiMaxPooling.Forward(
            bottoms[0].DataPointer,
            Cells,
            tops[0].DataPointer,
            indices is null ? null : indices.Pointer,
            Shape,
            Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseRegionGradient(propagateDown);
        if (propagateDown[0])
        {
            RoiMaxPooling.Backward(
                tops[0].DiffPointer, Cells, indices!.Pointer, bottoms[0].DiffPointer, Shape, Context.Pool);
        }
    }
}
