using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Puts the axes into another order: axis i of the top is axis <c>dim[i]</c> of the bottom, where <c>dim</c> names all
/// axes. See <see cref="ReorderingLayer"/>. From CTPN's fork of Caffe (Tian et al., "Detecting text in natural image
/// with connectionist text proposal network", ECCV 2016).
/// </summary>
[LayerType("Transpose")]
internal sealed class TransposeLayer(LayerContext context) : ReorderingLayer(context)
{
    private readonly TransposeParameter options = context.Parameter.TransposeParam ?? new TransposeParameter();

    private protected override void ReadOrder(Blob bottom, Span<int> order)
    {
        bool isOrder = options.Dim.Count == order.Length;
        for (int i = 0; i < order.Length && isOrder; i++)
        {
            order[i] = options.Dim[i];
            isOrder = order[i] >= 0 && order[i] < order.Length && !order[..i].Contains(order[i]);
        }

        if (!isOrder)
        {
            throw Context.Error(
                options,
                TransposeParameter.DimFieldNumber,
                $"dim {string.Join(' ', options.Dim)} is no order of the axes of bottom '{Parameter.Bottom[0]}' of "
                + $"shape {bottom.ShapeText}",
                $"name each of the axes 0 to {bottom.AxisCount - 1} once");
        }
    }
}
