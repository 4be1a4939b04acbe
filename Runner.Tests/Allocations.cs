namespace Cnn.Tests;

/// <summary>
/// What a step allocates once it has run a few times: the least of some rounds, since the runtime now and then
/// allocates on a thread of its own accord (a first wait, code compiled anew), but not in every round.
/// </summary>
internal static class Allocations
{
    private const int Rounds = 10;

    /// <summary>Bytes that <paramref name="step"/> allocates on this thread.</summary>
    public static long OnThisThread(Action step) => Least(step, 5, 20, GC.GetAllocatedBytesForCurrentThread);

    /// <summary>Bytes allocated anywhere in the process while <paramref name="step"/> runs; wants the process to itself.</summary>
    public static long OnAllThreads(Action step) => Least(step, 60, 20, () => GC.GetTotalAllocatedBytes(precise: true));

    private static long Least(Action step, int stepsBefore, int stepsARound, Func<long> allocated)
    {
        Repeat(step, stepsBefore);
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least != 0; round++)
        {
            long before = allocated();
            Repeat(step, stepsARound);
            least = Math.Min(least, allocated() - before);
        }

        return least;
    }

    private static void Repeat(Action step, int count)
    {
        for (int i = 0; i < count; i++)
        {
            step();
        }
    }
}
