namespace Cnn.Proto.Formats.Wire;

/// <summary>
/// The bytes that a <see cref="WireReader{TBytes}"/> walks: a span, memory or a file. It is used as a type parameter
/// rather than by virtual calls, so that walking a span costs no more than a reader written for spans.
/// </summary>
internal interface IWireBytes
{
    /// <summary>The number of bytes.</summary>
    long Length { get; }

    /// <summary>Returns the bytes from a position on: all of them, or at least the ten of the longest number.</summary>
    ReadOnlySpan<byte> At(long position);

    /// <summary>Reads bytes that lie within <see cref="Length"/>.</summary>
    void Read(long position, Span<byte> to);

    /// <summary>Returns the error for what is wrong at a position.</summary>
    CnnException Damaged(long position, string what);
}
