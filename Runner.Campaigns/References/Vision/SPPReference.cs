using Cnn.Fillers;
using Cnn.Proto;
using Method = Cnn.Proto.SPPParameter.Types.PoolMethod;

namespace Cnn.Campaigns.References.Vision;

/// <summary>A pyramid of poolings into 1, 2 x 2, 4 x 4, ... bins, one after another.</summary>
[Reference("SPP")]
internal sealed class SPPReference : IReferenceLayer, IReferenceCases, IReferenceObserver
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        int levels = (int)call.Layer.SppParam.PyramidHeight, channels = x.Shape[1];
        int all = Enumerable.Range(0, levels).Sum(l => 1 << (2 * l));
        ReferenceBlob y = levels == 1
            ? call.Top(0, x.Shape[0], channels, 1, 1)
            : call.Top(0, x.Shape[0], channels * all);
        int at = 0;
        foreach (var (plane, pooling, bin) in Bins(x, levels))
        {
            y.Data[at] = call.Layer.SppParam.Pool switch
            {
                Method.Max => plane[pooling.Largest(plane, bin)],
                Method.Ave => pooling.MeanWithPadding(plane, bin),
                _ when call.IsTraining => StochasticDraws.Value(call, at, plane),
                _ => pooling.Expected(plane, bin),
            };
            at++;
        }
    }

    /// <inheritdoc/>
    public void Observe(ReferenceCall call, IReadOnlyList<ReferenceBlob> product)
    {
        if (!call.IsTraining || call.Layer.SppParam.Pool != Method.Stochastic)
        {
            return;
        }

        var draws = new StochasticDraws(call);
        foreach (var (bin, value) in Bins(call.Bottoms[0], (int)call.Layer.SppParam.PyramidHeight)
            .Zip(product[0].Data))
        {
            draws.Add(bin.Plane, bin.Pooling, bin.Bin, value);
        }

        draws.Finish();
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
        bool isMany = isStochastic && random.Chance(0.4);
        double zeros = isStochastic && random.Chance(0.3) ? 0.5 : 0;
        int[] shape = Shape();
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, SppParam = options },
            Bottoms =
            [
                new ReferenceBottom(shape, isStochastic ? StochasticDraws.Values(zeros) : Fillings.Uniform(-2, 2))
                {
                    LaterShape = random.Chance(0.3) ? Shape() : null,
                },
            ],
            HasGradient = !isMany && zeros == 0,
            Passes = random.Between(1, 2),
        };

        // A law is seen in many draws.
        int[] Shape() => [random.Between(1, 3), isMany ? 200 : random.Between(1, 4), Side(), Side()];

        int Side()
        {
            int bins = 1 << (int)(options.PyramidHeight - 1);
            while (true)
            {
                int side = random.Between(bins, bins + 12);
                IEnumerable<int> levels = Enumerable.Range(0, (int)options.PyramidHeight);
                if (levels.All(l => IsAllowed(Windows(side, 1 << l), isStochastic)))
                {
                    return side;
                }
            }
        }
    }

    // The bins in the order of the top: image, level, channel, bin.
    private static IEnumerable<(double[] Plane, PlanePooling Pooling, int Bin)> Bins(ReferenceBlob x, int levels)
    {
        for (int n = 0; n < x.Shape[0]; n++)
        {
            for (int level = 0; level < levels; level++)
            {
                var pooling = new PlanePooling(Windows(x.Shape[2], 1 << level), Windows(x.Shape[3], 1 << level));
                for (int c = 0; c < x.Shape[1]; c++)
                {
                    double[] plane = ConvolutionSums.Piece(x.Data, (n * x.Shape[1]) + c, x.CountOf(2)).ToArray();
                    for (int bin = 0; bin < pooling.Count; bin++)
                    {
                        yield return (plane, pooling, bin);
                    }
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
