namespace Cnn.Proto.Formats;

/// <summary>Numbers that have been read already.</summary>
internal sealed class MemoryArray(IReadOnlyList<float> stored) : StoredArray
{
    public override long Count => stored.Count;

    public override void CopyTo(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = stored[i];
        }
    }
}
