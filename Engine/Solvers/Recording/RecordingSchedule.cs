namespace Cnn.Engine.Solvers.Recording;

/// <summary>
/// Which iterations are recorded: one in so many, or, where that is not given, fewer and fewer. It depends on the
/// iteration alone, so a run that is resumed or made longer records the same ones.
/// </summary>
/// <param name="interval">The iterations between two records; 0 if it is not given.</param>
/// <param name="dense">
/// Without an interval, as many iterations are recorded from the start on; of those up to twice that number every
/// second one, up to four times every fourth, and so on.
/// </param>
internal readonly struct RecordingSchedule(int interval, int dense)
{
    /// <summary>Returns whether an iteration is recorded.</summary>
    public bool IsDue(long iteration)
    {
        if (interval > 0)
        {
            return iteration % interval == 0;
        }

        long step = 1;
        while (iteration / step >= dense)
        {
            step *= 2;
        }

        return iteration % step == 0;
    }
}
