namespace Cnn.Proto.Formats.Wire;

/// <summary>A message in a span.</summary>
internal readonly ref struct WireSpan(ReadOnlySpan<byte> bytes) : IWireBytes
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    /// <inheritdoc/>
    public long Length => bytes.Length;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> At(long position) => bytes[(int)position..];

    /// <inheritdoc/>
    public void Read(long position, Span<byte> to) => bytes.Slice((int)position, to.Length).CopyTo(to);

    /// <inheritdoc/>
    public CnnException Damaged(long position, string what) => WireReader.Damaged("the record", position, what);
}
