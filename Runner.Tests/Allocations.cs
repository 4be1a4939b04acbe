namespace Cnn.Tests;

/// <summary>
/// What a step allocates once it has run for a while. The runtime allocates now and then on its own account (a first
/// wait, code compiled anew), so steps are counted in rounds until some rounds in a row are clean; a step that itself
/// allocates once in a hundred times or more often never gets that far.
/// </summary>
internal static class Allocations
{
    /// <summary>A round of this many steps.</summary>
    public const int StepsARound = 20;

    /// <summary>So many rounds in a row allocate nothing, for a step to count as one that allocates nothing.</summary>
    public const int CleanRounds = 5;

    private const int MostRounds = 40;

    /// <summary>
    /// Bytes that <paramref name="step"/> allocates on this thread: 0, or what the last dirty round took.
    /// </summary>
    public static long OnThisThread(Action step) => Settled(step, 5, GC.GetAllocatedBytesForCurrentThread);

    /// <summary>
    /// Bytes allocated anywhere in the process while <paramref name="step"/> runs: 0, or what the last dirty round
    /// took. Wants the process to itself.
    /// </summary>
    public static long OnAllThreads(Action step) => Settled(step, 60, () => GC.GetTotalAllocatedBytes(precise: true));

    private static long Settled(Action step, int stepsBefore, Func<long> allocated)
    {
        Repeat(step, stepsBefore);
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
