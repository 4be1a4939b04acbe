namespace Cnn.Engine.Checks;

/// <summary>Checks a layer's gradients.</summary>
internal static class GradientCheckRun
{
    private const double Tolerance = 5e-3;

    // The multiply-adds that the differences of one blob may take, and the least number of points.
    private const long MostWork = 4_000_000_000;

    private const int FewestPoints = 4;

    // Passes for a point: two for a step, and mostly one step.
    private const int PassesAPoint = 4;

    /// <summary>Runs the check.</summary>
    public static LayerCheckResult Run(LayerRecipe recipe, GradientScope scope, LayerCheckOptions options)
    {
        if (!scope.RunsBackward)
        {
            return LayerCheckResult.DoesNotApply(LayerCheck.Gradient, "it has no gradient");
        }

        string? rule = recipe.Original.GradientRule, parameterRule = recipe.Original.ParameterGradientRule;
        IReadOnlyList<int> bottoms = rule is null ? scope.Bottoms : [];
        bool checksParameters = scope.HasParameters && parameterRule is null;
        if (bottoms.Count == 0 && !checksParameters)
        {
            return LayerCheckResult.DoesNotApply(
                LayerCheck.Gradient, $"its gradient is deliberately no derivative: {rule ?? parameterRule}");
        }

        using LayerRun run = recipe.Make();
        long affordable = Math.Max(FewestPoints, MostWork / (PassesAPoint * recipe.Work));
        GradientResult result = new GradientCheck
        {
            Tolerance = Tolerance,
            Bottoms = bottoms,
            ChecksParameters = checksParameters,
            Tops = run.CountedTops,
            AddsToParameters = run.Layer.AddsToParameterDiffs,
            BeforeForward = run.Restore,
            MostPoints = (int)Math.Min(options.MostPoints, affordable),
            FitsSteps = true,
            NameOfBottom = index => $"bottom '{recipe.BottomNames[index]}'",
            NameOfParameter = index => $"parameter {index}",
        }.Run(run.Layer, run.BottomList, run.TopList);
        string extent = $"{result.Compared} of {result.Total}";
        if (result.First is { } first)
        {
            string more = result.Differing == 1 ? "" : $"; {result.Differing} of {result.Compared} values differ";
            return LayerCheckResult.Fails(LayerCheck.Gradient, first + more, extent);
        }

        if (result.Compared == 0)
        {
            return LayerCheckResult.DoesNotApply(
                LayerCheck.Gradient,
                result.Total == 0 ? "its blobs are empty" : "no value was found at which its tops have a derivative");
        }

        return LayerCheckResult.Holds(
            LayerCheck.Gradient,
            extent,
            result.Skipped == 0 ? "" : $"{result.Skipped} values skipped: kinks, jumps, or too small to see");
    }
}
