using static Cnn.Proto.Formats.LevelDb.LevelDbFormat;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>
/// Merges the entries of cursors in the order of their keys and keeps the newest of each key, unless it is deleted.
/// </summary>
/// <param name="sequence">The number of the last change; later ones are not part of the database.</param>
internal sealed class LevelDbMerge(ulong sequence)
{
    private readonly List<RecordPlace> live = [];
    private readonly KeyBytes key = new();
    private bool hasKey;

    /// <summary>Returns the places of the records that the database holds.</summary>
    /// <exception cref="CnnException">A file is damaged.</exception>
    public RecordPlace[] Run(IEnumerable<LevelDbCursor> all)
    {
        List<LevelDbCursor> cursors = [.. all.Where(c => c.Next())];
        while (cursors.Count > 0)
        {
            var (least, second) = Least(cursors);
            bool goesOn;

            // Tables hardly overlap once they are compacted, so one of them gives many entries in a row.
            do
            {
                Add(least);
                goesOn = least.Next();
            }
            while (goesOn && (second is null || Compare(least.Key, second.Key) < 0));

            if (!goesOn)
            {
                cursors.Remove(least);
            }
        }

        return [.. live];
    }

    private static (LevelDbCursor Least, LevelDbCursor? Second) Least(List<LevelDbCursor> cursors)
    {
        LevelDbCursor least = cursors[0];
        LevelDbCursor? second = null;
        for (int i = 1; i < cursors.Count; i++)
        {
            LevelDbCursor cursor = cursors[i];
            if (Compare(cursor.Key, least.Key) < 0)
            {
                (least, second) = (cursor, least);
            }
            else if (second is null || Compare(cursor.Key, second.Key) < 0)
            {
                second = cursor;
            }
        }

        return (least, second);
    }

    private void Add(LevelDbCursor cursor)
    {
        ulong tag = U64(cursor.Key[^KeyTag..]);
        ReadOnlySpan<byte> user = cursor.Key[..^KeyTag];
        if (tag >> 8 > sequence || (hasKey && user.SequenceEqual(key.Span)))
        {
            return;
        }

        key.Set(user);
        hasKey = true;
        if ((byte)tag == Value)
        {
            live.Add(cursor.Place);
        }
    }
}
