using Cnn.Layers.Data;
using Cnn.Runner.DataSets;

namespace Cnn.Runner.Commands;

/// <summary>How far files have come: one line that changes on a terminal, else a line for each file that is done.</summary>
internal sealed class DataProgress(CommandConsole console) : IProgress<WriteProgress>
{
    private bool lineIsOpen;
    private int shownPercent = -1;

    /// <inheritdoc/>
    public void Report(WriteProgress value)
    {
        int percent = value.Total == 0 ? 100 : (int)(100 * value.Done / value.Total);
        bool isWhole = value.Done == value.Total;
        if (console.Terminal is not null && (percent != shownPercent || isWhole))
        {
            console.Error.Write($"\r{value.Name}: {percent} %\u001b[K");
            (shownPercent, lineIsOpen) = (percent, true);
        }

        if (isWhole)
        {
            End();
            if (console.Terminal is null)
            {
                console.Error.WriteLine($"{value.Name}: {value.Total} of {value.Total}");
            }
        }
    }

    /// <summary>Ends an open line.</summary>
    public void End()
    {
        if (lineIsOpen)
        {
            console.Error.WriteLine();
            lineIsOpen = false;
        }
    }
}
