using Cnn.Proto.Formats.LevelDb;
using Cnn.Proto.Formats.Records;
using Cnn.Tests.Faults;
using static Cnn.Campaigns.Files.LevelDbFiles;

namespace Cnn.Tests.Proto.Formats.LevelDb;

/// <summary>A thousand damaged copies of each kind of file of a database.</summary>
[Trait("Category", "Fuzz")]
public sealed class DamagedLevelDbTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("000004.ldb")]
    [InlineData("000006.ldb")]
    [InlineData("000007.log")]
    [InlineData("MANIFEST-000002")]
    [InlineData("CURRENT")]
    public async Task DamagedFilesAreRefusedOrReadWithoutHarm(string file)
    {
        string whole = folder["whole"], damaged = folder["damaged"];
        Write(whole);
        Write(damaged);
        await Damage.Check(Path.Combine(whole, file), _ => Read(damaged), Path.Combine(damaged, file));
    }

    // The checksum hides most damage from the code behind it, which has to hold on its own.
    [Theory]
    [InlineData("000004.ldb")]
    [InlineData("000006.ldb")]
    [InlineData("000007.log")]
    [InlineData("MANIFEST-000002")]
    public async Task DamagedFilesWithRightChecksumsAreRefusedOrReadWithoutHarm(string file)
    {
        string whole = folder["whole"], damaged = folder["damaged"], path = Path.Combine(damaged, file);
        Write(whole);
        Write(damaged);
        await Damage.Check(
            Path.Combine(whole, file),
            _ =>
            {
                byte[] bytes = File.ReadAllBytes(path);
                (file.EndsWith(".ldb", StringComparison.Ordinal) ? (Action<byte[]>)SignTable : SignLog)(bytes);
                File.WriteAllBytes(path, bytes);
                Read(damaged);
            },
            path,
            leastRefused: 10);
    }

    private static void Write(string path)
    {
        Table first = WriteTable(path, 1, 4, false, [.. Enumerable.Range(0, 30).Select(i => Put($"a{i:D3}", i))]);
        Table second = WriteTable(path, 0, 6, true, [.. Enumerable.Range(0, 30).Select(i => Put($"a{i:D3}", 100 + i))]);
        File.WriteAllBytes(
            Path.Combine(path, "000007.log"),
            Log(
                Batch([.. Enumerable.Range(0, 20).Select(i => Put($"b{i:D3}", 200 + i))]),
                Batch([.. Enumerable.Range(0, 20).Select(i => new Change($"a{i:D3}", 220 + (ulong)i, null))]),
                Batch(new Change("c", 240, new byte[40000]))));
        Manifest(path, 7, 200, first, second);
    }

    private static Change Put(string key, int sequence) =>
        new(key, (ulong)sequence, [.. Enumerable.Repeat((byte)sequence, 40)]);

    private static void Read(string path)
    {
        using LevelDbReader records = LevelDbReader.Open(path);
        var buffer = new RecordBuffer();
        for (long i = 0; i < records.Count; i++)
        {
            _ = records.Key(i, buffer).Length + records.Value(i, buffer).Length;
        }
    }

    // Signs each fragment of a log anew.
    private static void SignLog(byte[] log)
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

    // Signs the blocks of a table anew that its index, if it can be read, refers to, and the index.
    private static void SignTable(byte[] table)
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
