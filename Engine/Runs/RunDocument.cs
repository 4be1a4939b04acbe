using Cnn.Proto;

namespace Cnn.Engine.Runs;

/// <summary>What <c>run.json</c> holds. What a file lacks has the value that is given here.</summary>
internal sealed record RunDocument
{
    private const int CurrentFormat = 1;

    // Three centuries.
    private const double MostSeconds = 1e10;

    // The generated code would set a member that can only be initialised to null where the file lacks it.

    /// <summary>The version of the file's format.</summary>
    public int Format { get; set; } = CurrentFormat;

    /// <summary>The folder's name when it was written; for people.</summary>
    public string Name { get; set; } = "";

    /// <inheritdoc cref="RunInfo.Net"/>
    public string Net { get; set; } = "";

    /// <inheritdoc cref="RunInfo.Command"/>
    public string Command { get; set; } = "";

    /// <inheritdoc cref="RunInfo.Version"/>
    public string Version { get; set; } = "";

    /// <inheritdoc cref="RunInfo.Seed"/>
    public long? Seed { get; set; }

    /// <inheritdoc cref="RunInfo.Machine"/>
    public string Machine { get; set; } = "";

    /// <summary>The process that writes, or wrote, the run.</summary>
    public RunProcess Process { get; set; } = new("", 0, default);

    /// <inheritdoc cref="RunRecord.State"/>
    public RunState State { get; set; }

    /// <inheritdoc cref="RunRecord.Failure"/>
    public string Failure { get; set; } = "";

    /// <inheritdoc cref="RunRecord.Iteration"/>
    public long Iteration { get; set; }

    /// <inheritdoc cref="RunInfo.MaxIterations"/>
    public long MaxIterations { get; set; }

    /// <inheritdoc cref="RunInfo.Started"/>
    public DateTimeOffset Started { get; set; }

    /// <summary>When this was written.</summary>
    public DateTimeOffset Written { get; set; }

    /// <summary>The seconds that the run has taken so far.</summary>
    public double Seconds { get; set; }

    /// <inheritdoc cref="RunRecord.LastSnapshot"/>
    public string LastSnapshot { get; set; } = "";

    /// <inheritdoc cref="RunInfo.Settings"/>
    public IReadOnlyList<RunSetting> Settings { get; set; } = [];

    /// <inheritdoc cref="RunInfo.LessIsBetter"/>
    public IReadOnlyList<string> LessIsBetter { get; set; } = [];

    /// <summary>The names of the definitions' files.</summary>
    public IReadOnlyList<string> Definitions { get; set; } = [];

    /// <inheritdoc cref="RunSummary.Scores"/>
    public IReadOnlyList<RunScore> Scores { get; set; } = [];

    /// <summary>Returns the document of a run as it stands.</summary>
    public static RunDocument Of(RunRecord record, RunProcess process, DateTimeOffset now) => new()
    {
        Name = record.Name,
        Net = record.Info.Net,
        Command = record.Info.Command,
        Version = record.Info.Version,
        Seed = record.Info.Seed,
        Machine = record.Info.Machine,
        Process = process,
        State = record.State,
        Failure = record.Failure,
        Iteration = record.Iteration,
        MaxIterations = record.Info.MaxIterations,
        Started = record.Info.Started,
        Written = now,
        Seconds = Math.Round(record.Duration.TotalSeconds, 3),
        LastSnapshot = record.LastSnapshot,
        Settings = record.Info.Settings,
        LessIsBetter = record.Info.LessIsBetter,
        Definitions = [.. record.Definitions.Keys],
        Scores = RunScore.Of(record.Curves, record.Info),
    };

    /// <summary>Reads the document of a folder.</summary>
    /// <exception cref="CnnException">The folder has none, or it is damaged.</exception>
    public static RunDocument Read(string folder)
    {
        string path = Path.Combine(folder, RunFiles.Summary);
        RunDocument document = JsonDocuments.Read(path, JsonDocuments.Indented.RunDocument);
        if (document.Format != CurrentFormat)
        {
            throw new CnnException(
                $"{path}: has format {document.Format}, which this version cannot read",
                "use the version that wrote it");
        }

        bool isWhole = !document.Settings.Contains(null!)
            && !document.LessIsBetter.Contains(null!)
            && !document.Definitions.Contains(null!)
            && !document.Scores.Any(s => s is null || s.Name is null)
            && document.Seconds is >= 0 and < MostSeconds;
        return isWhole ? document : throw JsonDocuments.Damaged(path, "a value is missing or cannot be");
    }

    /// <summary>Returns what it says of the run's start.</summary>
    public RunInfo Info() => new()
    {
        Net = Net,
        Command = Command,
        Version = Version,
        Seed = Seed,
        Machine = Machine,
        MaxIterations = MaxIterations,
        Started = Started,
        Settings = Settings,
        LessIsBetter = LessIsBetter,
    };
}
