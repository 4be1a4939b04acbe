using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>Moves an image along a flow: the top is the image at (w + flow 0, h + flow 1), interpolated, or a fill value outside.</summary>
[Reference("FlowWarp")]
internal sealed class FlowWarpReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob image = call.Bottoms[0], flow = call.Bottoms[1], y = call.Top(0, image.Shape);
        int height = image.Shape[2], width = image.Shape[3];
        double fill = call.Layer.FlowWarpParam.FillValue == FlowWarpParameter.Types.FillParameter.NotANumber ? double.NaN : 0;
        foreach (int[] at in Positions.Of(y.Shape))
        {
            double w = at[3] + flow[at[0], 0, at[2], at[3]], h = at[2] + flow[at[0], 1, at[2], at[3]];
            ReadOnlySpan<double> plane = ConvolutionSums.Piece(image.Data, (at[0] * image.Shape[1]) + at[1], height * width);
            y[at] = h >= 0 && h < height && w >= 0 && w < width ? Interpolation.At(plane, width, h, w) : fill;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new FlowWarpParameter();
        random.Maybe(() => options.FillValue = random.Pick(
            FlowWarpParameter.Types.FillParameter.Zero, FlowWarpParameter.Types.FillParameter.NotANumber));
        int[] shape = random.Shape(4, 1, 6);
        int[]? later = random.Chance(0.3) ? random.Shape(4, 1, 6) : null;
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, FlowWarpParam = options },
            Bottoms =
            [
                new ReferenceBottom(shape, Fillings.Uniform()) { LaterShape = later },
                new ReferenceBottom([shape[0], 2, shape[2], shape[3]], Fillings.Uniform(-2, 2))
                {
                    LaterShape = later is null ? null : [later[0], 2, later[2], later[3]],
                },
            ],
            Passes = random.Between(1, 2),
        };
    }
}
