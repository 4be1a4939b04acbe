using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Channel (s i + j) C + c of the top is pixel (i, j) of a block in channel c.</summary>
[Reference("SpaceToDepth")]
internal sealed class SpaceToDepthReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer)
    {
        int s = layer.SpaceToDepthParam.BlockSize;
        return IsLast(layer)
            ? [shape[0], shape[1] / s, shape[2] / s, shape[3] * s * s]
            : [shape[0], shape[1] * s * s, shape[2] / s, shape[3] / s];
    }

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        int s = layer.SpaceToDepthParam.BlockSize;
        (int channel, int h, int w) = IsLast(layer) ? (at[3], at[1], at[2]) : (at[1], at[2], at[3]);
        int channels = IsLast(layer) ? x.Shape[3] : x.Shape[1];
        int block = channel / channels, c = channel % channels;
        h = (h * s) + (block / s);
        w = (w * s) + (block % s);
        return IsLast(layer) ? x[at[0], h, w, c] : x[at[0], c, h, w];
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int s = random.Between(1, 3);
        layer.SpaceToDepthParam = new SpaceToDepthParameter { BlockSize = s };
        random.Maybe(() => layer.SpaceToDepthParam.DataFormat = random.Pick<string>("NHWC", "NCHW"));
        int[] shape = random.Shape(4, 1, 4);
        int first = IsLast(layer) ? 1 : 2;
        shape[first] *= s;
        shape[first + 1] *= s;
        return shape;
    }

    /// <inheritdoc/>
    protected override bool KeepsAnyFirstAxis(LayerParameter layer) => true;

    private static bool IsLast(LayerParameter layer) => layer.SpaceToDepthParam.DataFormat == "NHWC";
}
