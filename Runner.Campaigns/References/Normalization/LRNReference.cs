using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Normalization;

/// <summary>Local response normalisation, <c>y = x s^-beta</c>, across channels or within one.</summary>
[Reference("LRN")]
internal sealed class LRNReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        LRNParameter options = call.Layer.LrnParam;
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        for (int n = 0; n < x.Dim(0); n++)
        {
            for (int c = 0; c < x.Dim(1); c++)
            {
                for (int h = 0; h < x.Dim(2); h++)
                {
                    for (int w = 0; w < x.Dim(3); w++)
                    {
                        double s = options.NormRegion == LRNParameter.Types.NormRegion.AcrossChannels
                            ? Across(options, x, n, c, h, w)
                            : Within(options, x, n, c, h, w);
                        y[n, c, h, w] = x[n, c, h, w] * Math.Pow(s, -options.Beta);
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new LRNParameter();
        random.Maybe(() => options.LocalSize = (uint)random.Pick(1, 3, 5, 7, 9));
        random.Maybe(() => options.Alpha = random.Pick(1e-4f, 0.1f, 2, 5));
        random.Maybe(() => options.Beta = random.Pick(0.5f, 1, 0.3f, 2));
        random.Maybe(() => options.K = random.Between(0.5f, 3));
        random.Maybe(() => options.NormRegion = LRNParameter.Types.NormRegion.WithinChannel);
        if (random.Chance(0.1))
        {
            options.Engine = LRNParameter.Types.Engine.Caffe;
        }

        int[] shape = [random.Between(1, 3), random.Between(1, 12), random.Between(1, 9), random.Between(1, 9)];
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, LrnParam = options },
            Bottoms =
            [
                new ReferenceBottom(shape, Fillings.Uniform(-2, 2))
                {
                    LaterShape = random.Chance(0.3) ? [random.Between(1, 4), .. shape[1..]] : null,
                },
            ],
            Passes = random.Between(1, 2),
            Work = shape.Aggregate(1, (n, d) => n * d) * (long)options.LocalSize
                * (options.NormRegion == LRNParameter.Types.NormRegion.WithinChannel ? options.LocalSize : 1),
        };
    }

    // s = k + (alpha / n) sum x^2 over the n channels around; 0 beyond the ends.
    private static double Across(LRNParameter options, ReferenceBlob x, int n, int c, int h, int w)
    {
        int size = (int)options.LocalSize;
        double sum = 0;
        for (int d = c - (size / 2); d <= c + (size / 2); d++)
        {
            if (d >= 0 && d < x.Dim(1))
            {
                sum += Math.Pow(x[n, d, h, w], 2);
            }
        }

        return options.K + (options.Alpha / size * sum);
    }

    // s = 1 + (alpha / n^2) sum x^2 over the n x n pixels around; k counts for nothing.
    private static double Within(LRNParameter options, ReferenceBlob x, int n, int c, int h, int w)
    {
        int size = (int)options.LocalSize;
        double sum = 0;
        for (int i = h - (size / 2); i <= h + (size / 2); i++)
        {
            for (int j = w - (size / 2); j <= w + (size / 2); j++)
            {
                if (i >= 0 && i < x.Dim(2) && j >= 0 && j < x.Dim(3))
                {
                    sum += Math.Pow(x[n, c, i, j], 2);
                }
            }
        }

        return 1 + (options.Alpha / ((double)size * size) * sum);
    }
}
