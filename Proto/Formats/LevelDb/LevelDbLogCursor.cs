using System.Runtime.InteropServices;
using static Cnn.Proto.Formats.LevelDb.LevelDbFormat;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>
/// Walks over the entries of logs, sorted. It keeps their keys while the database is opened; the values stay in the
/// files.
/// </summary>
internal sealed class LevelDbLogCursor : LevelDbCursor
{
    private readonly List<Entry> entries = [];
    private byte[] keys = [];
    private int used;
    private int current = -1;

    /// <summary>The number of the last change in the logs.</summary>
    public ulong Sequence { get; private set; }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Key => KeyOf(entries[current]);

    /// <inheritdoc/>
    public override RecordPlace Place => entries[current].Place;

    /// <inheritdoc/>
    public override bool Next() => ++current < entries.Count;

    /// <summary>Adds the entries of a log.</summary>
    /// <param name="map">The log.</param>
    /// <param name="index">Its index among the logs.</param>
    /// <exception cref="CnnException">The log is damaged.</exception>
    public void Add(FileMap map, int index)
    {
        var log = new LevelDbLog(map);
        Span<byte> header = stackalloc byte[BatchHeader];
        while (log.Next(out LevelDbLogText batch))
        {
            long start = batch.Position;
            if (!batch.TryRead(header))
            {
                throw map.Error($"the batch at byte {start} has no header");
            }

            ulong sequence = U64(header);
            uint count = U32(header[sizeof(ulong)..]), found = 0;
            for (; batch.Left > 0; found++)
            {
                long position = batch.Position;
                if (!TryAdd(ref batch, sequence + found, index))
                {
                    throw map.Error($"the entry at byte {position} is damaged");
                }
            }

            if (found != count)
            {
                throw map.Error($"the batch at byte {start} claims {count} entries but has {found}");
            }

            Sequence = Math.Max(Sequence, sequence + count - 1);
        }
    }

    /// <summary>Sorts the entries; they are walked over after this.</summary>
    public void Sort()
    {
        // Data sets are mostly written in the order of their keys.
        bool sorted = true;
        for (int i = 1; i < entries.Count && sorted; i++)
        {
            sorted = Compare(KeyOf(entries[i - 1]), KeyOf(entries[i])) < 0;
        }

        if (!sorted)
        {
            entries.Sort((a, b) => Compare(KeyOf(a), KeyOf(b)));
        }
    }

    private bool TryAdd(ref LevelDbLogText batch, ulong sequence, int index)
    {
        var place = new RecordPlace(index, batch.Position);
        if (!batch.TryByte(out byte type)
            || type > Value
            || !batch.TryLength(out int length)
            || length > batch.Left)
        {
            return false;
        }

        Span<byte> key = Room(length + KeyTag);
        U64(key[length..], (sequence << 8) | type);
        entries.Add(new Entry(used - key.Length, key.Length, place));
        return batch.TryRead(key[..length])
            && (type == Deletion || (batch.TryLength(out int value) && batch.TrySkip(value)));
    }

    private ReadOnlySpan<byte> KeyOf(Entry entry) => keys.AsSpan(entry.Key, entry.Length);

    private Span<byte> Room(int size)
    {
        if (keys.Length - used < size)
        {
            if (size > Array.MaxLength - used)
            {
                throw new CnnException("the keys in the logs of the database take more than 2 GiB", "compact it first");
            }

            Array.Resize(ref keys, (int)Math.Max(used + (long)size, Math.Min(2L * keys.Length, Array.MaxLength)));
        }

        used += size;
        return keys.AsSpan(used - size, size);
    }

    [StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
    private readonly record struct Entry(int Key, int Length, RecordPlace Place);
}
