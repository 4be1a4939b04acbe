using Cnn.Runner.Reports;
using Serilog.Core;
using Serilog.Events;

namespace Cnn.Runner.Display;

/// <summary>Writes log lines to a terminal, above the line that changes in place.</summary>
internal sealed class LiveSink(LiveLine live) : ILogEventSink
{
    private readonly GlogFormatter formatter = new();

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        using var line = new StringWriter();
        formatter.Format(logEvent, line);
        live.WriteAbove(string.Join('\n', line.ToString().TrimEnd('\n').Split('\n').Select(TerminalText.Printable)));
    }
}
