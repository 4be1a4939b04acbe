using System.Globalization;
using Serilog.Core;
using Serilog.Events;

namespace Cnn.Runner.Display;

/// <summary>
/// Shows warnings and errors of a log above a block, and nothing else. A warning that comes again with other numbers is
/// not repeated.
/// </summary>
internal sealed class WarningSink(LiveBlock block) : ILogEventSink
{
    private readonly HashSet<string> said = [];

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        if (logEvent.Level < LogEventLevel.Warning)
        {
            return;
        }

        string text = TerminalText.Printable(logEvent.RenderMessage(CultureInfo.InvariantCulture)).TrimEnd();
        bool isNew;
        lock (said)
        {
            isNew = said.Add(string.Concat(text.Where(c => !char.IsAsciiDigit(c))));
        }

        if (isNew)
        {
            block.WriteAbove(logEvent.Level == LogEventLevel.Warning ? $"warning: {text}" : $"error: {text}");
        }
    }
}
