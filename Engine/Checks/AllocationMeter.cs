namespace Cnn.Engine.Checks;

/// <summary>
/// Measures what a step allocates in its steady state. The runtime itself allocates now and then (a first wait, code
/// compiled again), so steps run in rounds until some rounds in a row are clean.
/// </summary>
internal sealed class AllocationMeter
{
    /// <summary>The number of steps before the first round.</summary>
    public int StepsBefore { get; init; } = 5;

    /// <summary>The number of steps in a round.</summary>
    public int StepsARound { get; init; } = 20;

    /// <summary>The number of consecutive clean rounds after which a step counts as free of allocations.</summary>
    public int CleanRounds { get; init; } = 5;

    /// <summary>The number of rounds after which it does not.</summary>
    public int MostRounds { get; init; } = 40;

    /// <summary>Returns the bytes that a round allocates: 0, or those of the last round that was not clean.</summary>
    /// <param name="step">The step.</param>
    /// <param name="allocated">Returns the bytes allocated so far.</param>
    public long Measure(Action step, Func<long> allocated)
    {
        Repeat(step, StepsBefore);
        long last = 0;
        int clean = 0;
        for (int round = 0; round < MostRounds && clean < CleanRounds; round++)
        {
            long before = allocated();
            Repeat(step, StepsARound);
            long taken = allocated() - before;
            clean = taken == 0 ? clean + 1 : 0;
            last = taken == 0 ? last : taken;
        }

        return clean == CleanRounds ? 0 : last;
    }

    private static void Repeat(Action step, int count)
    {
        for (int i = 0; i < count; i++)
        {
            step();
        }
    }
}
