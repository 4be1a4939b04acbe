using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Pixel (i, j) of a block is channel (s i + j) C + c of the bottom, or (c s + i) s + j with CRD.</summary>
[Reference("DepthToSpace")]
internal sealed class DepthToSpaceReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer)
    {
        DepthToSpaceParameter options = layer.DepthToSpaceParam;
        int s = options.BlockSize;
        return options.DataFormat == "NHWC"
            ? [shape[0], shape[1] * s, shape[2] * s, shape[3] / (s * s)]
            : [shape[0], shape[1] / (s * s), shape[2] * s, shape[3] * s];
    }

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        DepthToSpaceParameter options = layer.DepthToSpaceParam;
        int s = options.BlockSize;
        bool isLast = options.DataFormat == "NHWC";
        int channels = (isLast ? x.Shape[3] : x.Shape[1]) / (s * s);
        (int c, int h, int w) = isLast ? (at[3], at[1], at[2]) : (at[1], at[2], at[3]);
        int i = h % s, j = w % s;
        int channel = options.DataFormat == "CRD" ? (((c * s) + i) * s) + j : (((s * i) + j) * channels) + c;
        return isLast ? x[at[0], h / s, w / s, channel] : x[at[0], channel, h / s, w / s];
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int s = random.Between(1, 3);
        layer.DepthToSpaceParam = new DepthToSpaceParameter { BlockSize = s };
        random.Maybe(() => layer.DepthToSpaceParam.DataFormat = random.Pick<string>("NHWC", "NCHW", "DCR", "CRD"));
        int[] shape = random.Shape(4, 1, 4);
        shape[layer.DepthToSpaceParam.DataFormat == "NHWC" ? 3 : 1] *= s * s;
        return shape;
    }

    /// <inheritdoc/>
    protected override bool KeepsAnyFirstAxis(LayerParameter layer) => true;
}
