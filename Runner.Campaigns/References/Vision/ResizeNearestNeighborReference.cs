using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>TensorFlow's resizing to the nearest pixel of [N, H, W, C] or [N, C, H, W].</summary>
[Reference("ResizeNearestNeighbor")]
internal sealed class ResizeNearestNeighborReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ResizeNearestNeighborParameter options = call.Layer.ResizeNearestNeighborParam;
        ReferenceBlob x = call.Bottoms[0];
        int axis = options.DataFormat == "NHWC" ? 1 : 2;
        ResizeSizes rows = Sizes(x.Shape[axis], options.HasOutputHeight, options.OutputHeight, options.ScaleHeight);
        ResizeSizes columns = Sizes(x.Shape[axis + 1], options.HasOutputWidth, options.OutputWidth, options.ScaleWidth);
        int[] shape = (int[])x.Shape.Clone();
        (shape[axis], shape[axis + 1]) = (rows.To, columns.To);
        ReferenceBlob y = call.Top(0, shape);
        foreach (int[] at in Positions.Of(shape))
        {
            int[] from = (int[])at.Clone();
            (from[axis], from[axis + 1]) = (rows.Nearest(at[axis]), columns.Nearest(at[axis + 1]));
            y[at] = x[from];
        }

        ResizeSizes Sizes(int from, bool isGiven, int given, float scale) => new(
            from, ResizeSizes.SizeOf(from, isGiven, given, scale), options.AlignCorners, options.HalfPixelCenters);
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new ResizeNearestNeighborParameter();
        random.Maybe(() => options.OutputHeight = random.Between(1, 12));
        random.Maybe(() => options.OutputWidth = random.Between(1, 12));
        random.Maybe(() => options.ScaleHeight = random.Pick(1, 2, 1.5f, 3));
        random.Maybe(() => options.ScaleWidth = random.Pick(1, 2, 1.5f, 3));
        random.Maybe(() => options.DataFormat = random.Pick("NHWC", "NCHW"));
        int kind = random.Between(0, 2);
        if (kind == 1 || random.Chance(0.2))
        {
            options.AlignCorners = kind == 1;
        }

        if (kind == 2 || random.Chance(0.2))
        {
            options.HalfPixelCenters = kind == 2;
        }

        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, ResizeNearestNeighborParam = options },
            Bottoms = [new ReferenceBottom(random.Shape(4, 1, 7), Fillings.Uniform()) { LaterShape = random.Shape(4, 1, 7) }],
            Passes = random.Between(1, 2),
        };
    }
}
