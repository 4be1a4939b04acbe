using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Proto.Formats.Records;

namespace Cnn.Tests.Proto.Formats.Records;

[Trait("Category", "Unit")]
public sealed class RecordDatabaseTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AnLmdbDatabaseIsRecognisedByItsFile()
    {
        using (LmdbWriter writer = LmdbWriter.Create(folder["db"]))
        {
            writer.Put("a"u8, "1"u8);
            writer.Put("b"u8, "22"u8);
            writer.Commit();
        }

        foreach (string path in (string[])[folder["db"], Path.Combine(folder["db"], "data.mdb")])
        {
            using RecordDatabase records = RecordDatabase.Open(path);
            var buffer = new RecordBuffer();
            Assert.Equal(2, records.Count);
            Assert.Equal("b"u8, records.Key(1, buffer));
            Assert.Equal("22"u8, records.Value(1, buffer));
            Assert.EndsWith("data.mdb", records.Path, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AFolderWithoutADatabaseIsRefusedByName()
    {
        Assert.Equal(
            $"'{folder.Path}' holds no database (neither data.mdb nor CURRENT); "
            + "name the folder that holds data.mdb (LMDB) or CURRENT (LevelDB)",
            Assert.Throws<CnnException>(() => RecordDatabase.Open(folder.Path)).Message);
        Assert.Contains(
            $"cannot read '{folder["nowhere"]}': it does not exist",
            Assert.Throws<CnnException>(() => RecordDatabase.Open(folder["nowhere"])).Message);
        Assert.Contains("path is empty", Assert.Throws<CnnException>(() => RecordDatabase.Open("")).Message);
    }

    [Fact]
    public void TheOtherFormatIsRefusedWithTheBackendToSay()
    {
        using (LmdbWriter writer = LmdbWriter.Create(folder["lmdb"]))
        {
            writer.Commit();
        }

        Directory.CreateDirectory(folder["leveldb"]);
        folder.Write("leveldb/CURRENT", "MANIFEST-000002\n");

        var error = Assert.Throws<CnnException>(() => RecordDatabase.Open(folder["lmdb"], RecordFormat.LevelDb));
        Assert.Contains("holds no LevelDB database (no CURRENT)", error.Message);
        Assert.Contains("backend: LMDB", error.Message);
        error = Assert.Throws<CnnException>(() => RecordDatabase.Open(folder["leveldb"], RecordFormat.Lmdb));
        Assert.Contains("holds no LMDB database (no data.mdb)", error.Message);
        Assert.Contains("backend: LEVELDB", error.Message);
    }
}
