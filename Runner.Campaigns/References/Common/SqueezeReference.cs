using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>Leaves out the given axes, or all of size 1.</summary>
[Reference("Squeeze")]
internal sealed class SqueezeReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer)
    {
        int[] axes = layer.SqueezeParam is { Axis.Count: > 0 } options
            ? [.. options.Axis.Select(a => Positions.Axis(a, shape.Length))]
            : [.. Enumerable.Range(0, shape.Length).Where(a => shape[a] == 1)];
        return [.. shape.Where((_, axis) => !axes.Contains(axis))];
    }

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer) => x.Data[offset];

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int[] shape = random.Shape(random.Between(2, 5), 1, 3);
        shape[random.Next(shape.Length)] = 2;
        int[] ones = [.. Enumerable.Range(0, shape.Length).Where(a => shape[a] == 1)];
        random.Maybe(() =>
        {
            layer.SqueezeParam = new SqueezeParameter();
            layer.SqueezeParam.Axis.Add(
                ones.Where(_ => random.Chance(0.5)).Select(a => Positions.Either(random, a, shape.Length)));
        });
        return shape;
    }
}
