using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Puts the axes into another order: axis i of the top is axis <c>order[i]</c> of the bottom; axes that <c>order</c>
/// does not name follow in theirs. The gradient takes the way back. Where all axes stay in place, the top shares the
/// bottom's memory. From SSD's fork of Caffe (Liu et al., "SSD: Single shot multibox detector", ECCV 2016).
/// </summary>
[LayerType("Permute")]
internal sealed class PermuteLayer(LayerContext context) : ReorderingLayer(context)
{
    private readonly PermuteParameter options = context.Parameter.PermuteParam ?? new PermuteParameter();

    private protected override void ReadOrder(Blob bottom, Span<int> order)
    {
        int count = 0;
        for (int i = 0; i < options.Order.Count; i++)
        {
            uint axis = options.Order[i];
            if (axis >= bottom.AxisCount || order[..count].Contains((int)axis))
            {
                throw Context.Error(
                    options,
                    PermuteParameter.OrderFieldNumber,
                    axis < bottom.AxisCount
                        ? $"order names axis {axis} twice"
                        : $"order names axis {axis}, which bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} "
                        + "does not have",
                    $"name each of the axes 0 to {bottom.AxisCount - 1} at most once");
            }

            order[count++] = (int)axis;
        }

        for (int axis = 0; count < order.Length; axis++)
        {
            if (!order[..count].Contains(axis))
            {
                order[count++] = axis;
            }
        }
    }
}
