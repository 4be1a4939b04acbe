namespace Cnn.Proto.Formats;

/// <summary>
/// A format of snapshots: files of weights and of solver states. It knows arrays and messages, nothing of nets. Another
/// one is a class that implements this and an entry in <see cref="SnapshotFormats.All"/>.
/// </summary>
internal interface ISnapshotFormat
{
    /// <summary>The format in a solver's <c>snapshot_format</c>.</summary>
    SolverParameter.Types.SnapshotFormat Choice { get; }

    /// <summary>What logs and errors call it.</summary>
    string Name { get; }

    /// <summary>What a file's name ends in after <c>.caffemodel</c> and <c>.solverstate</c>; may be empty.</summary>
    string Suffix { get; }

    /// <summary>Whether a file is of the format, by its content.</summary>
    /// <exception cref="CnnException">The file does not exist or cannot be read.</exception>
    bool IsFormatOf(string path);

    /// <summary>Opens a file of weights and leaves its numbers in it.</summary>
    /// <exception cref="CnnException">The file cannot be read or is damaged.</exception>
    WeightsFile OpenWeights(string path);

    /// <summary>Opens a solver state and leaves the numbers of its history in it.</summary>
    /// <exception cref="CnnException">The file cannot be read, is damaged, or is no solver state.</exception>
    StateFile OpenState(string path);

    /// <summary>Checks that the format can hold layers of some names.</summary>
    /// <exception cref="CnnException">It cannot.</exception>
    void RequireNames(IEnumerable<string> layers);

    /// <summary>Writes the weights of a net.</summary>
    /// <param name="net">The net; <see cref="RequireNames"/> takes its layers' names.</param>
    /// <param name="withDiff">Whether to write the gradients as well.</param>
    /// <param name="stream">Where to; it can seek.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    void WriteWeights(SnapshotNet net, bool withDiff, Stream stream);

    /// <summary>Writes a solver state.</summary>
    /// <param name="state">All of the state but the history.</param>
    /// <param name="history">The history, in order.</param>
    /// <param name="stream">Where to; it can seek.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    void WriteState(SolverState state, IReadOnlyList<SnapshotArray> history, Stream stream);
}
