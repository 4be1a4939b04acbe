using System.Globalization;
using Cnn.Proto;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Cnn.Runner.Reports;

/// <summary>The log of a run: its lines are shown and, on request, written to a file.</summary>
internal static class RunLog
{
    /// <summary>Creates a logger; dispose of it to close its file.</summary>
    /// <param name="shown">Shows the lines; null for nowhere.</param>
    /// <param name="folder">The folder of the log file, created if necessary; null for no file.</param>
    /// <param name="command">The command that runs, for the file's name.</param>
    /// <param name="least">The least level of the lines.</param>
    /// <param name="also">Another sink of the lines; null for none.</param>
    /// <exception cref="CnnException">The file cannot be written.</exception>
    public static Logger Create(
        ILogEventSink? shown,
        string? folder,
        string command,
        LogEventLevel least = LogEventLevel.Information,
        ILogEventSink? also = null)
    {
        LoggerConfiguration configuration = new LoggerConfiguration().MinimumLevel.Is(least);
        if (shown is not null)
        {
            configuration.WriteTo.Sink(shown);
        }

        if (also is not null)
        {
            configuration.WriteTo.Sink(also);
        }

        if (folder is not null)
        {
            string path = FilePath(folder, command);
            configuration.WriteTo.File(new GlogFormatter(), path, fileSizeLimitBytes: null);
        }

        return configuration.CreateLogger();
    }

    private static string FilePath(string folder, string command)
    {
        string time = SystemClock.Time.GetLocalNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        PathText.Require(folder);
        string path = Path.Combine(folder, $"cnn.{command}.{time}.{Environment.ProcessId}.log");
        try
        {
            // Serilog's file sink swallows errors, so this makes sure first that the file can be written.
            Directory.CreateDirectory(folder);
            File.Open(path, FileMode.Append).Dispose();
            return path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CnnException(
                $"no log can be written to '{folder}': {FileErrors.Reason(exception)}", inner: exception);
        }
    }
}
