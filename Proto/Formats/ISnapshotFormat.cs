namespace Cnn.Proto.Formats;

/// <summary>
/// A format of snapshots: files of weights and of solver states. It knows arrays and messages, but nothing of nets. To
/// add a format, implement this with a constructor without parameters; <see cref="SnapshotFormats"/> finds it.
/// </summary>
internal interface ISnapshotFormat
{
    /// <summary>The format in a solver's <c>snapshot_format</c>.</summary>
    SolverParameter.Types.SnapshotFormat Choice { get; }

    /// <summary>The name that logs and errors use.</summary>
    string Name { get; }

    /// <summary>The ending of a file's name after <c>.caffemodel</c> and <c>.solverstate</c>; may be empty.</summary>
    string Suffix { get; }

    /// <summary>Whether a file is of the format, by its content.</summary>
    /// <exception cref="CnnException">The file does not exist or cannot be read.</exception>
    bool IsFormatOf(string path);

    /// <summary>Opens a file of weights without reading its numbers.</summary>
    /// <exception cref="CnnException">The file cannot be read or is damaged.</exception>
    WeightsFile OpenWeights(string path);

    /// <summary>Opens a solver state without reading the numbers of its history.</summary>
    /// <exception cref="CnnException">The file cannot be read, is damaged, or is not a solver state.</exception>
    StateFile OpenState(string path);

    /// <summary>Checks that the format can hold layers of some names.</summary>
    /// <exception cref="CnnException">It cannot.</exception>
    void RequireNames(IEnumerable<string> layers);

    /// <summary>Writes the weights of a net.</summary>
    /// <param name="net">The net; <see cref="RequireNames"/> accepts the names of its layers.</param>
    /// <param name="withDiff">Whether to write the gradients as well.</param>
    /// <param name="stream">The stream to write to; it can seek.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    void WriteWeights(SnapshotNet net, bool withDiff, Stream stream);

    /// <summary>Writes a solver state.</summary>
    /// <param name="state">The state without the history.</param>
    /// <param name="history">The history, in order.</param>
    /// <param name="stream">The stream to write to; it can seek.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    void WriteState(SolverState state, IReadOnlyList<SnapshotArray> history, Stream stream);
}
