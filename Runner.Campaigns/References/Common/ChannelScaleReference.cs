using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>All channels at a position times one factor; options leave parts of it out.</summary>
[Reference("ChannelScale")]
internal sealed class ChannelScaleReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        foreach (int[] at in Positions.Of(x.Shape))
        {
            y[at] = x[at] * (Options(call).DoForward ? call.Bottoms[1][at[0], 0, at[2], at[3]] : 1);
        }
    }

    /// <summary>Where an option leaves something out, the gradients are rules.</summary>
    public bool HasOwnGradient(ReferenceCall call) =>
        !Options(call).DoForward || !Options(call).DoBackwardFeature || !Options(call).DoBackwardScale;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], dy = call.TopDiffs[0];
        foreach (int[] at in Positions.Of(x.Shape))
        {
            int[] place = [at[0], 0, at[2], at[3]];
            call.BottomDiffs[0][at] = dy[at] * (Options(call).DoBackwardFeature ? call.Bottoms[1][place] : 1);
            call.BottomDiffs[1][place] += Options(call).DoBackwardScale ? dy[at] * x[at] : 0;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        random.Maybe(() =>
        {
            layer.ChannelScaleParam = new ChannelScaleParameter();
            random.Maybe(() => layer.ChannelScaleParam.DoForward = random.Chance(0.5));
            random.Maybe(() => layer.ChannelScaleParam.DoBackwardFeature = random.Chance(0.5));
            random.Maybe(() => layer.ChannelScaleParam.DoBackwardScale = random.Chance(0.5));
        });
        int[] shape = random.Shape(4, 1, 5);
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [new(shape, Fillings.Uniform()), new([shape[0], 1, shape[2], shape[3]], Fillings.Uniform())],
        };
    }

    private static ChannelScaleParameter Options(ReferenceCall call) =>
        call.Layer.ChannelScaleParam ?? new ChannelScaleParameter();
}
