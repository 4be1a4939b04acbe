namespace Cnn.Proto.Formats;

/// <summary>Numbers that are already in memory.</summary>
internal sealed class MemoryArray(IReadOnlyList<float> stored) : StoredArray
{
    /// <inheritdoc/>
    public override long Count => stored.Count;

    /// <inheritdoc/>
    public override void CopyTo(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = stored[i];
        }
    }
}
