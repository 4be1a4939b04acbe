using Cnn.Proto.Formats.LevelDb;

namespace Cnn.Proto.Formats.Records;

/// <summary>
/// One thread's buffer for records that have to be unpacked. It allocates nothing once it has grown to the largest
/// block, and it remembers the block that it holds, so that neighbouring records are unpacked once.
/// </summary>
public sealed class RecordBuffer
{
    private byte[] bytes = [], stored = [];
    private int length, storedLength;
    private LevelDbTable? table;
    private int block;

    /// <summary>The unpacked bytes that it holds.</summary>
    internal ReadOnlySpan<byte> Block => bytes.AsSpan(0, length);

    /// <summary>The bytes of a block as they were read from a file that is not mapped.</summary>
    internal ReadOnlySpan<byte> Stored => stored.AsSpan(0, storedLength);

    /// <summary>The key that was made last.</summary>
    internal KeyBytes Key { get; } = new();

    /// <summary>Whether it holds a block, or has verified one that need not be unpacked.</summary>
    internal bool Holds(LevelDbTable owner, int index) => ReferenceEquals(table, owner) && block == index;

    /// <summary>Says which block it holds or has verified.</summary>
    internal void Remember(LevelDbTable owner, int index) => (table, block) = (owner, index);

    /// <summary>Says that it holds no block.</summary>
    internal void Forget() => table = null;

    /// <summary>Returns room for unpacked bytes, in place of what it held.</summary>
    internal Span<byte> Room(int size) => Room(ref bytes, out length, size);

    /// <summary>Returns room for the bytes of a block as they are in a file, in place of what it held.</summary>
    internal Span<byte> StoredRoom(int size) => Room(ref stored, out storedLength, size);

    private Span<byte> Room(ref byte[] room, out int used, int size)
    {
        Forget();
        if (room.Length < size)
        {
            room = new byte[Math.Max(size, (int)Math.Min(2L * room.Length, Array.MaxLength))];
        }

        used = size;
        return room.AsSpan(0, size);
    }
}
