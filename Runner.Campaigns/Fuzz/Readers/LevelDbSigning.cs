using Cnn.Proto.Formats.LevelDb;
using static Cnn.Campaigns.Files.LevelDbFiles;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>
/// Corrects the checksums of LevelDB's damaged files: they hide most damage from the code behind them, which has to
/// hold on its own.
/// </summary>
internal static class LevelDbSigning
{
    private const int LargestBlock = 1 << 20;

    /// <summary>Signs each fragment of a log anew.</summary>
    public static void SignLog(byte[] log)
    {
        for (int at = 0; at + LevelDbFormat.LogHeader <= log.Length;)
        {
            int left = LevelDbFormat.LogBlock - (at % LevelDbFormat.LogBlock);
            if (left < LevelDbFormat.LogHeader)
            {
                at += left;
                continue;
            }

            int size = LevelDbFormat.U16(log.AsSpan(at + 4));
            if (size > Math.Min(left, log.Length - at) - LevelDbFormat.LogHeader)
            {
                return;
            }

            U32(LevelDbFormat.Checksum(log.AsSpan(at + 6, size + 1))).CopyTo(log, at);
            at += LevelDbFormat.LogHeader + size;
        }
    }

    /// <summary>Signs the blocks of a table anew that its index, if it can be read, refers to, and the index.</summary>
    public static void SignTable(byte[] table)
    {
        int at = table.Length - LevelDbFormat.Footer;
        if (at < 0 || !Handle(table, ref at, out _, out _) || !Handle(table, ref at, out int index, out int indexSize))
        {
            return;
        }

        Sign(table, index, indexSize);
        byte[] block = [.. table.AsSpan(index, indexSize)];
        if (table[index + indexSize] == LevelDbFormat.Snappy)
        {
            try
            {
                if (Snappier.Snappy.GetUncompressedLength(block) > LargestBlock)
                {
                    return;
                }

                block = Snappier.Snappy.DecompressToArray(block);
            }
            catch (InvalidDataException)
            {
                return;
            }
        }

        int limit = LevelDbEntry.Limit(block), next = 0;
        while (limit > next && LevelDbEntry.TryRead(block, limit, next, out LevelDbEntry entry))
        {
            int value = entry.ValueStart;
            if (Handle(block, ref value, out int start, out int size) && start <= table.Length - size - 5L)
            {
                Sign(table, start, size);
            }

            next = entry.End;
        }
    }

    private static bool Handle(byte[] bytes, ref int at, out int start, out int size)
    {
        size = 0;
        return LevelDbFormat.TryLength(bytes, ref at, out start)
            && LevelDbFormat.TryLength(bytes, ref at, out size)
            && start <= bytes.Length - size - (long)LevelDbFormat.BlockTrailer;
    }

    private static void Sign(byte[] table, int start, int size) =>
        U32(LevelDbFormat.Checksum(table.AsSpan(start, size + 1))).CopyTo(table, start + size + 1);
}
