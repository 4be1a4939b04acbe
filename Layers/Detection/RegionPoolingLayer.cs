using Cnn.Layers.Kernels.Regions;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Detection;

/// <summary>
/// Pools the maps of the first bottom [N, C, H, W] over the regions of the second [R, 5], each (image, x1, y1, x2, y2)
/// in pixels of the image. The regions have no gradient.
/// </summary>
internal abstract unsafe class RegionPoolingLayer(LayerContext context) : Layer(context)
{
    private const int RegionValues = 5;

    private PinnedInts table = new(0);

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <summary>The sizes of the last <see cref="ReadShape"/>.</summary>
    protected RegionShape Shape { get; private set; }

    /// <summary>The cells of the regions.</summary>
    protected RegionCells Cells => new(table.Pointer, Shape);

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom != 1;

    /// <summary>Reads the bottoms' sizes.</summary>
    /// <exception cref="Cnn.Proto.CnnException">A bottom has another shape.</exception>
    protected void ReadShape(IReadOnlyList<Blob> bottoms, int rows, int columns)
    {
        Blob maps = bottoms[0], regions = bottoms[1];
        if (maps.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {maps.ShapeText}", "it takes 4 axes: [N, C, H, W]");
        }

        if (regions.AxisCount == 0 || regions.CountOf(1) != RegionValues)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[1]}' has shape {regions.ShapeText}",
                "the regions are [R, 5]: image, x1, y1, x2, y2");
        }

        Shape = new RegionShape(
            maps.Dim(0), maps.Dim(1), maps.Dim(2), maps.Dim(3), regions.Dim(0), rows, columns);
        long size = RegionCells.Size(Shape);
        if (size > BlobSize.Most)
        {
            throw Context.Error($"the {Shape.Regions} regions have too many cells, {rows} x {columns} each");
        }

        if (table.Length < size)
        {
            table = new PinnedInts((int)size);
        }
    }

    /// <summary>Finds the cells of the regions.</summary>
    /// <param name="regions">The second bottom.</param>
    /// <param name="scale">Pixels of a map per pixel of the image.</param>
    /// <param name="areWhole">Whether corners are rounded to pixels of the map, rather than of the image.</param>
    /// <exception cref="Cnn.Proto.CnnException">A region is in none of the images.</exception>
    protected void ReadRegions(Blob regions, float scale, bool areWhole)
    {
        float* region = regions.DataPointer;
        for (int i = 0; i < Shape.Regions; i++, region += RegionValues)
        {
            if (!(region[0] > -1 && region[0] < Shape.Images))
            {
                throw Context.Error(
                    $"region {i} of bottom '{Parameter.Bottom[1]}' is in image {region[0]}",
                    Shape.Images == 0
                        ? "there are no images"
                        : $"bottom '{Parameter.Bottom[0]}' has images 0 to {Shape.Images - 1}");
            }

            if (areWhole)
            {
                Cells.SetPixels(i, (int)region[0], region + 1, scale);
            }
            else
            {
                Cells.SetScaled(i, (int)region[0], region + 1, scale);
            }
        }
    }

    /// <summary>Refuses a gradient for the regions.</summary>
    /// <exception cref="Cnn.Proto.CnnException">It is asked for.</exception>
    protected void RefuseRegionGradient(IReadOnlyList<bool> propagateDown)
    {
        if (propagateDown[1])
        {
            throw Context.Error($"a {Type} layer has no gradient for its bottom 1 ('{Parameter.Bottom[1]}')");
        }
    }
}
