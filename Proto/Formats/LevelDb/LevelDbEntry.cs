using static Cnn.Proto.Formats.LevelDb.LevelDbFormat;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>
/// One entry of a table's block: the number of bytes that its key shares with the one before, the rest of the key, and
/// the value. Every few entries one shares nothing; a list at the end of the block says where these "restarts" are.
/// </summary>
/// <param name="Shared">The number of bytes that the key shares with the one before.</param>
/// <param name="KeyStart">Where the rest of the key starts in the block.</param>
/// <param name="ValueStart">Where the value starts, which is where the key ends.</param>
/// <param name="End">Where the value ends and the next entry starts.</param>
internal readonly record struct LevelDbEntry(int Shared, int KeyStart, int ValueStart, int End)
{
    /// <summary>Returns where the entries of a block end; -1 when the block has no list of restarts.</summary>
    public static int Limit(ReadOnlySpan<byte> block)
    {
        int list = block.Length - sizeof(uint);
        uint restarts = list >= 0 ? U32(block[list..]) : uint.MaxValue;
        return restarts <= (uint)list / sizeof(uint) ? list - ((int)restarts * sizeof(uint)) : -1;
    }

    /// <summary>Reads the entry at a place; returns false when it does not lie within the entries.</summary>
    public static bool TryRead(ReadOnlySpan<byte> block, int limit, int at, out LevelDbEntry entry)
    {
        entry = default;
        ReadOnlySpan<byte> entries = block[..limit];
        if (!TryLength(entries, ref at, out int shared)
            || !TryLength(entries, ref at, out int rest)
            || !TryLength(entries, ref at, out int value)
            || rest > limit - at
            || value > limit - at - rest)
        {
            return false;
        }

        entry = new LevelDbEntry(shared, at, at + rest, at + rest + value);
        return true;
    }

    /// <summary>Returns the last restart at or before an entry; -1 when the list names none.</summary>
    public static int Restart(ReadOnlySpan<byte> block, int limit, int at)
    {
        ReadOnlySpan<byte> restarts = block[limit..^sizeof(uint)];
        int low = 0, high = restarts.Length / sizeof(uint);
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = U32(restarts[(middle * sizeof(uint))..]) <= (uint)at ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? -1 : (int)U32(restarts[((low - 1) * sizeof(uint))..]);
    }

    /// <summary>Completes a key from the one before; returns false when that is too short.</summary>
    public bool TryKey(ReadOnlySpan<byte> block, KeyBytes key) =>
        key.TryReplaceEnd(Shared, block[KeyStart..ValueStart]);
}
