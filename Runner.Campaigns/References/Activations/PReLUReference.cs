using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = max(x, 0) + a_c min(x, 0)</c> with a slope for each channel, or for all.</summary>
[Reference("PReLU")]
internal sealed class PReLUReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        bool isShared = (call.Layer.PreluParam ?? new PReLUParameter()).ChannelShared;
        ReferenceBlob slopes = isShared ? call.Parameter(0) : call.Parameter(0, x.Dim(1));
        int inner = x.CountOf(2);
        for (int i = 0; i < x.Count; i++)
        {
            double slope = slopes.Data[isShared ? 0 : i / inner % x.Dim(1)];
            y.Data[i] = Math.Max(x.Data[i], 0) + (slope * Math.Min(x.Data[i], 0));
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        random.Maybe(() => layer.PreluParam = new PReLUParameter { ChannelShared = random.Chance(0.5) });
        int[] shape = random.Chance(0.1) ? [3, 50, 12, 13] : random.Shape(random.Between(2, 4), 1, 6);
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [new ReferenceBottom(shape, ActivationDraws.Fill(random))],
            InPlace = random.Chance(0.3),
        };
    }
}
