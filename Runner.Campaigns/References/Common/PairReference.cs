using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>
/// Add and Mul: two blobs value by value, each repeated along the axes that it lacks or in which it has size 1; their
/// last axes are aligned.
/// </summary>
[Reference("Add", "Mul")]
internal sealed class PairReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        bool isProduct = call.Layer.Type == "Mul";
        ReferenceBlob a = call.Bottoms[0];
        ReferenceBlob b = call.Bottoms.Count > 1
            ? call.Bottoms[1]
            : call.Parameter(0, [.. call.Layer.MulParam.MulShape.Select(d => (int)d)]);
        ReferenceBlob y = call.Top(0, Together(a.Shape, b.Shape));
        foreach (int[] at in Positions.Of(y.Shape))
        {
            double first = a[Part(at, a.Shape)], second = b[Part(at, b.Shape)];
            y[at] = isProduct ? first * second : first + second;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        int[] whole = random.Shape(random.Between(1, 4), 1, 4);
        int[] first = Less(random, whole), second = Less(random, whole);
        bool isLearned = type == "Mul" && random.Chance(0.4);
        if (isLearned)
        {
            layer.MulParam = new MulParameter();
            layer.MulParam.MulShape.Add(second.Select(d => (uint)d));
        }

        ReferenceBottom a = new(first, Fillings.Uniform()), b = new(second, Fillings.Uniform());
        return new ReferenceCase { Layer = layer, Bottoms = isLearned ? [a] : [a, b] };
    }

    private static int[] Less(PhiloxRandom random, int[] shape)
    {
        int[] less = shape[(random.Chance(0.3) ? random.Next(shape.Length) : 0)..];
        return [.. less.Select(d => random.Chance(0.25) ? 1 : d)];
    }

    private static int[] Together(int[] a, int[] b)
    {
        int axes = Math.Max(a.Length, b.Length);
        return [.. Enumerable.Range(0, axes).Select(i => Math.Max(Size(a, i - axes), Size(b, i - axes)))];
    }

    private static int Size(int[] shape, int fromEnd) => -fromEnd > shape.Length ? 1 : shape[shape.Length + fromEnd];

    private static int[] Part(int[] at, int[] shape) =>
        [.. shape.Select((d, axis) => d == 1 ? 0 : at[axis + at.Length - shape.Length])];
}
