using System.Diagnostics;
using System.Text;
using Cnn.Proto;

namespace Cnn.Engine.Runs;

// What the timer does: writing out what is buffered, and the documents.
public sealed partial class RunWriter
{
    // The documents are flushed to disk, which may take long, so the pause grows with it.
    private const int PauseFactor = 100;

    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1), SaveInterval = TimeSpan.FromSeconds(5);

    // Held while documents are written. It is taken before the gate, never after it.
    private readonly Lock saving = new();
    private readonly Timer timer;
    private RunProcess process = RunProcess.Current();
    private LayerTimeDocument? newTimes;
    private ClassReport? newClasses;
    private long nextSave;
    private bool isWriting = true;
    private bool hasEnded;

    /// <summary>Writes out what is buffered, which otherwise happens every second.</summary>
    public void Flush() => Flush(toDisk: false);

    /// <summary>Writes out what is buffered; it is on the disk when this returns.</summary>
    internal void FlushToDisk() => Flush(toDisk: true);

    private void Flush(bool toDisk)
    {
        lock (gate)
        {
            if (hasEnded)
            {
                return;
            }
        }

        Change(() => storage?.Flush(toDisk));
    }

    /// <summary>Ends the run: all that is known is on the disk when it returns.</summary>
    /// <param name="state">How it ended.</param>
    /// <param name="failure">Why it failed; empty if it did not.</param>
    public void End(RunState state, string failure = "")
    {
        ArgumentNullException.ThrowIfNull(failure);
        timer.Dispose();
        lock (saving)
        {
            if (!hasEnded)
            {
                Change(() =>
                {
                    SetDuration();
                    hasEnded = true;
                    (record.State, record.Failure) = (state, failure);
                    storage?.End(state, record.Iteration);
                });
            }

            Save();
            lock (gate)
            {
                storage?.Dispose();
                storage = null;
            }
        }
    }

    /// <summary>Closes the files. A run that has not ended by then is <see cref="RunState.Stopped"/>.</summary>
    public void Dispose()
    {
        if (!hasEnded)
        {
            End(RunState.Stopped);
        }
    }

    // A tick that finds the one before at work leaves it to that.
    private void Tick()
    {
        if (!saving.TryEnter())
        {
            return;
        }

        try
        {
            // A tick may have waited for its thread while the run ended.
            if (hasEnded)
            {
                return;
            }

            Flush();
            long start = Stopwatch.GetTimestamp();
            if (start >= nextSave)
            {
                Save();
                long end = Stopwatch.GetTimestamp();
                nextSave = end + Math.Max(
                    (long)(SaveInterval.TotalSeconds * Stopwatch.Frequency), PauseFactor * (end - start));
            }
        }
        finally
        {
            saving.Exit();
        }
    }

    private void Save()
    {
        RunDocument document;
        ClassReport? classes;
        LayerTimeDocument? times;
        lock (gate)
        {
            if (!isWriting)
            {
                return;
            }

            SetDuration();
            document = RunDocument.Of(record, process, clock.Now);
            (classes, newClasses, times, newTimes) = (newClasses, null, newTimes, null);
        }

        try
        {
            times?.Write(Folder);
            if (classes is not null)
            {
                ClassDocument.Write(classes, Folder);
            }

            Write(document);
        }
        catch (Exception exception) when (IsOfFiles(exception))
        {
            // Somebody may just be reading the file where that keeps it from being replaced: the next time counts.
            CnnException? failure;
            lock (gate)
            {
                newTimes ??= times;
                newClasses ??= classes;
                failure = hasEnded ? StopWriting(exception) : null;
            }

            Tell(failure);
        }
    }

    private void Write(RunDocument document) =>
        JsonDocuments.Write(Path.Combine(Folder, RunFiles.Summary), document, JsonDocuments.Indented.RunDocument);

    // Nothing is written any more after a failure.
    private void WriteText(string name, string text)
    {
        if (isWriting)
        {
            AtomicFile.Write(Path.Combine(Folder, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }
    }
}
