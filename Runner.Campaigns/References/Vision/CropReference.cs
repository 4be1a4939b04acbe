using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>Cuts the first bottom to the size of the second, from an axis on.</summary>
[Reference("Crop")]
internal sealed class CropReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        CropParameter options = call.Layer.CropParam;
        ReferenceBlob x = call.Bottoms[0];
        int axis = options.Axis < 0 ? options.Axis + x.Shape.Length : options.Axis;
        ReferenceBlob y = call.Top(0, [.. x.Shape[..axis], .. call.Bottoms[1].Shape[axis..]]);
        foreach (int[] at in Positions.Of(y.Shape))
        {
            y[at] = x[[.. at.Select((place, a) => place + Offset(options, a - axis))]];
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int axes = random.Pick(2, 3, 4, 4, 4, 5), axis = random.Between(0, axes - 1);
        var options = new CropParameter();
        if (axes > 2 && random.Chance(0.4))
        {
            axis = 2;
        }
        else
        {
            options.Axis = random.Chance(0.5) ? axis : axis - axes;
        }

        int offsets = random.Pick(0, 1, axes - axis);
        options.Offset.Add(Enumerable.Range(0, offsets).Select(_ => (uint)random.Between(0, 3)));
        int[] size = random.Shape(axes, 1, 4);
        int[] from = [.. size.Select((d, a) => a < axis ? random.Between(1, 4) : d + Offset(options, a - axis) + random.Between(0, 3))];
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, CropParam = options },
            Bottoms = [new ReferenceBottom(from, Fillings.Uniform()), new ReferenceBottom(size, Fillings.Uniform())],
            Passes = random.Between(1, 2),
        };
    }

    // The offset of the i-th axis that is cut.
    private static int Offset(CropParameter options, int i) =>
        i < 0 || options.Offset.Count == 0 ? 0 : (int)options.Offset[options.Offset.Count == 1 ? 0 : i];
}
