using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>
/// Scale and Bias: <c>y = s x + b</c>, where s and b, learned or a second bottom, have some axes of x and are repeated
/// over the others.
/// </summary>
[Reference("Scale", "Bias")]
internal sealed class BroadcastReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        bool isScale = call.Layer.Type == "Scale", isGiven = call.Bottoms.Count > 1;
        (int axis, int axes) = isScale ? OfScale(call.Layer) : OfBias(call.Layer);
        axis = Positions.Axis(axis, x.Shape.Length);
        int end = isGiven ? axis + call.Bottoms[1].Shape.Length : axes == -1 ? x.Shape.Length : axis + axes;
        int[] shape = x.Shape[axis..end];
        ReferenceBlob factor = isGiven ? call.Bottoms[1] : call.Parameter(0, shape);
        ReferenceBlob? summand = !isScale ? factor
            : call.Layer.ScaleParam is { BiasTerm: true } ? call.Parameter(isGiven ? 0 : 1, shape) : null;
        int inner = x.CountOf(end);
        for (int i = 0; i < x.Count; i++)
        {
            int place = i / inner % factor.Count;
            y.Data[i] = (isScale ? x.Data[i] * factor.Data[place] : x.Data[i]) + (summand?.Data[place] ?? 0);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        bool isScale = type == "Scale";
        var layer = new LayerParameter { Type = type };
        int[] shape = random.Chance(0.1) ? [3, 30, 11, 12] : random.Shape(random.Between(2, 5), 1, 5);
        int axis = random.Chance(0.4) ? 1 : random.Next(shape.Length);
        int axes = random.Chance(0.4) ? 1 : random.Between(0, shape.Length - axis);
        bool isGiven = random.Chance(0.3);
        if (random.Chance(0.8) || axis != 1 || axes != 1)
        {
            int written = Positions.Either(random, axis, shape.Length);
            int count = axis + axes == shape.Length && axes > 0 && random.Chance(0.5) ? -1 : axes;
            if (isScale)
            {
                layer.ScaleParam = new ScaleParameter
                {
                    Axis = written,
                    NumAxes = count,
                    BiasTerm = random.Chance(0.5),
                };
            }
            else
            {
                layer.BiasParam = new BiasParameter { Axis = written, NumAxes = count };
            }
        }

        var bottom = new ReferenceBottom(shape, Fillings.Uniform(-2, 2));
        var second = new ReferenceBottom(shape[axis..(axis + Math.Max(1, axes))], Fillings.Uniform());
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = isGiven ? [bottom, second] : [bottom],
            InPlace = random.Chance(0.3),
            Passes = random.Between(1, 2),
        };
    }

    private static (int Axis, int Axes) OfScale(LayerParameter layer)
    {
        ScaleParameter options = layer.ScaleParam ?? new ScaleParameter();
        return (options.Axis, options.NumAxes);
    }

    private static (int Axis, int Axes) OfBias(LayerParameter layer)
    {
        BiasParameter options = layer.BiasParam ?? new BiasParameter();
        return (options.Axis, options.NumAxes);
    }
}
