using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary>The largest of each group of neighbouring channels.</summary>
[Reference("Maxout")]
internal sealed class MaxoutReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        MaxoutParameter options = call.Layer.MaxoutParam ?? new MaxoutParameter();
        ReferenceBlob x = call.Bottoms[0];
        int axis = options.Axis < 0 ? options.Axis + x.Shape.Length : options.Axis, pieces = (int)options.Pieces;
        int[] shape = [.. x.Shape];
        shape[axis] /= pieces;
        ReferenceBlob y = call.Top(0, shape);
        foreach (int[] at in Positions.Of(shape))
        {
            int[] from = [.. at];
            double largest = double.NegativeInfinity;
            for (int piece = 0; piece < pieces; piece++)
            {
                from[axis] = (at[axis] * pieces) + piece;
                largest = Math.Max(largest, x[from]);
            }

            y[at] = largest;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        int axis = 1, pieces = 2, axes = random.Between(2, 4);
        random.Maybe(() =>
        {
            pieces = random.Between(1, 4);
            axis = random.Next(axes);
            layer.MaxoutParam = new MaxoutParameter
            {
                Pieces = (uint)pieces,
                Axis = random.Chance(0.5) ? axis : axis - axes,
            };
        });
        int[] shape = random.Shape(axes, 1, 5);
        shape[axis] = pieces * random.Between(1, 3);
        return new ReferenceCase { Layer = layer, Bottoms = [new ReferenceBottom(shape, Fillings.Apart(0.01f))] };
    }
}
