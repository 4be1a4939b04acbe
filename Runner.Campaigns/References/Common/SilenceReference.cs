using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>No top, and a gradient of 0.</summary>
[Reference("Silence")]
internal sealed class SilenceReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type) => new()
    {
        Layer = new LayerParameter { Type = type },
        Bottoms =
        [
            .. Enumerable.Range(0, random.Between(1, 3))
                .Select(_ => new ReferenceBottom(random.Shape(random.Between(1, 4), 1, 4), Fillings.Uniform())),
        ],
        Tops = 0,
    };
}
