using Cnn.Runner.DataSets;

namespace Cnn.Runner.Display;

/// <summary>
/// Shows the progress of files: one changing line on a terminal, else a line for each file when it is complete.
/// </summary>
internal sealed class DataProgress(CommandConsole console) : IProgress<WriteProgress>
{
    private int shownPercent = -1;

    /// <inheritdoc/>
    public void Report(WriteProgress value)
    {
        int percent = value.Total == 0 ? 100 : (int)(100 * value.Done / value.Total);
        if (value.Done == value.Total)
        {
            End();
            console.Error.WriteLine($"{value.Name}: {value.Total} of {value.Total}");
        }
        else if (percent != shownPercent)
        {
            console.Live?.Show($"{value.Name}: {percent} %");
            shownPercent = percent;
        }
    }

    /// <summary>Removes the changing line.</summary>
    public void End()
    {
        console.Live?.Clear();
        shownPercent = -1;
    }
}
