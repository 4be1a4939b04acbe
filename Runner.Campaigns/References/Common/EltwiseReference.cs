using Cnn.Fillers;
using Cnn.Proto;
using Operation = Cnn.Proto.EltwiseParameter.Types.EltwiseOp;

namespace Cnn.Campaigns.References.Common;

/// <summary>
/// The weighted sum, product, maximum, minimum or quotient of bottoms; the second of two may have fewer axes and is
/// repeated.
/// </summary>
[Reference("Eltwise")]
internal sealed class EltwiseReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        EltwiseParameter options = Options(call);
        ReferenceBlob y = call.Top(0, call.Bottoms[0].Shape);
        for (int i = 0; i < y.Count; i++)
        {
            double[] x = [.. call.Bottoms.Select((b, k) => b.Data[Place(call, k, i)])];
            double[] terms = [.. x.Select((v, k) => options.Coeff.Count > 0 ? v * options.Coeff[k] : v)];
            y.Data[i] = options.Operation switch
            {
                Operation.Sum => terms.Sum(),
                Operation.Prod => x.Aggregate(1.0, (p, v) => p * v),
                Operation.Max => x.Max(),
                Operation.Min => x.Min(),
                _ => x[0] / x[1],
            };
            call.Magnitudes[0].Data[i] = options.Operation == Operation.Sum ? terms.Sum(Math.Abs) : 0;
        }
    }

    /// <summary>Where bottoms are equal, a rule says which of them has the gradient.</summary>
    public bool HasOwnGradient(ReferenceCall call) => Options(call).Operation is Operation.Max or Operation.Min;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        double sign = Options(call).Operation == Operation.Max ? 1 : -1;
        for (int i = 0; i < call.Bottoms[0].Count; i++)
        {
            double[] x = [.. call.Bottoms.Select((b, k) => sign * b.Data[Place(call, k, i)])];
            int winner = x[0] > x[1] ? 0 : 1;
            for (int k = 2; k < x.Length; k++)
            {
                winner = x[k] > x[winner] ? k : winner;
            }

            call.BottomDiffs[winner].Data[Place(call, winner, i)] += call.TopDiffs[0].Data[i];
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        int bottoms = random.Between(2, 4);
        int[] shape = random.Chance(0.1) ? [3, 20, 13, 14] : random.Shape(random.Between(1, 4), 1, 5), second = shape;
        Operation operation = random.Pick(Operation.Sum, Operation.Prod, Operation.Max, Operation.Min, Operation.Div);
        if (operation != Operation.Sum || random.Chance(0.7))
        {
            layer.EltwiseParam = new EltwiseParameter { Operation = operation };
            bottoms = operation == Operation.Div ? 2 : bottoms;
            if (operation is Operation.Sum && random.Chance(0.6))
            {
                layer.EltwiseParam.Coeff.Add(Enumerable.Range(0, bottoms).Select(_ => random.Pick(1, -1, 0.3f, 2)));
            }

            random.Maybe(() => layer.EltwiseParam.StableProdGrad = random.Chance(0.5));
            if (bottoms == 2 && shape.Length > 1 && random.Chance(0.4))
            {
                int axis = random.Next(shape.Length);
                layer.EltwiseParam.Axis = axis;
                second = shape[axis..random.Between(axis + 1, shape.Length)];
            }
        }

        Filling fill = operation is Operation.Max or Operation.Min && random.Chance(0.5)
            ? Fillings.Of(-1, 0, 1)
            : Fillings.AwayFromZero(0.3f, 2);
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [.. Enumerable.Range(0, bottoms).Select(k => new ReferenceBottom(k == 1 ? second : shape, fill))],
        };
    }

    private static EltwiseParameter Options(ReferenceCall call) => call.Layer.EltwiseParam ?? new EltwiseParameter();

    // A second bottom with fewer axes has those of the first from `axis` on.
    private static int Place(ReferenceCall call, int bottom, int i)
    {
        ReferenceBlob first = call.Bottoms[0], own = call.Bottoms[bottom];
        if (own.Shape.Length == first.Shape.Length)
        {
            return i;
        }

        int end = Positions.Axis(Options(call).Axis, first.Shape.Length) + own.Shape.Length;
        return i / first.CountOf(end) % own.Count;
    }
}
