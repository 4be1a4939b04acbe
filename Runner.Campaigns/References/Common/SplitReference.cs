using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Several tops that are all the bottom.</summary>
[Reference("Split")]
internal sealed class SplitReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        for (int top = 0; top < call.Tops.Count; top++)
        {
            call.Bottoms[0].Data.CopyTo(call.Top(top, call.Bottoms[0].Shape).Data, 0);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type) => new()
    {
        Layer = new LayerParameter { Type = type },
        Bottoms = [new ReferenceBottom(random.Shape(random.Between(1, 4), 1, 6), Fillings.Uniform())],
        Tops = random.Between(1, 5),
    };
}
