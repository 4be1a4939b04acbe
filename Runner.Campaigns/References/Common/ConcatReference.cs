using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Joins bottoms along an axis.</summary>
[Reference("Concat")]
internal sealed class ConcatReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ConcatParameter options = call.Layer.ConcatParam ?? new ConcatParameter();
        int axis = options.HasConcatDim
            ? (int)options.ConcatDim
            : Positions.Axis(options.Axis, call.Bottoms[0].Shape.Length);
        int[] shape = [.. call.Bottoms[0].Shape];
        shape[axis] = call.Bottoms.Sum(b => b.Shape[axis]);
        ReferenceBlob y = call.Top(0, shape);
        int start = 0;
        foreach (ReferenceBlob x in call.Bottoms)
        {
            foreach (int[] at in Positions.Of(x.Shape))
            {
                int[] to = [.. at];
                to[axis] += start;
                y[to] = x[at];
            }

            start += x.Shape[axis];
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        int[] shape = random.Shape(random.Between(2, 4), 1, 4);
        int axis = 1;
        random.Maybe(() =>
        {
            axis = random.Next(shape.Length);
            layer.ConcatParam = random.Chance(0.3)
                ? new ConcatParameter { ConcatDim = (uint)axis }
                : new ConcatParameter { Axis = Positions.Either(random, axis, shape.Length) };
        });
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [.. Enumerable.Range(0, random.Between(1, 4)).Select(_ =>
            {
                int[] own = [.. shape];
                own[axis] = random.Between(1, 4);
                return new ReferenceBottom(own, Fillings.Uniform());
            })],
        };
    }
}
