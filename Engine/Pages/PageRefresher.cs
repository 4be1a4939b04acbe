using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Engine.Pages;

/// <summary>
/// Keeps the page of a run that goes on up to date, from a thread of its own that leaves the training its time: first
/// after 2 seconds, then every 5 seconds or more, and once more at the end.
/// </summary>
public sealed class PageRefresher : IDisposable
{
    /// <summary>The name of the page in the run's folder.</summary>
    public const string FileName = RunFiles.Page;

    // Making the page takes at most this part of the time, unless it takes so long that the page would be stale.
    private const int Share = 300;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(2), Least = TimeSpan.FromSeconds(5),
        Most = TimeSpan.FromMinutes(2);

    private readonly RunWriter writer;
    private readonly TimeProvider clock;
    private readonly Action<CnnException> failed;
    private readonly MemoryStream page = new();
    private readonly AutoResetEvent wake = new(initialState: false);
    private readonly ITimer timer;
    private readonly Thread thread;
    private bool hasFailed;
    private volatile bool ends;

    /// <summary>Starts to write the page.</summary>
    /// <param name="writer">The run.</param>
    /// <param name="clock">Tells when it is time, and what time the page says.</param>
    /// <param name="failed">
    /// Is told of the first page that cannot be written, on a thread of its own; the later ones are tried again.
    /// </param>
    public PageRefresher(RunWriter writer, TimeProvider clock, Action<CnnException> failed)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(failed);
        (this.writer, this.clock, this.failed) = (writer, clock, failed);
        timer = clock.CreateTimer(_ => Wake(), null, First, Timeout.InfiniteTimeSpan);
        thread = new Thread(Work)
        {
            Name = "page of the run", IsBackground = true, Priority = ThreadPriority.Lowest,
        };
        thread.Start();
    }

    /// <summary>The page.</summary>
    public string Path => System.IO.Path.Combine(writer.Folder, FileName);

    /// <summary>Writes the page a last time, after the run has ended, and ends the thread.</summary>
    public void Dispose()
    {
        if (ends)
        {
            return;
        }

        ends = true;
        wake.Set();
        thread.Join();
        lock (wake)
        {
            timer.Dispose();
            wake.Dispose();
            page.Dispose();
        }
    }

    /// <summary>Returns how long to wait after a page that took some time to make.</summary>
    internal static TimeSpan PauseAfter(TimeSpan making) =>
        making * Share is var wanted && wanted < Least ? Least : wanted > Most ? Most : wanted;

    // A timer can still ring while it is disposed of.
    private void Wake()
    {
        lock (wake)
        {
            if (!ends)
            {
                wake.Set();
            }
        }
    }

    private void Work()
    {
        // The first page takes long, as its code is compiled then; that says nothing of the later ones.
        bool isFirst = true;
        while (!ends)
        {
            wake.WaitOne();
            if (!ends)
            {
                TimeSpan making = Write(Path);
                timer.Change(isFirst ? Least : PauseAfter(making), Timeout.InfiniteTimeSpan);
                isFirst = false;
            }
        }

        Write(Path);
    }

    // Returns the time it took to make the page, without that of the disk.
    private TimeSpan Write(string path)
    {
        long begin = clock.GetTimestamp();
        try
        {
            page.SetLength(0);
            var options = new PageOptions { Written = clock.GetUtcNow() };
            RunPage.Write(page, [writer.Snapshot()], options);
            TimeSpan making = clock.GetElapsedTime(begin);
            AtomicFile.Write(path, page.WriteTo);
            return making;
        }
        catch (Exception exception)
        {
            // Whatever it is, the run goes on without its page.
            if (!hasFailed)
            {
                hasFailed = true;
                failed(exception as CnnException
                    ?? new CnnException($"cannot write '{path}': {exception.Message}", inner: exception));
            }

            return clock.GetElapsedTime(begin);
        }
    }
}
