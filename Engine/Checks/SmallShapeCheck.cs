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
        return ShapeTrials.Run(LayerCheck.SmallShapes, changes, change =>
        {
            using LayerRun run = recipe.Make(shapes: change.Shapes);
            return PassValues.OfPass(run, recipe, scope).FirstUnwritten();
        });
    }
}
