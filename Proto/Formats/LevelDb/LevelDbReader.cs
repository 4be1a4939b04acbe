using System.Globalization;
using Cnn.Proto.Formats.Records;
using static Cnn.Proto.Formats.LevelDb.LevelDbFormat;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>
/// Reads a LevelDB database by position in key order. Files are mapped, not loaded; nothing is written, and the lock
/// of a program that has the database open is no obstacle. Any number of threads may read, each with its own buffer.
/// </summary>
/// <remarks>
/// The format counts no records, so opening lists them: it walks over the keys of all tables and logs, unpacks blocks
/// that are compressed, and skips the values of others. Reading verifies the checksum of each block that it comes to.
/// Everything that a damaged file may claim is checked before it is used.
/// </remarks>
public sealed class LevelDbReader : RecordDatabase
{
    // A process may map some 65,000 files. A database of photographs can have more, for its tables have 2 MB.
    private const int MostMapped = 16384;

    private readonly int mostMapped;
    private readonly List<LevelDbTable> tables = [];
    private readonly List<FileMap> logs = [];
    private readonly RecordPlace[] places = [];

    private LevelDbReader(string path, int mostMapped)
    {
        Path = path;
        this.mostMapped = mostMapped;
        try
        {
            LevelDbManifest manifest = LevelDbManifest.Read(path);
            List<LevelDbCursor> cursors = [.. OpenTables(manifest)];
            LevelDbLogCursor logged = OpenLogs(manifest);
            places = new LevelDbMerge(Math.Max(manifest.Sequence, logged.Sequence)).Run([logged, .. cursors]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The folder.</summary>
    public override string Path { get; }

    /// <summary>The number of records in the database.</summary>
    public override long Count => places.Length;

    /// <summary>Opens the folder of a database.</summary>
    /// <exception cref="CnnException">There is no database, or it is damaged.</exception>
    public static new LevelDbReader Open(string path) => Open(path, MostMapped);

    /// <summary>Opens a database and keeps at most so many of its tables mapped; blocks of others are read.</summary>
    /// <exception cref="CnnException">There is no database, or it is damaged.</exception>
    internal static LevelDbReader Open(string path, int mostMapped)
    {
        PathText.Require(path);
        if (!File.Exists(System.IO.Path.Combine(path, CurrentFile)))
        {
            throw System.IO.Path.Exists(path)
                ? new CnnException(
                    $"'{path}' holds no LevelDB database (no {CurrentFile})",
                    $"name the folder that holds {CurrentFile}")
                : new CnnException($"cannot read '{path}': it does not exist", "check the path");
        }

        return new LevelDbReader(path, mostMapped);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Key(long index, RecordBuffer buffer)
    {
        RecordPlace place = Place(index);
        if (!place.IsInLog)
        {
            return tables[place.Table].Key(place.Block, place.Entry, buffer);
        }

        LevelDbLogText text = Text(place);
        return text.TryByte(out _) && Next(ref text, buffer, out ReadOnlySpan<byte> key) ? key : throw Changed(place);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Value(long index, RecordBuffer buffer)
    {
        RecordPlace place = Place(index);
        if (!place.IsInLog)
        {
            return tables[place.Table].Value(place.Block, place.Entry, buffer);
        }

        LevelDbLogText text = Text(place);
        return text.TryByte(out _)
            && text.TryLength(out int key)
            && text.TrySkip(key)
            && Next(ref text, buffer, out ReadOnlySpan<byte> value)
            ? value
            : throw Changed(place);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        tables.ForEach(t => t.Dispose());
        logs.ForEach(l => l.Dispose());
    }

    // Bytes that lie in one block stay where they are; others are put together in the buffer.
    private static bool Next(scoped ref LevelDbLogText text, RecordBuffer buffer, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!text.TryLength(out int length) || length > text.Left)
        {
            return false;
        }

        LevelDbLogText rest = text;
        bytes = text.Piece(length);
        if (bytes.Length == length)
        {
            return true;
        }

        Span<byte> room = buffer.Room(length);
        bytes = room;
        return rest.TryRead(room);
    }

    // One cursor for each table of level 0, where they overlap, and one for each other level.
    private IEnumerable<LevelDbCursor> OpenTables(LevelDbManifest manifest)
    {
        foreach (IGrouping<int, LevelDbTableFile> level in manifest.Tables.GroupBy(t => t.Level).OrderBy(g => g.Key))
        {
            List<LevelDbTableFile> files = [.. level];
            files.Sort((a, b) => Compare(a.Smallest, b.Smallest) is not 0 and int order
                ? order
                : a.Number.CompareTo(b.Number));
            int first = tables.Count;
            files.ForEach(file => tables.Add(OpenTable(file)));
            if (level.Key > 0)
            {
                yield return new LevelDbTableCursor(tables, first, files.Count);
                continue;
            }

            for (int i = 0; i < files.Count; i++)
            {
                yield return new LevelDbTableCursor(tables, first + i, 1);
            }
        }
    }

    private LevelDbTable OpenTable(LevelDbTableFile file)
    {
        string name = file.Number.ToString("D6", CultureInfo.InvariantCulture);
        string path = System.IO.Path.Combine(Path, name + ".ldb"), older = System.IO.Path.ChangeExtension(path, ".sst");
        if (!File.Exists(path) && !File.Exists(older))
        {
            throw new CnnException($"'{Path}' has no {name}.ldb, which its manifest names", "copy the whole folder");
        }

        return new LevelDbTable(File.Exists(path) ? path : older, file.Size, tables.Count < mostMapped);
    }

    private LevelDbLogCursor OpenLogs(LevelDbManifest manifest)
    {
        var cursor = new LevelDbLogCursor();
        foreach (string path in LogFiles(manifest))
        {
            logs.Add(new FileMap(path, "LevelDB log"));
            cursor.Add(logs[^1], logs.Count - 1);
        }

        cursor.Sort();
        return cursor;
    }

    private IEnumerable<string> LogFiles(LevelDbManifest manifest)
    {
        try
        {
            return Directory.GetFiles(Path, "*.log")
                .Select(path => (Path: path, Number: NumberOf(path)))
                .Where(log => log.Number is { } n && (n >= manifest.Log || n == manifest.PreviousLog))
                .OrderBy(log => log.Number)
                .Select(log => log.Path);
        }
        catch (Exception exception) when (FileErrors.From(Path, "read", exception) is { } error)
        {
            throw error;
        }
    }

    private static ulong? NumberOf(string path) => ulong.TryParse(
        System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out ulong n)
        ? n
        : null;

    private RecordPlace Place(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return places[index];
    }

    private LevelDbLogText Text(RecordPlace place)
    {
        FileMap map = logs[place.Log];
        return new LevelDbLogText(map, place.Position, map.Length);
    }

    private CnnException Changed(RecordPlace place) =>
        logs[place.Log].Error($"the entry at byte {place.Position} changed while it was read");
}
