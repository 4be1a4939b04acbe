using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Index i of a turned axis goes to D - 1 - i.</summary>
[Reference("Reverse")]
internal sealed class ReverseReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer) => shape;

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        int[] from = [.. at];
        IEnumerable<int> axes = layer.ReverseParam is { Axis.Count: > 0 } options ? options.Axis : [0];
        foreach (int axis in axes.Select(a => Positions.Axis(a, at.Length)))
        {
            from[axis] = x.Shape[axis] - 1 - at[axis];
        }

        return x[from];
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int[] shape = random.Shape(random.Between(1, 5), 1, 5);
        random.Maybe(() =>
        {
            layer.ReverseParam = new ReverseParameter();
            layer.ReverseParam.Axis.Add(Enumerable.Range(0, shape.Length)
                .Where(_ => random.Chance(0.5)).Select(a => Positions.Either(random, a, shape.Length)));
        });
        return shape;
    }

    /// <inheritdoc/>
    protected override bool KeepsAnyFirstAxis(LayerParameter layer) => true;
}
