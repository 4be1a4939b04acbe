using System.Text;
using Cnn.Campaigns.Files;
using Cnn.Campaigns.Fuzz.Readers;
using Cnn.Proto;
using Cnn.Proto.Formats.LevelDb;
using Cnn.Proto.Formats.Records;
using static Cnn.Campaigns.Files.LevelDbFiles;

namespace Cnn.Tests.Proto.Formats.LevelDb;

/// <summary>Databases that the tests write by hand, whole and damaged.</summary>
[Trait("Category", "Unit")]
public sealed class LevelDbReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Db => folder["db"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ATableReadsInTheOrderOfItsKeys(bool packed)
    {
        Change[] changes = [.. Enumerable.Range(0, 23).Select(i => Put($"k{i:D4}", 1, i))];
        Manifest(Db, 5, 100, WriteTable(Db, 2, 4, packed, changes));

        // Where there are too many tables to map, blocks are read.
        for (int mapped = 0; mapped < 2; mapped++)
        {
            using RecordDatabase records = LevelDbReader.Open(Db, mapped);
            Assert.Equal((Db, 23), (records.Path, records.Count));
            var buffer = new RecordBuffer();
            for (int i = 22; i >= 0; i--)
            {
                Assert.Equal(Bytes(i), records.Value(i, buffer));
                Assert.Equal($"k{i:D4}", Encoding.ASCII.GetString(records.Key(i, buffer)));
            }
        }
    }

    [Fact]
    public void TheRecordsThatCaffeWroteAreRead()
    {
        string path = GoldenFolders.Cases("layers").Single(c => c.Name == "layers/DataLevelDb").Path;
        using RecordDatabase records = RecordDatabase.Open(Path.Combine(path, "db"), RecordFormat.LevelDb);
        Assert.Equal(3, records.Count);
        var buffer = new RecordBuffer();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal($"0000000{i}", Encoding.ASCII.GetString(records.Key(i, buffer)));
            Datum datum = Datum.Parser.ParseFrom(records.Value(i, buffer));
            Assert.Equal((1, 3, 4, 12), (datum.Channels, datum.Height, datum.Width, datum.Data.Length));
        }
    }

    [Fact]
    public void TheNewestOfAKeyCountsWhereverItIs()
    {
        Table old = WriteTable(Db, 2, 4, true, Put("a", 1, 1), Put("b", 2, 1), Put("c", 3, 1), Put("d", 4, 1));
        Table newer = WriteTable(Db, 1, 5, false, Put("b", 8, 3), Put("b", 5, 2), Delete("c", 6));
        Table first = WriteTable(Db, 0, 6, true, Put("c", 10, 4), Put("e", 11, 1));
        Table second = WriteTable(Db, 0, 7, true, Put("a", 13, 5), Delete("e", 12));
        Log(8, Batch(Put("b", 14, 6), Delete("d", 15), Put("f", 16, 1), Put("f", 17, 7), Put("0", 18, 8)));
        Manifest(Db, 8, 13, old, newer, first, second);

        Assert.Equal("0=8 a=5 b=6 c=4 f=7", Text(Db));
    }

    [Fact]
    public void ChangesAfterTheLastOneOfTheManifestDoNotCount()
    {
        Manifest(Db, 5, 7, WriteTable(Db, 1, 4, true, Put("a", 8, 2), Put("a", 7, 1), Delete("b", 9), Put("b", 3, 4)));
        Assert.Equal("a=1 b=4", Text(Db));
    }

    [Fact]
    public void LogsThatAreInTablesAlreadyDoNotCount()
    {
        Manifest(Db, 8, 7);
        Log(7, Batch(Put("a", 1, 1)));
        Log(8, Batch(Put("b", 2, 2)), Batch(Delete("d", 3)));
        Log(12, Batch(Put("c", 4, 3), Put("d", 5, 4)));
        File.WriteAllText(Path.Combine(Db, "LOG"), "no log of records");
        File.WriteAllText(Path.Combine(Db, "notes.log"), "neither");
        Assert.Equal("b=2 c=3 d=4", Text(Db));
    }

    [Fact]
    public void KeysOfALogMayComeInAnyOrder()
    {
        Manifest(Db, 8, 7);
        Log(8, Batch(Put("c", 1, 3), Put("b", 2, 2), Put("a", 3, 1)));
        Assert.Equal("a=1 b=2 c=3", Text(Db));
    }

    [Fact]
    public void TablesOfTheOldNameAreFound()
    {
        Manifest(Db, 5, 7, WriteTable(Db, 0, 4, true, Put("a", 1, 1)));
        File.Move(Path.Combine(Db, "000004.ldb"), Path.Combine(Db, "000004.sst"));
        Assert.Equal("a=1", Text(Db));
    }

    [Fact]
    public void ALogOfZerosIsRoomForRecordsToCome()
    {
        Manifest(Db, 5, 7);
        Log(5, Batch(Put("a", 1, 1)));
        string path = Path.Combine(Db, "000005.log");
        File.WriteAllBytes(path, [.. File.ReadAllBytes(path), .. new byte[100000]]);
        Assert.Equal("a=1", Text(Db));
    }

    [Fact]
    public void ALockInUseIsNoObstacle()
    {
        Manifest(Db, 5, 7, WriteTable(Db, 0, 4, true, Put("a", 1, 1)));
        using var held = new FileStream(
            Path.Combine(Db, "LOCK"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal("a=1", Text(Db));
    }

    [Fact]
    public void ReadingAllocatesNothingAfterTheFirstPass()
    {
        Change[] changes = [.. Enumerable.Range(0, 50).Select(i => Put($"k{i:D4}", 1, i))];
        Manifest(Db, 5, 100, WriteTable(Db, 1, 4, false, changes));
        Log(5, Batch([.. Enumerable.Range(0, 50).Select(i => new Change($"l{i:D4}", 101 + (ulong)i, new byte[3000]))]));
        using RecordDatabase records = RecordDatabase.Open(Db);
        var buffer = new RecordBuffer();
        Assert.Equal(0, Allocations.OnThisThread(() => ReadAll(records, buffer)));
    }

    // The package that unpacks Snappy makes an object for each block, of 80 bytes.
    [Fact]
    public void UnpackingABlockAllocatesNoMoreThanAnObject()
    {
        const int Blocks = 10;
        Change[] changes = [.. Enumerable.Range(0, Blocks * 5).Select(i => Put($"k{i:D4}", 1, i))];
        Manifest(Db, 5, 100, WriteTable(Db, 1, 4, true, changes));
        using RecordDatabase records = RecordDatabase.Open(Db);
        var buffer = new RecordBuffer();
        Assert.InRange(
            Allocations.OnThisThread(() => ReadAll(records, buffer)) / Allocations.StepsARound, 0, 100 * Blocks);
    }

    [Fact]
    public async Task ThreadsReadWithBuffersOfTheirOwn()
    {
        Change[] changes = [.. Enumerable.Range(0, 200).Select(i => Put($"k{i:D4}", 1, i))];
        Manifest(Db, 5, 100, WriteTable(Db, 1, 4, true, changes));
        using RecordDatabase records = RecordDatabase.Open(Db);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(
            () =>
            {
                var buffer = new RecordBuffer();
                for (int n = 0; n < 2000; n++)
                {
                    int i = (n * (t + 3) * 7) % 200;
                    Assert.Equal(Bytes(i), records.Value(i, buffer));
                }
            },
            TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void MissingFilesAreNamed()
    {
        Assert.Contains($"cannot read '{Db}': it does not exist", Refused(Db));
        Directory.CreateDirectory(Db);
        Assert.Contains($"'{Db}' holds no LevelDB database (no CURRENT)", Refused(Db));
        Manifest(Db, 5, 7, WriteTable(Db, 0, 4, true, Put("a", 1, 1)));
        File.Delete(Path.Combine(Db, "000004.ldb"));
        Assert.Contains($"'{Db}' has no 000004.ldb, which its manifest names; copy the whole folder", Refused(Db));
        File.Delete(Path.Combine(Db, "MANIFEST-000002"));
        Assert.Contains($"'{Db}' has no MANIFEST-000002, which its CURRENT names", Refused(Db));
        File.WriteAllText(Path.Combine(Db, "CURRENT"), "../MANIFEST-000002\n");
        Assert.Contains("CURRENT' is not a whole CURRENT file of LevelDB: it names no manifest", Refused(Db));
    }

    [Fact]
    public void WhatOtherProgramsWriteIsRefused()
    {
        Manifest(Db, 5, 7, "rocksdb.InternalComparator");
        Assert.Contains(
            "MANIFEST-000002' orders its keys by 'rocksdb.InternalComparator'; "
            + "only databases in byte order can be read (leveldb.BytewiseComparator)",
            Refused(Db));
        File.WriteAllBytes(Path.Combine(Db, "MANIFEST-000002"), LevelDbFiles.Log([100, 0]));
        Assert.Contains("MANIFEST-000002' has an entry of the unknown kind 100", Refused(Db));
        File.WriteAllBytes(Path.Combine(Db, "MANIFEST-000002"), []);
        Assert.Contains("is not a whole LevelDB manifest: it says no log or no sequence number", Refused(Db));
    }

    [Fact]
    public void ADamagedBlockIsNamedWithItsPlace()
    {
        Table table = WriteTable(Db, 1, 4, false, [.. Enumerable.Range(0, 10).Select(i => Put($"k{i}", 1, i))]);
        Manifest(Db, 5, 7, table);
        string path = Path.Combine(Db, "000004.ldb");
        byte[] whole = File.ReadAllBytes(path);
        int value = whole.AsSpan().IndexOf(Bytes(7)) + 3;

        // Values are not looked at before they are read.
        whole[value] ^= 1;
        File.WriteAllBytes(path, whole);
        using (RecordDatabase records = RecordDatabase.Open(Db))
        {
            var buffer = new RecordBuffer();
            Assert.Equal(Bytes(4), records.Value(4, buffer));
            string message = Assert.Throws<CnnException>(() => records.Value(7, buffer).Length).Message;
            Assert.Matches(@"000004\.ldb' is not a whole LevelDB table: the block at byte \d+ has the wrong", message);
            Assert.Throws<CnnException>(() => records.Value(8, buffer).Length);
            Assert.Equal(Bytes(2), records.Value(2, buffer));
        }

        File.WriteAllBytes(path, whole[..^1]);
        Assert.Contains($"it has {whole.Length - 1} bytes, the manifest says {whole.Length}", Refused(Db));
        whole[^1] ^= 1;
        File.WriteAllBytes(path, whole);
        Assert.Contains("it does not end with LevelDB's magic number", Refused(Db));
    }

    [Fact]
    public void ADamagedLogIsNamedWithItsPlace()
    {
        Manifest(Db, 5, 7);
        byte[] one = Batch(Put("a", 1, 1)), two = Batch(Put("b", 2, 2));
        string path = Path.Combine(Db, "000005.log");
        byte[] log = LevelDbFiles.Log(one, two);
        log[^3] ^= 1;
        File.WriteAllBytes(path, log);
        Assert.Contains(
            $"'{path}' is not a whole LevelDB log: the record at byte {7 + one.Length} has the wrong checksum",
            Refused(Db));

        one[8] = 2;
        File.WriteAllBytes(path, LevelDbFiles.Log(one));
        Assert.Contains("the batch at byte 7 claims 2 entries but has 1", Refused(Db));
        one[12] = 3;
        File.WriteAllBytes(path, LevelDbFiles.Log(one));
        Assert.Contains("the entry at byte 19 is damaged", Refused(Db));
    }

    [Fact]
    public void KeysOutOfOrderAreRefused()
    {
        Manifest(Db, 5, 7, WriteTable(Db, 1, 4, false, Put("b", 1, 1), Put("a", 1, 1)));
        Assert.Contains("has a key out of order", Refused(Db));
    }

    // A few bytes could otherwise be read again and again.
    [Theory]
    [InlineData(0, false)]
    [InlineData(4, false)]
    [InlineData(5, true)]
    public void BlocksOfATableDoNotOverlap(int gap, bool isRead)
    {
        Table table = WriteTable(Db, 1, 4, false, [.. Enumerable.Range(0, 10).Select(i => Put($"k{i}", 1, i))]);
        Manifest(Db, 5, 7, table);
        string path = Path.Combine(Db, "000004.ldb");
        byte[] file = File.ReadAllBytes(path);
        int at = file.Length - LevelDbFormat.Footer;
        ulong index = Varints(file, ref at, 4)[2];

        // The entries of the index: their keys, then where the blocks are and how long.
        int entry = (int)index;
        ulong[] first = Varints(file, ref entry, 3);
        entry += (int)first[1];
        ulong length = Varints(file, ref entry, 2)[1];
        ulong[] second = Varints(file, ref entry, 3);
        entry += (int)second[1];
        byte[] start = LevelDbFiles.Varint(length + (ulong)gap);
        Assert.Equal(LevelDbFiles.Varint(length + 5), file[entry..(entry + start.Length)]);
        start.CopyTo(file, entry);
        LevelDbSigning.SignTable(file);
        File.WriteAllBytes(path, file);

        if (isRead)
        {
            Assert.StartsWith("k0=0 k1=1", Text(Db), StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains(
                $"entry 1 of its index at byte {index} refers to no block after the last", Refused(Db));
        }

        static ulong[] Varints(byte[] bytes, ref int at, int count)
        {
            var values = new ulong[count];
            for (int i = 0; i < count; i++)
            {
                Assert.True(LevelDbFormat.TryVarint(bytes, ref at, out values[i]));
            }

            return values;
        }
    }

    [Fact]
    public void TheChecksumIsThatOfThePublishedExample()
    {
        // CRC-32C of "123456789" is E3069283; the files store it rotated by 15 and shifted.
        const uint Crc = 0xE3069283;
        Assert.Equal(
            unchecked(((Crc >> 15) | (Crc << 17)) + 0xA282EAD8u), LevelDbFormat.Checksum("123456789"u8));
    }

    private static Change Put(string key, ulong sequence, int value) => new(key, sequence, Bytes(value));

    private static Change Delete(string key, ulong sequence) => new(key, sequence, null);

    private static byte[] Bytes(int i) => [(byte)i, .. Enumerable.Repeat((byte)(i + 1), 20 + (i % 9))];

    private static string Text(string path)
    {
        using LevelDbReader records = LevelDbReader.Open(path);
        var buffer = new RecordBuffer();
        return string.Join(' ', Enumerable.Range(0, (int)records.Count).Select(
            i => $"{Encoding.ASCII.GetString(records.Key(i, buffer))}={records.Value(i, buffer)[0]}"));
    }

    private static string Refused(string path) => Assert.Throws<CnnException>(() => Text(path)).Message;

    private static void ReadAll(RecordDatabase records, RecordBuffer buffer)
    {
        for (long i = 0; i < records.Count; i++)
        {
            _ = records.Key(i, buffer).Length + records.Value(i, buffer).Length;
        }
    }

    private void Log(int number, params byte[][] records) =>
        File.WriteAllBytes(Path.Combine(Db, $"{number:D6}.log"), LevelDbFiles.Log(records));
}
