namespace Cnn.Proto.Formats.Wire;

/// <summary>A message in memory, which arrays can refer to.</summary>
internal sealed class WireMemory(byte[] bytes) : IWireBytes
{
    /// <inheritdoc/>
    public long Length => bytes.Length;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> At(long position) => bytes.AsSpan((int)position);

    /// <inheritdoc/>
    public void Read(long position, Span<byte> to) => bytes.AsSpan((int)position, to.Length).CopyTo(to);

    /// <inheritdoc/>
    public CnnException Damaged(long position, string what) => WireReader.Damaged("a blob", position, what);
}
