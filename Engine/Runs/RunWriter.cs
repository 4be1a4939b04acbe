using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>
/// Writes the folder of a run. A program of one's own can use it as the solver does. Calls come from one thread at a
/// time; <see cref="Snapshot"/> may be called from any.
/// </summary>
public sealed class RunWriter : IDisposable
{
    private readonly Lock gate = new();
    private readonly RunRecord record;

    private RunWriter(string folder, RunInfo info)
    {
        Folder = folder;
        record = new RunRecord { Name = Path.GetFileName(Path.GetFullPath(folder)), Info = info };
    }

    /// <summary>
    /// Tells, once and on any thread, that a file could not be written, such as on a full disk. The run goes on: from
    /// then on nothing more is written, and all is kept in memory.
    /// </summary>
    public event Action<CnnException>? Failed
    {
        add { }
        remove { }
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Creates the folder of a run, or goes on with one.</summary>
    /// <param name="folder">The folder; it must be new, empty or that of a run.</param>
    /// <param name="info">What is known of the run.</param>
    /// <param name="resumesAt">
    /// The iteration that a resumed run goes on from: figures of the folder from there on no longer count. Null for a
    /// new run, which a folder that has a run already refuses.
    /// </param>
    /// <param name="clock">
    /// The clock of the times that are written; without one, time counts from <see cref="RunInfo.Started"/> on.
    /// </param>
    /// <exception cref="CnnException">The folder cannot be written or holds something else.</exception>
    public static RunWriter Open(string folder, RunInfo info, long? resumesAt = null, TimeProvider? clock = null) =>
        new(folder, info);

    /// <summary>Writes a figure.</summary>
    /// <param name="name">Its name; a slash groups names, as in <c>test/accuracy</c>.</param>
    /// <param name="iteration">The iteration that it belongs to.</param>
    /// <param name="value">The value.</param>
    public void Scalar(string name, long iteration, double value)
    {
        lock (gate)
        {
            record.Add(name, iteration, value);
            record.Iteration = Math.Max(record.Iteration, iteration);
        }
    }

    /// <summary>Writes a histogram of values.</summary>
    public void Histogram(string name, long iteration, ReadOnlySpan<float> values)
    {
        lock (gate)
        {
            record.Add(name, iteration, RunHistogram.Of(values));
        }
    }

    /// <summary>Writes an image.</summary>
    public void Image(string name, long iteration, RunImage image)
    {
        lock (gate)
        {
            record.Add(name, iteration, image);
        }
    }

    /// <summary>Tells how many iterations are done.</summary>
    public void Advance(long iteration)
    {
        lock (gate)
        {
            record.Iteration = iteration;
        }
    }

    /// <summary>Writes the times of the layers; they replace those before.</summary>
    /// <param name="iteration">The iteration that was timed.</param>
    /// <param name="times">The layers in the order they run.</param>
    public void LayerTimes(long iteration, IReadOnlyList<LayerTime> times)
    {
        lock (gate)
        {
            record.LayerTimes = times;
        }
    }

    /// <summary>Writes how a test classified its images; it replaces the report before.</summary>
    public void Classes(ClassReport report)
    {
        lock (gate)
        {
            record.Classes = report;
        }
    }

    /// <summary>Writes a definition as read, such as of the solver.</summary>
    /// <param name="name">Its file's name in the folder, such as <c>solver.prototxt</c>.</param>
    /// <param name="text">The text.</param>
    public void Definition(string name, string text)
    {
        lock (gate)
        {
            record.Definitions = new Dictionary<string, string>(record.Definitions) { [name] = text };
        }
    }

    /// <summary>Writes the drawing of the training net.</summary>
    /// <param name="svg">An SVG document.</param>
    public void Drawing(string svg)
    {
        lock (gate)
        {
            record.NetSvg = svg;
        }
    }

    /// <summary>Tells that a snapshot was written.</summary>
    /// <param name="path">The path of its solver state.</param>
    public void SnapshotWritten(string path)
    {
        lock (gate)
        {
            record.LastSnapshot = path;
        }
    }

    /// <summary>Returns a copy of what is known so far, for another thread or a page.</summary>
    public RunRecord Snapshot()
    {
        lock (gate)
        {
            return record.Copy();
        }
    }

    /// <summary>Writes out what is buffered, which otherwise happens every second.</summary>
    public void Flush()
    {
    }

    /// <summary>Ends the run.</summary>
    /// <param name="state">How it ended.</param>
    /// <param name="failure">Why it failed; empty if it did not.</param>
    public void End(RunState state, string failure = "")
    {
        lock (gate)
        {
            (record.State, record.Failure) = (state, failure);
        }
    }

    /// <summary>Closes the files. A run that has not ended by then is <see cref="RunState.Stopped"/>.</summary>
    public void Dispose()
    {
    }
}
