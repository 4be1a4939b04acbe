using Cnn.Campaigns.Fuzz.Readers;
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
                bool isTable = file.EndsWith(".ldb", StringComparison.Ordinal);
                (isTable ? (Action<byte[]>)LevelDbSigning.SignTable : LevelDbSigning.SignLog)(bytes);
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
}
