using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>A learned blob as a top.</summary>
[Reference("Parameter")]
internal sealed class ParameterReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        int[] shape = [.. call.Layer.ParameterParam.Shape.Dim.Select(d => (int)d)];
        call.Parameter(0, shape).Data.CopyTo(call.Top(0, shape).Data, 0);
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var shape = new BlobShape();
        shape.Dim.Add(random.Shape(random.Between(1, 4), 1, 5).Select(d => (long)d));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, ParameterParam = new ParameterParameter { Shape = shape } },
            Bottoms = [],
        };
    }
}
