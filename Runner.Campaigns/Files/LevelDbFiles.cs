using System.Buffers.Binary;
using System.Text;
using Cnn.Proto.Formats.LevelDb;

namespace Cnn.Campaigns.Files;

/// <summary>Writes small databases in LevelDB's formats, file by file, also such as no program writes.</summary>
internal static class LevelDbFiles
{
    /// <summary>One change: the value is null where the key is deleted.</summary>
    public sealed record Change(string Key, ulong Sequence, byte[]? Value);

    /// <summary>A table in the manifest.</summary>
    public sealed record Table(int Level, int Number, long Size, string Smallest, string Largest);

    /// <summary>Writes <c>CURRENT</c> and the manifest that it names.</summary>
    public static void Manifest(string folder, int log, ulong sequence, params Table[] tables) =>
        Manifest(folder, log, sequence, "leveldb.BytewiseComparator", tables);

    /// <summary>Writes <c>CURRENT</c> and a manifest with any comparator.</summary>
    public static void Manifest(string folder, int log, ulong sequence, string comparator, params Table[] tables)
    {
        Directory.CreateDirectory(folder);
        var edit = new List<byte>([1, .. Text(Encoding.ASCII.GetBytes(comparator))]);
        edit.AddRange([2, .. Varint((ulong)log), 9, 0, 3, .. Varint(99), 4, .. Varint(sequence)]);
        foreach (Table table in tables)
        {
            edit.AddRange([7, .. Varint((ulong)table.Level), .. Varint((ulong)table.Number)]);
            edit.AddRange([.. Varint((ulong)table.Size), .. Text(Tagged(table.Smallest, 1, 1))]);
            edit.AddRange(Text(Tagged(table.Largest, 1, 1)));
        }

        File.WriteAllBytes(Path.Combine(folder, "MANIFEST-000002"), Log([.. edit]));
        File.WriteAllText(Path.Combine(folder, "CURRENT"), "MANIFEST-000002\n");
    }

    /// <summary>Writes a table of sorted changes, a few to a block, and returns its entry in the manifest.</summary>
    public static Table WriteTable(string folder, int level, int number, bool packed, params Change[] changes)
    {
        Directory.CreateDirectory(folder);
        var file = new List<byte>();
        var index = new List<(byte[] Key, byte[] Value)>();
        foreach (Change[] chunk in changes.Chunk(5))
        {
            byte[] block = Block(
                [.. chunk.Select(c => (Tagged(c.Key, c.Sequence, c.Value is null ? 0 : 1), c.Value ?? []))]);
            index.Add((Tagged(chunk[^1].Key, chunk[^1].Sequence, 1), Append(file, block, packed)));
        }

        byte[] meta = Append(file, Block([]), packed: false), handle = Append(file, Block([.. index]), packed);
        byte[] footer = [.. meta, .. handle];
        file.AddRange([.. footer, .. new byte[40 - footer.Length], 0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]);
        File.WriteAllBytes(Path.Combine(folder, $"{number:D6}.ldb"), [.. file]);
        return new Table(level, number, file.Count, changes[0].Key, changes[^1].Key);
    }

    /// <summary>Returns the bytes of a log with these records.</summary>
    public static byte[] Log(params byte[][] records)
    {
        var log = new List<byte>();
        foreach (byte[] record in records)
        {
            int at = 0;
            do
            {
                int left = LevelDbFormat.LogBlock - (log.Count % LevelDbFormat.LogBlock);
                if (left < LevelDbFormat.LogHeader)
                {
                    log.AddRange(new byte[left]);
                    continue;
                }

                int size = Math.Min(left - LevelDbFormat.LogHeader, record.Length - at);
                bool last = at + size == record.Length;
                byte type = at == 0 ? (last ? LevelDbFormat.Full : LevelDbFormat.First)
                    : last ? LevelDbFormat.Last : LevelDbFormat.Middle;
                byte[] body = [type, .. record.AsSpan(at, size)];
                log.AddRange([.. U32(LevelDbFormat.Checksum(body)), (byte)size, (byte)(size >> 8), .. body]);
                at += size;
            }
            while (at < record.Length);
        }

        return [.. log];
    }

    /// <summary>Returns a batch of a log; the changes have sequence numbers in a row.</summary>
    public static byte[] Batch(params Change[] changes)
    {
        var batch = new List<byte>([.. U64(changes[0].Sequence), .. U32((uint)changes.Length)]);
        foreach (Change change in changes)
        {
            batch.AddRange([(byte)(change.Value is null ? 0 : 1), .. Text(Encoding.ASCII.GetBytes(change.Key))]);
            batch.AddRange(change.Value is null ? [] : Text(change.Value));
        }

        return [.. batch];
    }

    /// <summary>Returns a number as the formats store lengths.</summary>
    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    /// <summary>Returns a 4-byte number.</summary>
    public static byte[] U32(uint value)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] U64(ulong value) => [.. U32((uint)value), .. U32((uint)(value >> 32))];

    private static byte[] Text(byte[] bytes) => [.. Varint((ulong)bytes.Length), .. bytes];

    private static byte[] Tagged(string key, ulong sequence, int type) =>
        [.. Encoding.ASCII.GetBytes(key), .. U64((sequence << 8) | (byte)type)];

    // Two entries to a restart.
    private static byte[] Block((byte[] Key, byte[] Value)[] entries)
    {
        var block = new List<byte>();
        var restarts = new List<uint>([0]);
        byte[] before = [];
        for (int i = 0; i < entries.Length; i++)
        {
            var (key, value) = entries[i];
            int shared = i % 2 == 0 ? 0 : key.AsSpan().CommonPrefixLength(before);
            if (i > 0 && i % 2 == 0)
            {
                restarts.Add((uint)block.Count);
            }

            block.AddRange([.. Varint((ulong)shared), .. Varint((ulong)(key.Length - shared))]);
            block.AddRange([.. Varint((ulong)value.Length), .. key.AsSpan(shared), .. value]);
            before = key;
        }

        return [.. block, .. restarts.SelectMany(U32), .. U32((uint)restarts.Count)];
    }

    private static byte[] Append(List<byte> file, byte[] block, bool packed)
    {
        byte[] stored = [.. packed ? Snappier.Snappy.CompressToArray(block) : block, packed ? (byte)1 : (byte)0];
        byte[] handle = [.. Varint((ulong)file.Count), .. Varint((ulong)stored.Length - 1)];
        file.AddRange([.. stored, .. U32(LevelDbFormat.Checksum(stored))]);
        return handle;
    }
}
