using Cnn.Proto;
using Serilog.Core;
using Serilog.Events;

namespace Cnn.Runner.Reports;

/// <summary>Writes log lines to a writer, each in one piece.</summary>
internal sealed class WriterSink(TextWriter writer) : ILogEventSink
{
    private readonly GlogFormatter formatter = new();
    private readonly Lock gate = new();

    public void Emit(LogEvent logEvent)
    {
        using var line = new StringWriter();
        formatter.Format(logEvent, line);
        lock (gate)
        {
            writer.Write(ByteText.Readable(line.ToString()));
            writer.Flush();
        }
    }
}
