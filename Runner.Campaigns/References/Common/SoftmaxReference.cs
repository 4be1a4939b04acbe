using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary><c>y_i = e^(x_i) / sum_j e^(x_j)</c> along an axis.</summary>
[Reference("Softmax")]
internal sealed class SoftmaxReference : IReferenceLayer, IReferenceCases
{
    /// <summary>Returns the probabilities of scores along an axis.</summary>
    public static ReferenceBlob Probabilities(ReferenceBlob x, int axis)
    {
        ReferenceBlob y = x.Copy();
        int size = x.Shape[axis], inner = x.CountOf(axis + 1);
        for (int i = 0; i < x.Count; i++)
        {
            int first = (i / (size * inner) * size * inner) + (i % inner);
            double largest = Enumerable.Range(0, size).Max(k => x.Data[first + (k * inner)]);
            double sum = Enumerable.Range(0, size).Sum(k => Math.Exp(x.Data[first + (k * inner)] - largest));
            y.Data[i] = Math.Exp(x.Data[i] - largest) / sum;
        }

        return y;
    }

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        SoftmaxParameter options = call.Layer.SoftmaxParam ?? new SoftmaxParameter();
        ReferenceBlob x = call.Bottoms[0];
        Probabilities(x, Positions.Axis(options.Axis, x.Shape.Length)).Data.CopyTo(call.Top(0, x.Shape).Data, 0);
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        int[] shape = random.Chance(0.1) ? [2, 40, 9, 11] : random.Shape(random.Between(2, 4), 1, 6);
        random.Maybe(() => layer.SoftmaxParam = new SoftmaxParameter
        {
            Axis = Positions.Either(random, random.Next(shape.Length), shape.Length),
        });
        Filling fill = random.Next(4) switch
        {
            0 => Fillings.Uniform(-80, 80),
            1 => Fillings.Of(-1, 0, 1),
            2 => Fillings.Uniform(990, 1000),
            _ => Fillings.Uniform(-3, 3),
        };
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [new ReferenceBottom(shape, fill)],
            InPlace = random.Chance(0.3),
        };
    }
}
