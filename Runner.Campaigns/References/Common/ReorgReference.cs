using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>
/// Darknet's rule. With t = C / s^2, place (k, j, i) of [C, H, W] belongs to (k mod t, j s + o / s, i s + o mod s) of
/// [t, H s, W s], where o = k / t.
/// </summary>
[Reference("Reorg")]
internal sealed class ReorgReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer)
    {
        int s = (int)layer.ReorgParam.Stride;
        return layer.ReorgParam.Reverse
            ? [shape[0], shape[1] / (s * s), shape[2] * s, shape[3] * s]
            : [shape[0], shape[1] * s * s, shape[2] / s, shape[3] / s];
    }

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        int channels = x.Shape[1], height = x.Shape[2], width = x.Shape[3], size = channels * height * width;
        int n = offset / size, wanted = offset % size;
        for (int small = 0; small < size; small++)
        {
            int large = Large(small, channels, height, width, (int)layer.ReorgParam.Stride);
            if (!layer.ReorgParam.Reverse && small == wanted)
            {
                return x.Data[(n * size) + large];
            }

            if (layer.ReorgParam.Reverse && large == wanted)
            {
                return x.Data[(n * size) + small];
            }
        }

        return double.NaN;
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int s = random.Between(1, 3);
        layer.ReorgParam = new ReorgParameter { Stride = (uint)s };
        random.Maybe(() => layer.ReorgParam.Reverse = random.Chance(0.6));
        return [random.Between(1, 2), s * s * random.Between(1, 2), s * random.Between(1, 2), s * random.Between(1, 3)];
    }

    private static int Large(int small, int channels, int height, int width, int s)
    {
        int t = channels / (s * s);
        int i = small % width, j = small / width % height, k = small / (width * height);
        int o = k / t, row = (j * s) + (o / s), column = (i * s) + (o % s);
        return ((((k % t) * height * s) + row) * width * s) + column;
    }
}
