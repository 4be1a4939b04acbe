using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>
/// The part of an HDF5 file after its user block, as a file of its own. It begins with the superblock, whose base
/// address reads as 0. As in libhdf5, the position of the superblock counts, not the base address that is written.
/// </summary>
/// <param name="file">The file, which is closed with the stream.</param>
/// <param name="start">The offset of the superblock.</param>
internal sealed class Hdf5UserBlockStream(SafeFileHandle file, long start) : Stream
{
    private const int SuperblockSize = 64;

    private readonly byte[] superblock = ReadSuperblock(file, start);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length { get; } = RandomAccess.GetLength(file) - start;

    /// <inheritdoc/>
    public override long Position { get; set; }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read;
        if (Position < superblock.Length)
        {
            ReadOnlySpan<byte> rest = superblock.AsSpan((int)Position);
            read = Math.Min(rest.Length, buffer.Length);
            rest[..read].CopyTo(buffer);
        }
        else
        {
            read = RandomAccess.Read(file, buffer, start + Position);
        }

        Position += read;
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] ReadSuperblock(SafeFileHandle file, long start)
    {
        var bytes = new byte[SuperblockSize];
        int length = RandomAccess.Read(file, bytes, start);

        // The version, the size of addresses and the base address: sections II.A and II.B of the specification.
        var (sizeAt, baseAt) = bytes[8] switch
        {
            0 => (13, 24),
            1 => (13, 28),
            _ => (9, 12),
        };
        bytes.AsSpan(baseAt, Math.Min((int)bytes[sizeAt], sizeof(ulong))).Clear();
        return bytes[..length];
    }
}
