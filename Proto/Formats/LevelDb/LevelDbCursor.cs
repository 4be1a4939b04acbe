namespace Cnn.Proto.Formats.LevelDb;

/// <summary>Walks over entries in the order of their keys, the newer of a key first.</summary>
internal abstract class LevelDbCursor
{
    /// <summary>The key of the entry, with its tag.</summary>
    public abstract ReadOnlySpan<byte> Key { get; }

    /// <summary>Where the entry is.</summary>
    public abstract RecordPlace Place { get; }

    /// <summary>Moves to the next entry, or the first; returns false at the end.</summary>
    /// <exception cref="CnnException">A file is damaged.</exception>
    public abstract bool Next();
}
