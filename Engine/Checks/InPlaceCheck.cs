using Cnn.Layers;

namespace Cnn.Engine.Checks;

/// <summary>
/// Compares a layer that works in place with the same one that does not, and looks whether the gradient reads tops that
/// the layer says it does not need.
/// </summary>
internal static class InPlaceCheck
{
    /// <summary>Runs the check.</summary>
    public static LayerCheckResult Run(LayerRecipe recipe, GradientScope scope)
    {
        Layer layer = recipe.Original;
        if (recipe.BottomCount == 0)
        {
            return LayerCheckResult.DoesNotApply(LayerCheck.InPlace, "it has no bottoms");
        }

        if (recipe.TopNames.Count == 0)
        {
            return LayerCheckResult.DoesNotApply(LayerCheck.InPlace, "it has no tops");
        }

        using LayerRun apart = recipe.Make();
        PassValues expected = PassValues.OfPass(apart, recipe, scope);
        if (scope.RunsBackward && !layer.NeedsTopValues
            && WithoutTops(recipe, scope).DifferenceFrom(
                expected, "when a later layer has overwritten the tops", "otherwise") is { } difference)
        {
            return LayerCheckResult.Fails(LayerCheck.InPlace, $"{difference}, but NeedsTopValues is false");
        }

        if (!layer.AllowsInPlace)
        {
            return LayerCheckResult.Holds(LayerCheck.InPlace, "refused");
        }

        int inPlace = layer.TopsMatchBottoms ? recipe.BottomCount : 1;
        using LayerRun run = recipe.Make(inPlace: inPlace);
        run.Forward();
        PassValues values = PassValues.OfTops(run, recipe);
        PassValues ofTops = PassValues.OfTops(apart, recipe);
        if (values.DifferenceFrom(ofTops, "in place", "otherwise") is { } wrongValue)
        {
            return LayerCheckResult.Fails(LayerCheck.InPlace, wrongValue);
        }

        if (scope.RunsBackward && layer.InPlaceGradientProblem is null)
        {
            run.Backward(scope.Bottoms);
            values.AddGradients(run, recipe, scope.Bottoms);
            ofTops.AddGradients(apart, recipe, scope.Bottoms);
            if (values.DifferenceFrom(ofTops, "in place", "otherwise") is { } wrongGradient)
            {
                return LayerCheckResult.Fails(LayerCheck.InPlace, wrongGradient);
            }
        }

        return layer.InPlaceGradientProblem is { } problem
            ? LayerCheckResult.Holds(LayerCheck.InPlace, "forward", $"no gradient in place: its {problem}")
            : LayerCheckResult.Holds(LayerCheck.InPlace, "same");
    }

    // A pass after whose forward half the tops were overwritten, save those that are views of bottoms.
    private static PassValues WithoutTops(LayerRecipe recipe, GradientScope scope)
    {
        using LayerRun run = recipe.Make();
        return PassValues.OfPass(run, recipe, scope, OverwriteTops);
    }

    private static void OverwriteTops(LayerRun run)
    {
        foreach (Blob top in run.TopList)
        {
            if (!run.IsOrSharesBottom(top))
            {
                top.Data.Fill(float.NaN);
            }
        }
    }
}
