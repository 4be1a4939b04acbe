using Cnn.Layers.Kernels.Regions;
using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// The means over a grid of cells in each region, each cell from a channel of its own: [N, output_dim g^2, H, W] and
/// regions [R, 5] to [R, output_dim, g, g] with <c>g = group_size</c>. Corners are rounded, half away from zero, both
/// belong to the region, and are then multiplied by <c>spatial_scale</c>. Cell p covers
/// <c>floor(p size / g + start)</c> to <c>ceil((p + 1) size / g + start)</c>, clipped to the map; output (c, p, q) is
/// its mean in channel <c>(c g + p) g + q</c>, 0 without pixels. (Dai et al. 2016, "R-FCN", equation 1.)
/// </summary>
[LayerType("PSROIPooling")]
internal sealed unsafe class PSROIPoolingLayer(LayerContext context) : RegionPoolingLayer(context)
{
    private readonly PSROIPoolingParameter options = context.Parameter.PsroiPoolingParam ?? new PSROIPoolingParameter();

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Require(PSROIPoolingParameter.OutputDimFieldNumber, "output_dim", options.OutputDim);
        Require(PSROIPoolingParameter.GroupSizeFieldNumber, "group_size", options.GroupSize);
        if (!(options.SpatialScale > 0))
        {
            throw Context.Error(
                options,
                PSROIPoolingParameter.SpatialScaleFieldNumber,
                options.HasSpatialScale
                    ? $"spatial_scale is {options.SpatialScale}, expected more than 0"
                    : "spatial_scale is missing",
                "the map's pixels per pixel of the image, such as 0.0625");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int side = options.GroupSize;
        ReadShape(bottoms, side, side);
        if (Shape.Channels != BlobSize.Of(options.OutputDim, side, side))
        {
            throw Context.Error(
                options,
                PSROIPoolingParameter.OutputDimFieldNumber,
                $"bottom '{Parameter.Bottom[0]}' has {Shape.Channels} channels for output_dim {options.OutputDim} and "
                + $"group_size {side}",
                $"it needs output_dim x group_size x group_size: {BlobSize.Of(options.OutputDim, side, side)}");
        }

        ShapeTop(tops, 0, [Shape.Regions, options.OutputDim, side, side]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        ReadRegions(bottoms[1], options.SpatialScale, areWhole: false);
        PsRoiMeanPooling.Forward(bottoms[0].DataPointer, Cells, tops[0].DataPointer, Shape, Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseRegionGradient(propagateDown);
        if (propagateDown[0])
        {
            PsRoiMeanPooling.Backward(tops[0].DiffPointer, Cells, bottoms[0].DiffPointer, Shape, Context.Pool);
        }
    }

    private void Require(int field, string name, int value)
    {
        if (value < 1)
        {
            throw Context.Error(options, field, $"{name} is {value}, expected 1 or more");
        }
    }
}
