using System.Globalization;
using System.Text;
using static Cnn.Proto.Formats.LevelDb.LevelDbFormat;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>
/// What a database consists of, by its manifest: a log of edits that add and remove tables. <c>CURRENT</c> names it.
/// </summary>
internal sealed class LevelDbManifest
{
    private const int LongestName = 64;
    private const ulong ComparatorTag = 1, LogTag = 2, NextFileTag = 3, SequenceTag = 4, CompactionTag = 5;
    private const ulong DeletedTag = 6, NewTag = 7, PreviousLogTag = 9;

    private readonly FileMap map;
    private readonly Dictionary<(int Level, ulong Number), LevelDbTableFile> tables = [];
    private bool hasLog, hasSequence;

    private LevelDbManifest(FileMap map)
    {
        this.map = map;
        var log = new LevelDbLog(map);
        byte[] edit = [];
        for (int number = 0; log.Next(out LevelDbLogText text); number++)
        {
            if (edit.Length < text.Left)
            {
                edit = new byte[text.Left];
            }

            var whole = edit.AsSpan(0, (int)text.Left);
            text.TryRead(whole);
            int at = 0;
            while (at < whole.Length)
            {
                if (!TryApply(whole, ref at))
                {
                    throw map.Error($"edit {number} is damaged at its byte {at}");
                }
            }
        }

        if (!hasLog || !hasSequence)
        {
            throw map.Error("it says no log or no sequence number");
        }
    }

    /// <summary>The tables of all levels.</summary>
    public IReadOnlyCollection<LevelDbTableFile> Tables => tables.Values;

    /// <summary>The number of the oldest log whose records are in no table yet.</summary>
    public ulong Log { get; private set; }

    /// <summary>The number of a log before that which counts too; 0 when there is none.</summary>
    public ulong PreviousLog { get; private set; }

    /// <summary>The number of the last change when the manifest was written.</summary>
    public ulong Sequence { get; private set; }

    /// <summary>Reads the manifest that a folder's <c>CURRENT</c> names.</summary>
    /// <exception cref="CnnException">A file is missing or damaged.</exception>
    public static LevelDbManifest Read(string folder)
    {
        string name = Current(folder), path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            throw new CnnException($"'{folder}' has no {name}, which its {CurrentFile} names", "copy the whole folder");
        }

        using var map = new FileMap(path, "LevelDB manifest");
        return new LevelDbManifest(map);
    }

    private static string Current(string folder)
    {
        string path = Path.Combine(folder, CurrentFile);
        using var map = new FileMap(path, $"{CurrentFile} file of LevelDB");
        string text = Encoding.Latin1.GetString(map.Span(0, (int)Math.Min(map.Length, LongestName)));
        string name = text.TrimEnd('\n');
        return name.Length == text.Length - 1
            && name.StartsWith("MANIFEST-", StringComparison.Ordinal)
            && ulong.TryParse(name["MANIFEST-".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? name
            : throw map.Error("it names no manifest");
    }

    private bool TryApply(ReadOnlySpan<byte> edit, ref int at)
    {
        if (!TryVarint(edit, ref at, out ulong tag))
        {
            return false;
        }

        switch (tag)
        {
            case ComparatorTag:
                return TryText(edit, ref at, out ReadOnlySpan<byte> comparator) && CheckComparator(comparator);
            case LogTag:
                hasLog = TryVarint(edit, ref at, out ulong log);
                Log = log;
                return hasLog;
            case PreviousLogTag:
                bool read = TryVarint(edit, ref at, out ulong previous);
                PreviousLog = previous;
                return read;
            case SequenceTag:
                hasSequence = TryVarint(edit, ref at, out ulong sequence);
                Sequence = sequence;
                return hasSequence;
            case NextFileTag:
                return TryVarint(edit, ref at, out _);
            case CompactionTag:
                return TryLevel(edit, ref at, out _) && TryText(edit, ref at, out _);
            case DeletedTag:
                bool deleted = TryLevel(edit, ref at, out int from) & TryVarint(edit, ref at, out ulong number);
                tables.Remove((from, number));
                return deleted;
            case NewTag:
                return TryAdd(edit, ref at);
            default:
                throw new CnnException(
                    $"'{map.Path}' has an entry of the unknown kind {tag}",
                    "LevelDB's own databases can be read; those of its successors (RocksDB) cannot");
        }
    }

    private bool TryAdd(ReadOnlySpan<byte> edit, ref int at)
    {
        if (!TryLevel(edit, ref at, out int level)
            || !TryVarint(edit, ref at, out ulong number)
            || !TryVarint(edit, ref at, out ulong size)
            || size > long.MaxValue
            || !TryText(edit, ref at, out ReadOnlySpan<byte> smallest)
            || !TryText(edit, ref at, out _)
            || smallest.Length < KeyTag)
        {
            return false;
        }

        tables[(level, number)] = new LevelDbTableFile(level, number, (long)size, smallest.ToArray());
        return true;
    }

    private bool CheckComparator(ReadOnlySpan<byte> name)
    {
        string shown = Encoding.Latin1.GetString(name[..Math.Min(name.Length, LongestName)]);
        return name.SequenceEqual(ComparatorName)
            ? true
            : throw new CnnException(
                $"'{map.Path}' orders its keys by '{shown}'",
                $"only databases in byte order can be read ({Encoding.ASCII.GetString(ComparatorName)})");
    }

    private static bool TryLevel(ReadOnlySpan<byte> edit, ref int at, out int level) =>
        TryLength(edit, ref at, out level) && level < Levels;

    private static bool TryText(ReadOnlySpan<byte> edit, ref int at, out ReadOnlySpan<byte> text)
    {
        bool read = TryLength(edit, ref at, out int length) && length <= edit.Length - at;
        text = read ? edit.Slice(at, length) : [];
        at += text.Length;
        return read;
    }
}
