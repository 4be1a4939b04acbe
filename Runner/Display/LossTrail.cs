namespace Cnn.Runner.Display;

/// <summary>
/// The losses of the recent past: means over cells of half a second, or of one iteration where those take longer.
/// </summary>
internal sealed class LossTrail
{
    private const int Cells = 60;

    private static readonly TimeSpan CellTime = TimeSpan.FromMilliseconds(500);

    private readonly (double Mean, TimeSpan Began)[] cells = new (double, TimeSpan)[Cells];
    private long closed;
    private double sum;
    private int count;
    private TimeSpan began;

    /// <summary>The time from the start of the oldest cell to the end of the newest.</summary>
    public TimeSpan Span => closed == 0 ? TimeSpan.Zero : began - cells[Math.Max(0, closed - Cells) % Cells].Began;

    /// <summary>Adds the loss of an iteration that ended at a time since the start.</summary>
    public void Add(double loss, TimeSpan now)
    {
        sum += loss;
        count++;
        if (now - began >= CellTime)
        {
            cells[closed++ % Cells] = (sum / count, began);
            (sum, count, began) = (0, 0, now);
        }
    }

    /// <summary>Returns the means, oldest first.</summary>
    public double[] Means()
    {
        int known = (int)Math.Min(closed, Cells);
        var means = new double[known];
        for (int i = 0; i < known; i++)
        {
            means[i] = cells[(closed - known + i) % Cells].Mean;
        }

        return means;
    }
}
