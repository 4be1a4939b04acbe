using Cnn.Fillers;
using Cnn.Proto;
using Method = Cnn.Proto.SPPParameter.Types.PoolMethod;

namespace Cnn.Campaigns.References.Vision;

/// <summary>A pyramid of poolings into 1, 2 x 2, 4 x 4, ... bins, one after another.</summary>
[Reference("SPP")]
internal sealed class SPPReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        int levels = (int)call.Layer.SppParam.PyramidHeight, channels = x.Shape[1];
        int all = Enumerable.Range(0, levels).Sum(l => 1 << (2 * l));
        ReferenceBlob y = levels == 1 ? call.Top(0, x.Shape[0], channels, 1, 1) : call.Top(0, x.Shape[0], channels * all);
        int at = 0;
        for (int n = 0; n < x.Shape[0]; n++)
        {
            for (int level = 0; level < levels; level++)
            {
                var pooling = new PlanePooling(Windows(x.Shape[2], 1 << level), Windows(x.Shape[3], 1 << level));
                for (int c = 0; c < channels; c++)
                {
                    double[] plane = ConvolutionSums.Piece(x.Data, (n * channels) + c, x.CountOf(2)).ToArray();
                    for (int bin = 0; bin < pooling.Count; bin++)
                    {
                        y.Data[at++] = call.Layer.SppParam.Pool switch
                        {
                            Method.Max => plane[pooling.Largest(plane, bin)],
                            Method.Ave => pooling.MeanWithPadding(plane, bin),
                            _ => pooling.Expected(plane, bin),
                        };
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new SPPParameter { PyramidHeight = (uint)random.Between(1, 4) };
        random.Maybe(() => options.Pool = random.Pick(Method.Max, Method.Ave, Method.Stochastic));
        if (random.Chance(0.1))
        {
            options.Engine = SPPParameter.Types.Engine.Caffe;
        }

        bool isStochastic = options.Pool == Method.Stochastic;
        int[] shape = Shape();
        var layer = new LayerParameter { Type = type, SppParam = options };
        if (isStochastic)
        {
            // In training the bins are drawn; Pooling's reference sees to that.
            layer.Phase = Phase.Test;
        }

        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new ReferenceBottom(shape, isStochastic ? Fillings.Uniform(0.05f, 2) : Fillings.Uniform(-2, 2))
                {
                    LaterShape = random.Chance(0.3) ? Shape() : null,
                },
            ],
            Passes = random.Between(1, 2),
        };

        int[] Shape() => [random.Between(1, 3), random.Between(1, 4), Side(), Side()];

        int Side()
        {
            int bins = 1 << (int)(options.PyramidHeight - 1);
            while (true)
            {
                int side = random.Between(bins, bins + 12);
                if (Enumerable.Range(0, (int)options.PyramidHeight).All(l => IsAllowed(Windows(side, 1 << l), isStochastic)))
                {
                    return side;
                }
            }
        }
    }

    private static bool IsAllowed(PoolingWindows windows, bool isStochastic) =>
        windows.Before < (isStochastic ? 1 : windows.Kernel);

    private static PoolingWindows Windows(int size, int bins)
    {
        int kernel = (size + bins - 1) / bins, pad = ((kernel * bins) - size + 1) / 2;
        return PoolingWindows.Of(size, kernel, kernel, pad, pad, isCeil: true, isPadded: pad > 0);
    }
}
