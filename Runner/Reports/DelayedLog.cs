using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Cnn.Runner.Reports;

/// <summary>
/// A log file whose folder is there only when the run has begun: keeps the lines before that and writes them then.
/// </summary>
internal sealed class DelayedLog : ILogEventSink, IDisposable
{
    private readonly Lock gate = new();
    private List<LogEvent>? waiting = [];
    private Logger? file;

    /// <summary>
    /// Opens the file and writes what was logged so far; more lines are appended to a file that is there.
    /// </summary>
    /// <param name="path">The file; null when there is none, and the lines are dropped.</param>
    public void Open(string? path)
    {
        lock (gate)
        {
            if (path is not null)
            {
                // A disk that is full must not end the run: the file sink swallows errors.
                file = new LoggerConfiguration().MinimumLevel.Verbose()
                    .WriteTo.File(new GlogFormatter(), path, fileSizeLimitBytes: null)
                    .CreateLogger();
                waiting?.ForEach(file.Write);
            }

            waiting = null;
        }
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        lock (gate)
        {
            waiting?.Add(logEvent);
            file?.Write(logEvent);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();
}
