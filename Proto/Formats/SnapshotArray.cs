namespace Cnn.Proto.Formats;

/// <summary>An array for a snapshot's format to write; its numbers are requested only when they are written.</summary>
internal abstract class SnapshotArray
{
    /// <summary>The axes, outermost first; none for a single number.</summary>
    public abstract ReadOnlySpan<int> Shape { get; }

    /// <summary>The values, the last axis fastest.</summary>
    public abstract ReadOnlySpan<float> Data { get; }

    /// <summary>The gradients, as many as the values.</summary>
    public abstract ReadOnlySpan<float> Diff { get; }

    /// <summary>Whether another layer owns the values, so that a format may leave them to it.</summary>
    public virtual bool IsShared => false;
}
