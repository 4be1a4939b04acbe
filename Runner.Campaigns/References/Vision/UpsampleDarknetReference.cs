using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>Repeats each pixel in <c>stride</c> rows and columns.</summary>
[Reference("UpsampleDarknet")]
internal sealed class UpsampleDarknetReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call) =>
        UpsampleReference.Repeat(call.Bottoms[0], (int)call.Layer.UpsampleDarknetParam.Stride, call);

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new UpsampleDarknetParameter();
        random.Maybe(() => options.Stride = (uint)random.Between(1, 4));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, UpsampleDarknetParam = options },
            Bottoms = [new ReferenceBottom(random.Shape(4, 1, 6), Fillings.Uniform()) { LaterShape = random.Shape(4, 1, 6) }],
            Passes = random.Between(1, 2),
        };
    }
}
