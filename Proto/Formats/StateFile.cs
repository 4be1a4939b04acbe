namespace Cnn.Proto.Formats;

/// <summary>
/// A solver state of a snapshot's format, told apart by content. Opening it reads all but the history's numbers, which
/// are read when they are copied; so it must stay open until then.
/// </summary>
public sealed class StateFile : IDisposable
{
    private readonly IDisposable source;

    /// <param name="source">What holds the file open.</param>
    internal StateFile(IDisposable source) => this.source = source;

    /// <summary>Updates done.</summary>
    public required int Iteration { get; init; }

    /// <summary>The step of the multistep policy.</summary>
    public required int CurrentStep { get; init; }

    /// <summary>The weights file that belongs to it, as written; null when it names none.</summary>
    public required string? LearnedNet { get; init; }

    /// <summary>What Cnn adds to a state, without history; empty in states that Caffe wrote.</summary>
    public required SolverState Extensions { get; init; }

    /// <summary>The history blobs in the order of the file.</summary>
    public required IReadOnlyList<StoredBlob> History { get; init; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="CnnException">It cannot be read, is damaged, or is no solver state.</exception>
    public static StateFile Open(string path) => SnapshotFormats.Find(path)?.OpenState(path)
        ?? throw new CnnException($"{path}: is text, not a solver state");

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
