using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>A constant before and after each axis.</summary>
[Reference("Pad")]
internal sealed class PadReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer) =>
        [.. shape.Select((d, axis) => d + Padding(layer, 2 * axis) + Padding(layer, (2 * axis) + 1))];

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer)
    {
        int[] from = [.. at.Select((p, axis) => p - Padding(layer, 2 * axis))];
        return from.Where((p, axis) => p < 0 || p >= x.Shape[axis]).Any() ? layer.PadParam.ConstantValues : x[from];
    }

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int[] shape = random.Shape(random.Between(1, 4), 1, 4);
        layer.PadParam = new PadParameter();
        layer.PadParam.Paddings.Add(Enumerable.Range(0, 2 * shape.Length).Select(_ => (uint)random.Between(0, 2)));
        random.Maybe(() => layer.PadParam.ConstantValues = random.Between(-2, 2f));
        return shape;
    }

    /// <inheritdoc/>
    protected override bool KeepsAnyFirstAxis(LayerParameter layer) => true;

    private static int Padding(LayerParameter layer, int i) => (int)layer.PadParam.Paddings[i];
}
