using System.Globalization;
using Cnn.Runner.Display;
using Serilog.Events;
using Serilog.Formatting;

namespace Cnn.Runner.Reports;

/// <summary>
/// Formats log lines in the classic form that parsers of Caffe's logs read: <c>I0131 12:34:56.123456 12345 cnn:0]
/// message</c>, with exactly four words before the message.
/// </summary>
public sealed class GlogFormatter : ITextFormatter
{
    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        char severity = logEvent.Level switch
        {
            LogEventLevel.Fatal => 'F',
            LogEventLevel.Error => 'E',
            LogEventLevel.Warning => 'W',
            _ => 'I',
        };
        output.Write(severity);
        output.Write(logEvent.Timestamp.ToString("MMdd HH:mm:ss.ffffff", CultureInfo.InvariantCulture));
        output.Write(' ');
        output.Write(Environment.CurrentManagedThreadId.ToString(CultureInfo.InvariantCulture).PadLeft(5));
        output.Write(" cnn:0] ");
        output.Write(TerminalText.Lines(logEvent.RenderMessage(CultureInfo.InvariantCulture)));
        output.Write('\n');
    }
}
