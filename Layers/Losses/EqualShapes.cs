namespace Cnn.Layers.Losses;

/// <summary>Checks bottoms that must have one shape, where axes of size 1 at the end do not count.</summary>
internal static class EqualShapes
{
    /// <summary>Requires that the first bottoms have the shape of the very first.</summary>
    /// <param name="context">The layer's context.</param>
    /// <param name="bottoms">The layer's bottoms.</param>
    /// <param name="count">How many bottoms must be equal.</param>
    /// <param name="maxAxes">The most axes they may have.</param>
    public static void Require(LayerContext context, IReadOnlyList<Blob> bottoms, int count, int maxAxes)
    {
        if (bottoms[0].AxisCount > maxAxes)
        {
            throw context.Error(
                $"bottom '{context.Parameter.Bottom[0]}' has shape {bottoms[0].ShapeText}",
                $"there may be {maxAxes} axes");
        }

        for (int i = 1; i < count; i++)
        {
            bool isEqual = bottoms[i].Count == bottoms[0].Count;
            for (int axis = 0; axis < maxAxes; axis++)
            {
                isEqual &= bottoms[i].LegacyDim(axis) == bottoms[0].LegacyDim(axis);
            }

            if (!isEqual)
            {
                throw context.Error(
                    $"bottoms '{context.Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} and "
                    + $"'{context.Parameter.Bottom[i]}' of shape {bottoms[i].ShapeText} differ",
                    "they must have one shape");
            }
        }
    }
}
