using Cnn.Proto.Formats.Records;
using static Cnn.Proto.Formats.LevelDb.LevelDbFormat;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>Walks over the entries of tables that follow each other in the order of their keys.</summary>
/// <param name="tables">All tables of the database.</param>
/// <param name="first">The first table of the walk.</param>
/// <param name="count">The number of tables of the walk.</param>
internal sealed class LevelDbTableCursor(IReadOnlyList<LevelDbTable> tables, int first, int count) : LevelDbCursor
{
    private readonly RecordBuffer buffer = new();
    private readonly KeyBytes key = new(), before = new();
    private int table = first - 1, block, entry, next, limit, blocks;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Key => key.Span;

    /// <inheritdoc/>
    public override RecordPlace Place => new(table, block, entry);

    /// <inheritdoc/>
    public override bool Next()
    {
        before.Set(key.Span);
        while (next >= limit)
        {
            if (!NextBlock())
            {
                return false;
            }
        }

        LevelDbTable current = tables[table];
        ReadOnlySpan<byte> bytes = current.BlockToWalk(block, buffer);
        LevelDbEntry found = current.Entry(bytes, limit, next, block);

        // The first entry of a block shares nothing.
        if ((next == 0 && found.Shared > 0) || !found.TryKey(bytes, key) || key.Span.Length < KeyTag)
        {
            throw current.Error(block, $"has no key for the entry at {next}");
        }

        if (!before.Span.IsEmpty && Compare(before.Span, key.Span) >= 0)
        {
            throw current.Error(block, $"has a key out of order at {next}");
        }

        (entry, next) = (next, found.End);
        return true;
    }

    private bool NextBlock()
    {
        block++;
        while (table < first || block >= blocks)
        {
            if (++table >= first + count)
            {
                return false;
            }

            (block, blocks) = (0, tables[table].BlockCount);
        }

        (next, limit) = (0, tables[table].Limit(tables[table].BlockToWalk(block, buffer), block));
        return true;
    }
}
