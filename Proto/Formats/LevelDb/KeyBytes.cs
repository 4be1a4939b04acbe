namespace Cnn.Proto.Formats.LevelDb;

/// <summary>A key that changes from entry to entry; allocates nothing once it has grown.</summary>
internal sealed class KeyBytes
{
    private byte[] bytes = new byte[64];
    private int length;

    /// <summary>The key.</summary>
    public ReadOnlySpan<byte> Span => bytes.AsSpan(0, length);

    /// <summary>Makes the key empty.</summary>
    public void Clear() => length = 0;

    /// <summary>Sets the key.</summary>
    public void Set(ReadOnlySpan<byte> key) => TryReplaceEnd(0, key);

    /// <summary>Keeps some bytes and replaces those after; returns false when there are fewer.</summary>
    public bool TryReplaceEnd(int kept, ReadOnlySpan<byte> end)
    {
        if (kept > length)
        {
            return false;
        }

        if (bytes.Length - kept < end.Length)
        {
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, kept + end.Length));
        }

        end.CopyTo(bytes.AsSpan(kept));
        length = kept + end.Length;
        return true;
    }
}
