using System.Globalization;
using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>
/// The two files that a run adds to as it goes on: the lines of figures, and the event file of this start.
/// </summary>
internal sealed class RunStorage : IDisposable
{
    private const int BufferSize = 1 << 16;

    private readonly RunClock clock;
    private readonly Stream metricsFile, eventFile;
    private readonly MetricsWriter metrics;
    private readonly RunEventWriter events;

    /// <summary>Opens the files.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="info">What is known of the run.</param>
    /// <param name="resumesAt">The iteration that the run goes on from; 0 for a new one.</param>
    /// <param name="clock">The time.</param>
    /// <param name="append">Opens a file to write at its end.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public RunStorage(string folder, RunInfo info, long resumesAt, RunClock clock, Func<string, Stream> append)
    {
        this.clock = clock;
        metricsFile = append(Path.Combine(folder, RunFiles.Metrics));
        try
        {
            eventFile = append(Path.Combine(folder, EventFileName(folder, clock)));
            metrics = new MetricsWriter(metricsFile);
            events = new RunEventWriter(eventFile, info, resumesAt, Seconds(clock.Milliseconds));
            Flush(toDisk: false);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Opens a file to write at its end, as the storage of a run on a disk does.</summary>
    public static Stream Append(string path) =>
        new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, BufferSize);

    /// <summary>Writes a figure, without allocating.</summary>
    /// <param name="name">The name.</param>
    /// <param name="nameText">The name, from <see cref="MetricsWriter.NameText"/>.</param>
    /// <param name="iteration">The iteration.</param>
    /// <param name="value">The value.</param>
    public void Scalar(string name, ReadOnlySpan<byte> nameText, long iteration, double value)
    {
        long now = clock.Milliseconds;
        metrics.Write(iteration, now, nameText, value);
        events.Scalar(name, iteration, Seconds(now), value);
    }

    /// <summary>Writes a histogram.</summary>
    public void Histogram(string name, long iteration, RunHistogram histogram) =>
        events.Histogram(name, iteration, Seconds(clock.Milliseconds), histogram);

    /// <summary>Writes an image.</summary>
    public void Image(string name, long iteration, RunImage image) =>
        events.Image(name, iteration, Seconds(clock.Milliseconds), image);

    /// <summary>Writes the end of the run.</summary>
    public void End(RunState state, long iteration)
    {
        events.End(state, iteration, Seconds(clock.Milliseconds));
        Flush(toDisk: true);
    }

    /// <summary>Writes out what is buffered.</summary>
    /// <param name="toDisk">Whether to wait until it is on the disk.</param>
    public void Flush(bool toDisk)
    {
        foreach (Stream file in (Span<Stream>)[metricsFile, eventFile])
        {
            if (toDisk && file is FileStream onDisk)
            {
                DiskFlush.Of(onDisk);
            }
            else
            {
                file.Flush();
            }
        }
    }

    /// <summary>Closes the files; what cannot be written any more is lost.</summary>
    public void Dispose()
    {
        foreach (Stream? file in (Span<Stream?>)[metricsFile, eventFile])
        {
            try
            {
                file?.Dispose();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The first failure is the one to report.
            }
        }
    }

    private static double Seconds(long milliseconds) => milliseconds / 1000.0;

    // TensorBoard reads the files in the order of their names, so a start has a later second than that before.
    private static string EventFileName(string folder, RunClock clock)
    {
        string[] before = RunFiles.EventFilesIn(folder);
        long seconds = clock.Milliseconds / 1000;
        if (before.Length > 0)
        {
            string last = Path.GetFileName(before[^1])[RunFiles.Events.Length..].Split('.')[0];
            if (uint.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out uint lastSeconds))
            {
                seconds = Math.Max(seconds, lastSeconds + 1L);
            }
        }

        string host = string.Concat(Environment.MachineName.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{RunFiles.Events}{seconds:0000000000}.{host}.{Environment.ProcessId}.{before.Length}");
    }
}
