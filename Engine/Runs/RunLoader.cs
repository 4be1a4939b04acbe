using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>Reads the files of a run's folder into a record. What is damaged is left out with a warning.</summary>
internal static class RunLoader
{
    private static readonly TimeSpan SilenceOfTheKilled = TimeSpan.FromMinutes(1);

    /// <summary>Reads everything.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="warn">Takes the warnings.</param>
    /// <param name="clock">Tells whether a run on another machine has been silent for long; null for no.</param>
    /// <exception cref="CnnException">It is no folder of a run, or its <c>run.json</c> is damaged.</exception>
    public static RunRecord Load(string folder, Action<Diagnostic>? warn, TimeProvider? clock)
    {
        RunDocument document = RunDocument.Read(folder);
        RunRecord record = LoadFigures(folder, document, warn, clock);
        Finish(folder, document, record, warn);
        return record;
    }

    /// <summary>Reads the figures alone, to the document.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="document">Its document.</param>
    /// <param name="warn">Takes the warnings.</param>
    /// <param name="clock">As for <see cref="Load"/>.</param>
    public static RunRecord LoadFigures(
        string folder, RunDocument document, Action<Diagnostic>? warn, TimeProvider? clock)
    {
        RunRecord record = Begin(folder, document);
        record.State = StateOf(folder, document, clock);
        double last = Try(warn, () => Figures(folder, record, warn));
        CatchUp(record, document, last);
        return record;
    }

    /// <summary>
    /// Reads a run to go on with from an iteration; what is there from that on no longer counts, and its figures are
    /// taken out of their file.
    /// </summary>
    /// <exception cref="CnnException"><c>run.json</c> is damaged, or the figures cannot be written.</exception>
    public static RunRecord LoadUntil(string folder, long resumesAt)
    {
        RunDocument document = RunDocument.Read(folder);
        RunRecord record = Begin(folder, document);
        string metrics = Path.Combine(folder, RunFiles.Metrics);
        double last = 0;
        if (File.Exists(metrics))
        {
            AtomicFile.Write(metrics, stream => last = Figures(folder, record, null, resumesAt, stream));
        }

        Finish(folder, document, record, null);
        CatchUp(record, document, last);
        record.RemoveFrom(resumesAt);
        record.Iteration = resumesAt;
        if (record.Classes?.Iteration >= resumesAt)
        {
            record.Classes = null;
            ClassDocument.Delete(folder);
        }

        return record;
    }

    private static RunState StateOf(string folder, RunDocument document, TimeProvider? clock)
    {
        if (document.State != RunState.Running)
        {
            return document.State;
        }

        bool isAlive = document.Process.IsAlive()
            ?? (clock is null || clock.GetUtcNow() - LastWrite(folder) < SilenceOfTheKilled);
        return isAlive ? RunState.Running : RunState.Killed;
    }

    private static DateTimeOffset LastWrite(string folder) =>
        new[] { RunFiles.Summary, RunFiles.Metrics }.Max(f => File.GetLastWriteTimeUtc(Path.Combine(folder, f)));

    /// <summary>Returns what the document alone says.</summary>
    public static RunRecord Begin(string folder, RunDocument document) => new()
    {
        Name = RunFiles.NameOf(folder),
        Info = document.Info(),
        State = document.State,
        Iteration = document.Iteration,
        Duration = TimeSpan.FromSeconds(document.Seconds),
        Failure = document.Failure,
        LastSnapshot = document.LastSnapshot,
    };

    // The document of a run that has not ended is some seconds behind the figures.
    private static void CatchUp(RunRecord record, RunDocument document, double lastTime)
    {
        if (document.State == RunState.Running)
        {
            record.Iteration = record.Curves.Aggregate(
                record.Iteration, (most, curve) => Math.Max(most, curve.Last?.Iteration ?? 0));
            double since = lastTime - (document.Written.ToUnixTimeMilliseconds() / 1000.0);
            record.Duration += TimeSpan.FromSeconds(Math.Clamp(since, 0, TimeSpan.SecondsPerDay));
        }
    }

    // Reads the figures before an iteration, and copies their lines; returns the time of the last one.
    private static double Figures(
        string folder, RunRecord record, Action<Diagnostic>? warn, long before = long.MaxValue, Stream? copy = null)
    {
        using var reader = new MetricsReader(Path.Combine(folder, RunFiles.Metrics), warn);
        while (reader.Read())
        {
            if (reader.Iteration < before)
            {
                record.Add(reader.Name, reader.Iteration, reader.Value);
                copy?.Write(reader.Line);
                copy?.WriteByte((byte)'\n');
            }
        }

        return reader.Time;
    }

    private static void Finish(string folder, RunDocument document, RunRecord record, Action<Diagnostic>? warn)
    {
        Try(warn, () => RunEventReader.Read(folder, record, warn));
        IfThere(RunFiles.LayerTimes, _ => record.LayerTimes = LayerTimeDocument.Read(folder).Layers);
        IfThere(RunFiles.Classes, _ => record.Classes = ClassDocument.Read(folder));
        IfThere(RunFiles.Drawing, path => record.NetSvg = Text(path));
        var definitions = new Dictionary<string, string>();
        foreach (string name in document.Definitions.Where(RunFiles.IsFree))
        {
            IfThere(name, path => definitions[name] = Text(path));
        }

        record.Definitions = definitions;

        void IfThere(string name, Action<string> read)
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                Try(warn, () => read(path));
            }
        }
    }

    private static string Text(string path) => FileText.Decode(FileText.ReadBytes(path), path);

    private static void Try(Action<Diagnostic>? warn, Action read) => Try(warn, () =>
    {
        read();
        return 0;
    });

    private static T? Try<T>(Action<Diagnostic>? warn, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CnnException exception)
        {
            warn?.Invoke(exception.Diagnostics[0]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            warn?.Invoke(new Diagnostic($"a file of the run cannot be read: {FileErrors.Reason(exception)}"));
        }

        return default;
    }
}
