using Cnn.Proto;

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
        int tried = 0;
        var refused = new List<string>();
        using LayerRun run = recipe.Make();
        ThreadCheck.Pass(run, recipe, scope);
        foreach (ShapeChange change in changes.Where(c => c.Shapes is not null))
        {
            tried++;
            try
            {
                if (Difference(recipe, scope, run, change) is { } difference)
                {
                    return LayerCheckResult.Fails(LayerCheck.Reshaping, $"with {change.Name}: {difference}");
                }
            }
            catch (CnnException exception) when (change != original)
            {
                refused.Add($"{change.Name} refused: {exception.Diagnostics[0].Message}");
            }
            catch (Exception exception) when (LayerFault.IsOfTheLayer(exception))
            {
                return LayerCheckResult.Fails(
                    LayerCheck.Reshaping, $"with {change.Name}: {LayerFault.Describe(exception)}");
            }
        }

        return LayerCheckResult.Holds(
            LayerCheck.Reshaping, $"{tried - refused.Count} of {tried}", string.Join("; ", refused));
    }

    private static string? Difference(LayerRecipe recipe, GradientScope scope, LayerRun run, ShapeChange change)
    {
        using LayerRun fresh = recipe.Make(shapes: change.Shapes);
        PassValues expected = ThreadCheck.Pass(fresh, recipe, scope);
        for (int i = 0; i < recipe.BottomCount; i++)
        {
            run.BottomList[i].Reshape(change.Shapes![i]);
            recipe.Fill(run, i);
        }

        return ThreadCheck.Pass(run, recipe, scope).DifferenceFrom(
            expected, "after the change of shape", "in a fresh layer");
    }
}
