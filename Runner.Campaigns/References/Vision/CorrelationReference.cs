using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>The mean, over channels and the pixels of a patch, of <c>a b</c> or <c>|a - b|</c> at each displacement.</summary>
[Reference("Correlation")]
internal sealed class CorrelationReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        CorrelationParameter options = call.Layer.CorrelationParam;
        ReferenceBlob a = call.Bottoms[0];
        int radius = ((int)options.KernelSize - 1) / 2, step = (int)options.Stride2;
        int reach = (int)options.MaxDisplacement / step, side = (2 * reach) + 1;
        int border = (int)options.MaxDisplacement + radius;
        ReferenceBlob y = call.Top(0, a.Shape[0], side * side, Size(options, a.Shape[2]), Size(options, a.Shape[3]));
        foreach (int[] at in Positions.Of(y.Shape))
        {
            int across = ((at[1] % side) - reach) * step, down = ((at[1] / side) - reach) * step;
            int h = (at[2] * (int)options.Stride1) + border, w = (at[3] * (int)options.Stride1) + border;
            double sum = 0;
            for (int c = 0; c < a.Shape[1]; c++)
            {
                for (int u = -radius; u <= radius; u++)
                {
                    for (int v = -radius; v <= radius; v++)
                    {
                        double first = Padded(a, options, at[0], c, h + u, w + v);
                        double second = Padded(call.Bottoms[1], options, at[0], c, h + down + u, w + across + v);
                        sum += options.CorrelationType == CorrelationParameter.Types.CorrelationType.Multiply
                            ? first * second
                            : Math.Abs(first - second);
                    }
                }
            }

            y[at] = sum / (options.KernelSize * options.KernelSize * (double)a.Shape[1]);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new CorrelationParameter
        {
            KernelSize = (uint)random.Pick(1, 1, 3, 5),
            MaxDisplacement = (uint)random.Between(0, 4),
        };
        random.Maybe(() => options.Pad = (uint)random.Between(0, 5));
        random.Maybe(() => options.Stride1 = (uint)random.Between(1, 3));
        random.Maybe(() => options.Stride2 = (uint)random.Between(1, 3));
        random.Maybe(() => options.DoAbs = random.Chance(0.5));
        random.Maybe(() => options.SingleDirection = 0);
        random.Maybe(() => options.CorrelationType = random.Pick(
            CorrelationParameter.Types.CorrelationType.Multiply, CorrelationParameter.Types.CorrelationType.Subtract));
        int least = (2 * ((int)options.MaxDisplacement + (((int)options.KernelSize - 1) / 2))) - (2 * (int)options.Pad) + 1;
        int[] shape = Shape();
        int[]? later = random.Chance(0.3) ? Shape() : null;
        var bottom = new ReferenceBottom(shape, Fillings.Uniform()) { LaterShape = later };
        int side = (2 * ((int)options.MaxDisplacement / (int)options.Stride2)) + 1;
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, CorrelationParam = options },
            Bottoms = [bottom, bottom],
            Passes = random.Between(1, 2),
            Work = 10L * side * side * options.KernelSize * options.KernelSize * shape.Aggregate(1, (n, d) => n * d),
        };

        int[] Shape() =>
        [
            random.Between(1, 2), random.Between(1, 3), Math.Max(1, least) + random.Between(0, 4), Math.Max(1, least) + random.Between(0, 4),
        ];
    }

    private static int Size(CorrelationParameter options, int size)
    {
        int border = (int)options.MaxDisplacement + (((int)options.KernelSize - 1) / 2);
        return (int)Math.Ceiling((size + (2.0 * options.Pad) - (2 * border)) / options.Stride1);
    }

    private static double Padded(ReferenceBlob x, CorrelationParameter options, int n, int c, int h, int w)
    {
        (h, w) = (h - (int)options.Pad, w - (int)options.Pad);
        return h >= 0 && h < x.Shape[2] && w >= 0 && w < x.Shape[3] ? x[n, c, h, w] : 0;
    }
}
