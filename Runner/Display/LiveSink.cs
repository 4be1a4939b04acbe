using Cnn.Proto;
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
        live.WriteAbove(ByteText.Readable(line.ToString().TrimEnd('\n')));
    }
}
