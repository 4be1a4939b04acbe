namespace Cnn.Engine.Checks;

/// <summary>
/// Gives the bottoms of one layer larger and smaller shapes in turn and compares it with a fresh layer each time.
/// </summary>
internal static class ReshapeCheck
{
    /// <summary>Runs the check.</summary>
    public static LayerCheckResult Run(LayerRecipe recipe, GradientScope scope)
    {
        if (recipe.BottomCount == 0)
        {
            return LayerCheckResult.DoesNotApply(LayerCheck.Reshaping, "it has no bottoms");
        }

        if (recipe.Original is { DependsOnEarlierPasses: true, State.Count: 0 })
        {
            return LayerCheckResult.DoesNotApply(LayerCheck.Reshaping, "it keeps something from pass to pass");
        }

        int[][] shapes = recipe.BottomShapes;
        ShapeChange original = new("the first shapes", shapes);
        ShapeChange[] changes =
        [
            ShapeChange.Items("more items", shapes, n => n + 2),
            ShapeChange.Items("fewer items", shapes, n => Math.Max(1, n - 1)),
            original,
            ShapeChange.Pixels("more pixels", shapes, n => n + 3),
            ShapeChange.Pixels("fewer pixels", shapes, n => Math.Max(1, n - 1)),
            original,
        ];
        using LayerRun run = recipe.Make();
        PassValues.OfPass(run, recipe, scope);
        return ShapeTrials.Run(
            LayerCheck.Reshaping, changes, change => Difference(recipe, scope, run, change), original);
    }

    private static string? Difference(LayerRecipe recipe, GradientScope scope, LayerRun run, ShapeChange change)
    {
        using LayerRun fresh = recipe.Make(shapes: change.Shapes);
        PassValues expected = PassValues.OfPass(fresh, recipe, scope);
        for (int i = 0; i < recipe.BottomCount; i++)
        {
            run.BottomList[i].Reshape(change.Shapes![i]);
            recipe.Fill(run, i);
        }

        return PassValues.OfPass(run, recipe, scope).DifferenceFrom(
            expected, "after the change of shape", "in a fresh layer");
    }
}
