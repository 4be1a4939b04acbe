using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Normalization;

/// <summary><c>y = (x - mean) / (sqrt(variance) + eps)</c> over a channel of an item, or over an item.</summary>
[Reference("MVN")]
internal sealed class MVNReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        ReferenceBlob y = call.Top(0, LegacyShape(x));
        ChannelView rows = Rows(call, x);
        for (int row = 0; row < rows.Channels; row++)
        {
            double mean = rows.Mean(row), deviation = Deviation(call, rows, row);
            foreach (int i in rows.Of(row))
            {
                y.Data[i] = (x.Data[i] - mean) / deviation;
                call.Magnitudes[0].Data[i] = (Math.Abs(x.Data[i]) + Math.Abs(mean)) / deviation;
            }
        }
    }

    /// <summary>With the variance, Caffe's gradient leaves out a factor of the order of eps.</summary>
    public bool HasOwnGradient(ReferenceCall call) => call.Layer.MvnParam.NormalizeVariance;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        ReferenceBlob y = call.Tops[0], dy = call.TopDiffs[0];
        ChannelView rows = Rows(call, call.Bottoms[0]);
        for (int row = 0; row < rows.Channels; row++)
        {
            rows.Backward(row, i => dy.Data[i], i => y.Data[i], Deviation(call, rows, row), call.BottomDiffs[0].Data);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new MVNParameter();
        random.Maybe(() => options.NormalizeVariance = random.Chance(0.5));
        random.Maybe(() => options.AcrossChannels = random.Chance(0.7));
        random.Maybe(() => options.Eps = random.Pick(1e-6f, 0.01f, 0.5f));
        int[] shape = random.Shape(random.Between(1, 4), 1, random.Pick(4, 8));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, MvnParam = options },
            Bottoms =
            [
                new ReferenceBottom(shape, Fillings.Apart(0.05f))
                {
                    LaterShape = random.Chance(0.3) ? [random.Between(1, 4), .. shape[1..]] : null,
                },
            ],
            Passes = random.Between(1, 2),
        };
    }

    private static int[] LegacyShape(ReferenceBlob x) =>
        [.. Enumerable.Range(0, 4).Select(a => a < x.Shape.Length ? x.Shape[a] : 1)];

    // The values that share a mean, as the channels of one item.
    private static ChannelView Rows(ReferenceCall call, ReferenceBlob x)
    {
        int[] shape = LegacyShape(x);
        int rows = call.Layer.MvnParam.AcrossChannels ? shape[0] : shape[0] * shape[1];
        return new ChannelView(x.Reshaped(1, rows, x.Count / rows));
    }

    private static double Deviation(ReferenceCall call, ChannelView rows, int row) =>
        call.Layer.MvnParam.NormalizeVariance
        ? Math.Sqrt(rows.Variance(row)) + call.Layer.MvnParam.Eps
        : 1;
}
