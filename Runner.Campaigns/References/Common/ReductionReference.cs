using Cnn.Fillers;
using Cnn.Proto;
using Operation = Cnn.Proto.ReductionParameter.Types.ReductionOp;

namespace Cnn.Campaigns.References.Common;

/// <summary>coeff times the sum, sum of magnitudes, sum of squares or mean of all axes from axis on.</summary>
[Reference("Reduction")]
internal sealed class ReductionReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReductionParameter options = call.Layer.ReductionParam ?? new ReductionParameter();
        ReferenceBlob x = call.Bottoms[0];
        int axis = Positions.Axis(options.Axis, x.Shape.Length), size = x.CountOf(axis);
        ReferenceBlob y = call.Top(0, x.Shape.AsSpan(0, axis));
        double coeff = options.Operation == Operation.Mean ? options.Coeff / (double)size : options.Coeff;
        for (int i = 0; i < x.Count; i++)
        {
            double term = options.Operation switch
            {
                Operation.Asum => Math.Abs(x.Data[i]),
                Operation.Sumsq => x.Data[i] * x.Data[i],
                _ => x.Data[i],
            };
            y.Data[i / size] += coeff * term;
            call.Magnitudes[0].Data[i / size] += Math.Abs(coeff * term);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        int[] shape = random.Chance(0.1) ? [2, 30, 19, 17] : random.Shape(random.Between(1, 5), 1, 5);
        random.Maybe(() =>
        {
            layer.ReductionParam = new ReductionParameter
            {
                Operation = random.Pick(Operation.Sum, Operation.Asum, Operation.Sumsq, Operation.Mean),
            };
            random.Maybe(() => layer.ReductionParam.Axis = Positions.Either(
                random, random.Next(shape.Length), shape.Length));
            random.Maybe(() => layer.ReductionParam.Coeff = random.Pick(0, 0.5f, -2, 3));
        });
        return new ReferenceCase { Layer = layer, Bottoms = [new(shape, Fillings.AwayFromZero(0.01f, 2))] };
    }
}
