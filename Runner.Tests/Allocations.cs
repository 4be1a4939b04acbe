using Cnn.Engine.Checks;

namespace Cnn.Tests;

/// <summary>
/// Measures what a step allocates in its steady state. The runtime itself allocates now and then (a first wait, code
/// compiled again), so steps run in rounds until some rounds in a row are clean. A step that allocates at least once
/// in a hundred runs never gets that far.
/// </summary>
internal static class Allocations
{
    /// <summary>The number of steps in a round.</summary>
    public const int StepsARound = 20;

    /// <summary>The number of consecutive clean rounds after which a step counts as free of allocations.</summary>
    public const int CleanRounds = 5;

    private const int MostRounds = 40;

    /// <summary>
    /// Returns the bytes that <paramref name="step"/> allocates on this thread: 0, or those of the last dirty round.
    /// </summary>
    public static long OnThisThread(Action step) => Settled(step, 5, GC.GetAllocatedBytesForCurrentThread);

    /// <summary>
    /// Returns the bytes allocated anywhere in the process while <paramref name="step"/> runs: 0, or those of the
    /// last dirty round. No other test may run at the same time.
    /// </summary>
    public static long OnAllThreads(Action step) => Settled(step, 60, () => GC.GetTotalAllocatedBytes(precise: true));

    private static long Settled(Action step, int stepsBefore, Func<long> allocated)
    {
        var meter = new AllocationMeter
        {
            StepsBefore = stepsBefore, StepsARound = StepsARound, CleanRounds = CleanRounds, MostRounds = MostRounds,
        };
        return meter.Measure(step, allocated);
    }
}
