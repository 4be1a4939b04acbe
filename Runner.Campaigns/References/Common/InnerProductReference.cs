using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary><c>y = x W' + b</c>, or <c>x W + b</c> with transpose; relu rectifies y.</summary>
[Reference("InnerProduct")]
internal sealed class InnerProductReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        InnerProductParameter options = call.Layer.InnerProductParam;
        ReferenceBlob x = call.Bottoms[0];
        int axis = Positions.Axis(options.Axis, x.Shape.Length);
        int size = x.CountOf(axis), outputs = (int)options.NumOutput;
        ReferenceBlob weights = options.Transpose ? call.Parameter(0, size, outputs) : call.Parameter(0, outputs, size);
        ReferenceBlob? bias = options.BiasTerm ? call.Parameter(1, outputs) : null;
        ReferenceBlob y = call.Top(0, [.. x.Shape[..axis], outputs]);
        for (int i = 0; i < y.Count; i++)
        {
            int n = i / outputs, j = i % outputs;
            double sum = bias?.Data[j] ?? 0, magnitude = Math.Abs(sum);
            for (int k = 0; k < size; k++)
            {
                double term = x.Data[(n * size) + k] * (options.Transpose ? weights[k, j] : weights[j, k]);
                sum += term;
                magnitude += Math.Abs(term);
            }

            y.Data[i] = options.Relu ? Math.Max(sum, 0) + (options.NegativeSlope * Math.Min(sum, 0)) : sum;
            call.Magnitudes[0].Data[i] = magnitude;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new InnerProductParameter { NumOutput = (uint)random.Between(1, 12) };
        int[] shape = random.Shape(random.Between(2, 4), 1, 5);
        int axis = 1;
        random.Maybe(() => options.BiasTerm = random.Chance(0.3));
        random.Maybe(() => options.Transpose = random.Chance(0.7));
        random.Maybe(() => options.Axis = Positions.Either(random, axis = random.Next(shape.Length), shape.Length));
        random.Maybe(() =>
        {
            options.Relu = random.Chance(0.6);
            options.NegativeSlope = random.Pick(0, 0.1f);
        });
        if (random.Chance(0.2))
        {
            shape = [random.Between(1, 40), random.Between(1, 300)];
            options.Axis = axis = 1;
            options.NumOutput = (uint)random.Between(1, 70);
        }

        int items = shape[..axis].Aggregate(1, (n, d) => n * d), all = shape.Aggregate(1, (n, d) => n * d);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, InnerProductParam = options },
            Bottoms = [new(shape, Fillings.Uniform())
            {
                LaterShape = axis > 0 && random.Chance(0.2) ? [random.Between(1, 6), .. shape[1..]] : null,
            }],
            Passes = random.Between(1, 2),
            Work = (long)all * options.NumOutput / Math.Max(1, items) * Math.Max(items, 6),
        };
    }
}
