namespace Cnn.Proto.Formats;

/// <summary>
/// A solver state in one of the snapshot formats, which its content identifies. Opening the file reads everything but
/// the numbers of the history. These are read when they are copied, so the file must stay open until then.
/// </summary>
public sealed class StateFile : IDisposable
{
    private readonly IDisposable source;

    /// <param name="source">The object that holds the file open.</param>
    internal StateFile(IDisposable source) => this.source = source;

    /// <summary>The number of updates done.</summary>
    public required int Iteration { get; init; }

    /// <summary>The current step of the multistep policy.</summary>
    public required int CurrentStep { get; init; }

    /// <summary>The weights file that belongs to the state, as written; null when it names none.</summary>
    public required string? LearnedNet { get; init; }

    /// <summary>What Cnn adds to a state, without the history; empty in states that Caffe wrote.</summary>
    public required SolverState Extensions { get; init; }

    /// <summary>The history blobs in the order of the file.</summary>
    public required IReadOnlyList<StoredBlob> History { get; init; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="CnnException">The file cannot be read, is damaged, or is not a solver state.</exception>
    public static StateFile Open(string path) => SnapshotFormats.Find(path)?.OpenState(path)
        ?? throw new CnnException($"{path}: is text, not a solver state");

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
