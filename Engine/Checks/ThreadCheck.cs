namespace Cnn.Engine.Checks;

/// <summary>Compares the bits of passes on one thread and on more, and of a pass that is repeated.</summary>
internal static class ThreadCheck
{
    // The parts of a pass meet in another order each time.
    private const int PassesACount = 3;

    /// <summary>Runs the check.</summary>
    public static LayerCheckResult Run(LayerRecipe recipe, GradientScope scope, LayerCheckOptions options)
    {
        if (recipe.Original.IsInput)
        {
            return LayerCheckResult.DoesNotApply(LayerCheck.Threads, "its caller fills its tops");
        }

        using LayerRun one = recipe.Make();
        PassValues expected = PassValues.OfPass(one, recipe, scope);
        if (expected.FirstUnwritten() is { } unwritten)
        {
            return LayerCheckResult.Fails(LayerCheck.Threads, unwritten);
        }

        if (recipe.BottomCount > 0
            && PassValues.OfPass(one, recipe, scope).DifferenceFrom(
                expected, "when the pass is repeated", "at first") is { } other)
        {
            return LayerCheckResult.Fails(
                LayerCheck.Threads,
                $"{other}: it has state that it does not declare, or random numbers that are no function of the pass");
        }

        for (int threads = 2; threads <= options.Threads; threads++)
        {
            using LayerRun run = recipe.Make(threads);
            for (int pass = 0; pass < (recipe.BottomCount > 0 ? PassesACount : 1); pass++)
            {
                PassValues values = PassValues.OfPass(run, recipe, scope);
                if (values.DifferenceFrom(expected, $"on {threads} threads", "on 1 thread") is { } difference)
                {
                    return LayerCheckResult.Fails(LayerCheck.Threads, difference);
                }
            }
        }

        return LayerCheckResult.Holds(LayerCheck.Threads, options.Threads == 1 ? "1" : $"1-{options.Threads}");
    }
}
