using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Wire;

/// <summary>
/// A message in a file, with a window of it in memory. What a reader skips is not read, so that arrays of any size can
/// stay in the file until they are needed.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="path">The file's name, for errors.</param>
internal sealed class WireFile(SafeFileHandle file, string path) : IWireBytes
{
    private const int LongestNumber = 10;

    private readonly byte[] window = new byte[1 << 16];
    private long windowStart;
    private int windowLength;

    /// <inheritdoc/>
    public long Length { get; } = FileText.Length(file, path);

    private long WindowEnd => windowStart + windowLength;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> At(long position)
    {
        long needed = Math.Min(LongestNumber, Length - position);
        if (position < windowStart || position + needed > WindowEnd)
        {
            windowStart = position;
            windowLength = (int)Math.Min(window.Length, Length - position);
            Read(position, window.AsSpan(0, windowLength));
        }

        return window.AsSpan((int)(position - windowStart)..windowLength);
    }

    /// <inheritdoc/>
    public void Read(long position, Span<byte> to) => WireReader.ReadAt(file, path, position, to);

    /// <inheritdoc/>
    public CnnException Damaged(long position, string what) => WireReader.Damaged(path + ":", position, what);
}
