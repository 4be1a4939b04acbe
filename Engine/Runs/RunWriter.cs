using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>
/// Writes the folder of a run. A program of one's own can use it as the solver does. Calls come from one thread at a
/// time; <see cref="Snapshot"/> may be called from any.
/// </summary>
/// <remarks>
/// Figures are buffered and written every second by another thread, the documents every few seconds, so a call seldom
/// waits for the disk. A killed process loses what the last second brought; what was written before can be read. After
/// the end only <see cref="SnapshotWritten"/> and <see cref="Snapshot"/> may be called.
/// </remarks>
public sealed partial class RunWriter : IDisposable
{
    private readonly Lock gate = new();
    private readonly RunRecord record;
    private readonly RunClock clock;
    private readonly Dictionary<string, Figure> figures = [];
    private readonly TimeSpan before;
    private RunStorage? storage;

    private RunWriter(string folder, RunRecord record, RunClock clock, RunStorage storage)
    {
        (Folder, this.record, this.clock, this.storage) = (folder, record, clock, storage);
        before = record.Duration;
        timer = new Timer(_ => Tick(), null, FlushInterval, FlushInterval);
    }

    /// <summary>
    /// Tells, once and on any thread, that a file could not be written, such as on a full disk. The run goes on: from
    /// then on nothing more is written, and all is kept in memory.
    /// </summary>
    public event Action<CnnException>? Failed;

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Writes a figure.</summary>
    /// <param name="name">Its name; a slash groups names, as in <c>test/accuracy</c>.</param>
    /// <param name="iteration">The iteration that it belongs to.</param>
    /// <param name="value">The value.</param>
    public void Scalar(string name, long iteration, double value)
    {
        CnnException? failure = null;
        lock (gate)
        {
            RequireNotEnded();
            Figure figure = FigureOf(name);
            figure.Curve.Add(iteration, value);
            record.Iteration = Math.Max(record.Iteration, iteration);
            try
            {
                storage?.Scalar(name, figure.NameText, iteration, value);
            }
            catch (Exception exception) when (IsOfFiles(exception))
            {
                failure = StopWriting(exception);
            }
        }

        Tell(failure);
    }

    /// <summary>Writes a histogram of values.</summary>
    /// <param name="name">Its name, such as <c>weights/conv1.0</c>.</param>
    /// <param name="iteration">The iteration that it belongs to.</param>
    /// <param name="values">The values; those that are not finite are left out.</param>
    public void Histogram(string name, long iteration, ReadOnlySpan<float> values)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var histogram = RunHistogram.Of(values);
        Change(() =>
        {
            record.Add(name, iteration, histogram);
            storage?.Histogram(name, iteration, histogram);
        });
    }

    /// <summary>Writes an image.</summary>
    /// <param name="name">Its name, such as <c>filters/conv1</c>.</param>
    /// <param name="iteration">The iteration that it belongs to.</param>
    /// <param name="image">The image.</param>
    public void Image(string name, long iteration, RunImage image)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(image);
        Change(() =>
        {
            record.Add(name, iteration, image);
            storage?.Image(name, iteration, image);
        });
    }

    /// <summary>Tells how many iterations are done.</summary>
    public void Advance(long iteration)
    {
        lock (gate)
        {
            RequireNotEnded();
            record.Iteration = iteration;
        }
    }

    /// <summary>Writes the times of the layers; they replace those before.</summary>
    /// <param name="iteration">The iteration that was timed.</param>
    /// <param name="times">The layers in the order they run.</param>
    public void LayerTimes(long iteration, IReadOnlyList<LayerTime> times)
    {
        ArgumentNullException.ThrowIfNull(times);
        lock (gate)
        {
            RequireNotEnded();
            record.LayerTimes = times;
            newTimes = new LayerTimeDocument(iteration, times);
        }
    }

    /// <summary>Writes how a test classified its images; it replaces the report before.</summary>
    public void Classes(ClassReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        lock (gate)
        {
            RequireNotEnded();
            record.Classes = newClasses = report;
        }
    }

    /// <summary>Writes a definition as read, such as of the solver.</summary>
    /// <param name="name">Its file's name in the folder, such as <c>solver.prototxt</c>.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">It is no plain name, or that of a file of the run's own.</exception>
    public void Definition(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        if (!RunFiles.IsFree(name))
        {
            throw new ArgumentException($"'{name}' cannot be a definition's file in the folder of a run", nameof(name));
        }

        Change(() =>
        {
            record.Definitions = new Dictionary<string, string>(record.Definitions) { [name] = text };
            WriteText(name, text);
        });
    }

    /// <summary>Writes the drawing of the training net.</summary>
    /// <param name="svg">An SVG document.</param>
    public void Drawing(string svg)
    {
        ArgumentNullException.ThrowIfNull(svg);
        Change(() =>
        {
            record.NetSvg = svg;
            WriteText(RunFiles.Drawing, svg);
        });
    }

    /// <summary>Tells that a snapshot was written, which may also be after the end.</summary>
    /// <param name="path">The path of its solver state.</param>
    public void SnapshotWritten(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        bool isLate;
        lock (gate)
        {
            record.LastSnapshot = path;
            isLate = hasEnded;
        }

        if (isLate)
        {
            lock (saving)
            {
                Save();
            }
        }
    }

    /// <summary>Returns a copy of what is known so far, for another thread or a page.</summary>
    public RunRecord Snapshot()
    {
        lock (gate)
        {
            SetDuration();
            return record.Copy();
        }
    }

    private static bool IsOfFiles(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or CnnException;

    private void RequireNotEnded() => ObjectDisposedException.ThrowIf(hasEnded, this);

    private Figure FigureOf(string name)
    {
        if (!figures.TryGetValue(name, out Figure? figure))
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            figures.Add(name, figure = new Figure(record.CurveOf(name), MetricsWriter.NameText(name)));
        }

        return figure;
    }

    // Makes a change to the record and the files.
    private void Change(Action change)
    {
        CnnException? failure = null;
        lock (gate)
        {
            RequireNotEnded();
            try
            {
                change();
            }
            catch (Exception exception) when (IsOfFiles(exception))
            {
                failure = StopWriting(exception);
            }
        }

        Tell(failure);
    }

    // Returns the error to tell; null when there was one before.
    private CnnException? StopWriting(Exception exception)
    {
        if (!isWriting)
        {
            return null;
        }

        isWriting = false;
        storage?.Dispose();
        storage = null;
        return exception as CnnException ?? FileErrors.From(Folder, "write", exception);
    }

    // Called without the lock, so that the caller may do anything.
    private void Tell(CnnException? failure)
    {
        if (failure is not null)
        {
            Failed?.Invoke(failure);
        }
    }

    private void SetDuration()
    {
        if (!hasEnded)
        {
            record.Duration = before + clock.Elapsed;
        }
    }

    private sealed record Figure(RunCurve Curve, byte[] NameText);
}
