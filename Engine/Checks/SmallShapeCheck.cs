using Cnn.Proto;

namespace Cnn.Engine.Checks;

/// <summary>Runs a layer with no items, one item, one channel and one pixel.</summary>
internal static class SmallShapeCheck
{
    /// <summary>Runs the check.</summary>
    public static LayerCheckResult Run(LayerRecipe recipe, GradientScope scope)
    {
        if (recipe.BottomCount == 0)
        {
            return LayerCheckResult.DoesNotApply(LayerCheck.SmallShapes, "it has no bottoms");
        }

        int[][] shapes = recipe.BottomShapes;
        ShapeChange[] changes =
        [
            ShapeChange.Items("no items", shapes, _ => 0),
            ShapeChange.Items("one item", shapes, _ => 1),
            ShapeChange.Channels("one channel", shapes, _ => 1),
            ShapeChange.Pixels("one pixel", shapes, _ => 1),
        ];
        int tried = 0;
        var refused = new List<string>();
        foreach (ShapeChange change in changes)
        {
            if (change.Shapes is null)
            {
                continue;
            }

            tried++;
            try
            {
                using LayerRun run = recipe.Make(shapes: change.Shapes);
                PassValues values = ThreadCheck.Pass(run, recipe, scope);
                if (values.FirstUnwritten() is { } unwritten)
                {
                    return LayerCheckResult.Fails(LayerCheck.SmallShapes, $"with {change.Name}: {unwritten}");
                }
            }
            catch (CnnException exception)
            {
                refused.Add($"{change.Name} refused: {exception.Diagnostics[0].Message}");
            }
            catch (Exception exception) when (LayerFault.IsOfTheLayer(exception))
            {
                return LayerCheckResult.Fails(
                    LayerCheck.SmallShapes, $"with {change.Name}: {LayerFault.Describe(exception)}");
            }
        }

        return tried == 0
            ? LayerCheckResult.DoesNotApply(LayerCheck.SmallShapes, "its bottoms have no axes longer than 1")
            : LayerCheckResult.Holds(
                LayerCheck.SmallShapes, $"{tried - refused.Count} of {tried}", string.Join("; ", refused));
    }
}
