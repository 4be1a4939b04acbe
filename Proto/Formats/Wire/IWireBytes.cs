namespace Cnn.Proto.Formats.Wire;

/// <summary>
/// The bytes that a <see cref="WireReader{TBytes}"/> walks: a span, memory or a file. A type parameter rather than a
/// virtual call, so that walking a span costs no more than a reader written for spans.
/// </summary>
internal interface IWireBytes
{
    /// <summary>How many.</summary>
    long Length { get; }

    /// <summary>The bytes from a place on: all of them, or at least the ten of the longest number.</summary>
    ReadOnlySpan<byte> At(long position);

    /// <summary>Reads bytes that are there.</summary>
    void Read(long position, Span<byte> to);

    /// <summary>The error for what is wrong at a place.</summary>
    CnnException Damaged(long position, string what);
}
