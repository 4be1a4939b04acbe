using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>An axis of size 1 before each given axis of the bottom.</summary>
[Reference("ExpandDimsND")]
internal sealed class ExpandDimsNDReference : RearrangingReference
{
    /// <inheritdoc/>
    protected override int[] TopShape(int[] shape, LayerParameter layer)
    {
        List<int> top = [.. shape];
        int before = 0;
        foreach (int axis in layer.ExpandDimsNdParam.Axis)
        {
            top.Insert((axis < 0 ? axis + shape.Length + 1 : axis) + before++, 1);
        }

        return [.. top];
    }

    /// <inheritdoc/>
    protected override double Value(ReferenceBlob x, int[] at, int offset, LayerParameter layer) => x.Data[offset];

    /// <inheritdoc/>
    protected override int[] DrawShape(PhiloxRandom random, LayerParameter layer)
    {
        int[] shape = random.Shape(random.Between(1, 4), 1, 4);
        layer.ExpandDimsNdParam = new ExpandDimsNDParameter();
        for (int axis = 0; axis <= shape.Length; axis++)
        {
            if (random.Chance(0.4))
            {
                layer.ExpandDimsNdParam.Axis.Add(random.Chance(0.3) ? axis - shape.Length - 1 : axis);
            }
        }

        if (layer.ExpandDimsNdParam.Axis.Count == 0)
        {
            layer.ExpandDimsNdParam.Axis.Add(0);
        }

        return shape;
    }

    /// <inheritdoc/>
    protected override bool KeepsAnyFirstAxis(LayerParameter layer) => true;
}
