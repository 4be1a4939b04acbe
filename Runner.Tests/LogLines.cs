using System.Globalization;
using Serilog.Core;
using Serilog.Events;

namespace Cnn.Tests;

/// <summary>Keeps what a log is told.</summary>
internal sealed class LogLines : ILogEventSink
{
    /// <summary>All lines.</summary>
    public List<string> All { get; } = [];

    /// <summary>The warnings among them.</summary>
    public List<string> Warnings { get; } = [];

    public void Emit(LogEvent logEvent)
    {
        string line = logEvent.RenderMessage(CultureInfo.InvariantCulture);
        All.Add(line);
        if (logEvent.Level == LogEventLevel.Warning)
        {
            Warnings.Add(line);
        }
    }
}
