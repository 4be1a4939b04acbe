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

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Creates the folder of a run, or goes on with one.</summary>
    /// <param name="folder">The folder; it must be new, empty or that of a run.</param>
    /// <param name="info">What is known of the run.</param>
    /// <param name="resumesAt">
    /// The iteration that a resumed run goes on from: figures of the folder from there on no longer count. Null for a
    /// new run, which a folder that has a run already refuses.
    /// </param>
    /// <exception cref="Proto.CnnException">The folder cannot be written or holds something else.</exception>
    public static RunWriter Open(string folder, RunInfo info, long? resumesAt = null) => new(folder, info);

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

    /// <summary>Returns a copy of what is known so far, for another thread or a page.</summary>
    public RunRecord Snapshot()
    {
        lock (gate)
        {
            return record.Copy();
        }
    }

    /// <summary>Ends the run.</summary>
    public void End(RunState state, string failure = "")
    {
        lock (gate)
        {
            (record.State, record.Failure) = (state, failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
