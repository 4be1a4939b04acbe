using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>Mirrors images left to right, top to bottom, or both.</summary>
[Reference("Flip")]
internal sealed class FlipReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        FlipParameter options = call.Layer.FlipParam;
        foreach (int[] at in Positions.Of(x.Shape))
        {
            int h = options.FlipHeight ? x.Shape[2] - 1 - at[2] : at[2];
            int w = options.FlipWidth ? x.Shape[3] - 1 - at[3] : at[3];
            y[at] = x[at[0], at[1], h, w];
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new FlipParameter();
        random.Maybe(() => options.FlipWidth = random.Chance(0.5));
        random.Maybe(() => options.FlipHeight = random.Chance(0.7));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, FlipParam = options },
            Bottoms = [new ReferenceBottom(random.Shape(4, 1, 9), Fillings.Uniform()) { LaterShape = random.Shape(4, 1, 9) }],
            Passes = random.Between(1, 2),
        };
    }
}
