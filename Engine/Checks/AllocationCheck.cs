namespace Cnn.Engine.Checks;

/// <summary>
/// Looks for allocations in passes after the first; on one thread, so that all parts run on this one.
/// </summary>
internal static class AllocationCheck
{
    // The multiply-adds that a round may take.
    private const long WorkARound = 200_000_000;

    /// <summary>Runs the check.</summary>
    public static LayerCheckResult Run(LayerRecipe recipe, GradientScope scope)
    {
        if (recipe.BottomCount == 0)
        {
            return LayerCheckResult.DoesNotApply(LayerCheck.Allocation, "a source may open another file in any pass");
        }

        using LayerRun run = recipe.Make();
        run.Forward();
        if (scope.RunsBackward)
        {
            run.Backward(scope.Bottoms);
        }

        bool isSmall = recipe.Work < WorkARound / 20;
        var meter = new AllocationMeter
        {
            StepsBefore = isSmall ? 5 : 1,
            StepsARound = (int)Math.Clamp(WorkARound / recipe.Work, 1, 20),
            CleanRounds = isSmall ? 5 : 2,
        };
        long bytes = meter.Measure(Step, GC.GetAllocatedBytesForCurrentThread);
        return bytes == 0
            ? LayerCheckResult.Holds(LayerCheck.Allocation, "0 bytes")
            : LayerCheckResult.Fails(
                LayerCheck.Allocation,
                $"a pass, forward and backward, allocates {Math.Max(1, bytes / meter.StepsARound)} bytes, "
                + "with nothing left to set up");

        void Step()
        {
            run.Layer.Reshape(run.BottomList, run.TopList);
            run.Layer.Forward(run.BottomList, run.TopList);
            if (scope.RunsBackward)
            {
                run.Propagate(scope.Bottoms);
            }

            run.NextPass();
        }
    }
}
