using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Cuts a bottom along an axis, at points or into equal pieces.</summary>
[Reference("Slice")]
internal sealed class SliceReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        SliceParameter options = call.Layer.SliceParam ?? new SliceParameter();
        ReferenceBlob x = call.Bottoms[0];
        int axis = options.HasSliceDim ? (int)options.SliceDim : Positions.Axis(options.Axis, x.Shape.Length);
        int size = x.Shape[axis], tops = call.Tops.Count;
        int[] starts = options.SlicePoint.Count > 0
            ? [0, .. options.SlicePoint.Select(p => (int)p), size]
            : [.. Enumerable.Range(0, tops + 1).Select(i => i * (size / tops))];
        for (int top = 0; top < tops; top++)
        {
            int[] shape = [.. x.Shape];
            shape[axis] = starts[top + 1] - starts[top];
            ReferenceBlob y = call.Top(top, shape);
            foreach (int[] at in Positions.Of(shape))
            {
                int[] from = [.. at];
                from[axis] += starts[top];
                y[at] = x[from];
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        int[] shape = random.Shape(random.Between(2, 4), 1, 4);
        int axis = 1, tops = random.Between(1, 4);
        random.Maybe(() =>
        {
            axis = random.Next(shape.Length);
            layer.SliceParam = random.Chance(0.3)
                ? new SliceParameter { SliceDim = (uint)axis }
                : new SliceParameter { Axis = Positions.Either(random, axis, shape.Length) };
        });
        shape[axis] = tops * random.Between(1, 3);
        if (tops > 1 && random.Chance(0.5))
        {
            layer.SliceParam ??= new SliceParameter();
            int[] points = [.. Enumerable.Range(1, shape[axis] - 1)];
            random.Shuffle(points);
            layer.SliceParam.SlicePoint.Add(points[..(tops - 1)].Order().Select(p => (uint)p));
        }

        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [new ReferenceBottom(shape, Fillings.Uniform())],
            Tops = tops,
        };
    }
}
