using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Tests.Proto.Formats.Lmdb;

[Trait("Category", "Unit")]
public sealed class LmdbTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 10)]
    [InlineData(5, 5000)]
    [InlineData(2000, 800)]
    [InlineData(20000, 40)]
    public void WhatIsWrittenReadsBackInOrder(int count, int largest)
    {
        string path = folder["db"];
        using (LmdbWriter writer = LmdbWriter.Create(path))
        {
            for (int i = 0; i < count; i++)
            {
                writer.Put(Key(i), Value(i, largest));
            }

            Assert.Equal(count, writer.Count);
            writer.Commit();
        }

        AssertHolds(path, count, largest);
        Assert.Equal(["data.mdb"], Directory.GetFiles(path).Select(Path.GetFileName));
    }

    [Fact]
    public void AFolderWhoseFileCannotBeMadeIsNotLeftBehind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the longest path is that of Linux");

        // The path of the temporary folder is just short enough for the system, that of its file is not.
        const int Longest = 4095, RoomForACount = 6;
        int length = Longest - RoomForACount - $"/.db.{Environment.ProcessId}-.part".Length;
        string parent = folder.Path;
        while (parent.Length < length)
        {
            parent += "/" + new string('x', Math.Min(200, Math.Max(1, length - parent.Length - 1)));
        }

        Directory.CreateDirectory(parent);

        var error = Assert.Throws<CnnException>(() => LmdbWriter.Create(Path.Combine(parent, "db")));
        Assert.Contains("its name is too long", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(parent));
    }

    [Theory]
    [InlineData(1000, 700, 7)]
    [InlineData(3000, 3000, 1)]
    public void RecordsPutInAnyOrderComeOutSorted(int count, int largest, int seed)
    {
        int[] order = Enumerable.Range(0, count).ToArray();
        new Random(seed).Shuffle(order);
        string path = folder["db"];
        using (LmdbWriter writer = LmdbWriter.Create(path))
        {
            foreach (int i in order)
            {
                writer.Put(Key(i), Value(i, largest));
            }

            writer.Commit();
        }

        AssertHolds(path, count, largest);
        Assert.Equal(["data.mdb"], Directory.GetFiles(path).Select(Path.GetFileName));
    }

    [Fact]
    public void LongKeysMakeADeepTree()
    {
        string path = folder["db"];
        var suffix = new string('k', 490);
        using (LmdbWriter writer = LmdbWriter.Create(path))
        {
            for (int i = 0; i < 3000; i++)
            {
                writer.Put(Encoding.ASCII.GetBytes($"{i:D8}{suffix}"), [(byte)i]);
            }

            writer.Commit();
        }

        using LmdbReader reader = LmdbReader.Open(path);
        Assert.Equal(3000, reader.Count);
        for (int i = 0; i < 3000; i++)
        {
            Assert.Equal($"{i:D8}{suffix}", Encoding.ASCII.GetString(reader.Key(i)));
            Assert.Equal([(byte)i], reader.Value(i).ToArray());
        }
    }

    [Fact]
    public void ValuesOnBothSidesOfTheOverflowBorderReadBack()
    {
        string path = folder["db"];
        using (LmdbWriter writer = LmdbWriter.Create(path))
        {
            for (int size = 2000; size < 2060; size++)
            {
                writer.Put(Key(size), new byte[size]);
            }

            writer.Put(Key(9000), new byte[4080]);
            writer.Put(Key(9001), new byte[4081]);
            writer.Commit();
        }

        using LmdbReader reader = LmdbReader.Open(Path.Combine(path, "data.mdb"));
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal(2000 + i, reader.Value(i).Length);
        }

        Assert.Equal(4080, reader.Value(60).Length);
        Assert.Equal(4081, reader.Value(61).Length);
    }

    [Fact]
    public void AKeyPutTwiceIsRefusedAndNothingIsLeft()
    {
        string path = folder["db"];
        using (LmdbWriter writer = LmdbWriter.Create(path))
        {
            writer.Put("b"u8, "1"u8);
            Assert.Throws<CnnException>(() => writer.Put("b"u8, "2"u8));
            writer.Put("c"u8, "1"u8);
            writer.Put("b"u8, "3"u8);
            var error = Assert.Throws<CnnException>(writer.Commit);
            Assert.Contains("'b' is put twice", error.Message);
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void WhatIsThereIsNeverOverwritten()
    {
        Directory.CreateDirectory(folder["db"]);
        var error = Assert.Throws<CnnException>(() => LmdbWriter.Create(folder["db"]));
        Assert.Contains("exists already", error.Message);
    }

    [Fact]
    public void AnAbandonedDatabaseLeavesNothing()
    {
        using (LmdbWriter writer = LmdbWriter.Create(folder["db"]))
        {
            writer.Put("k"u8, "v"u8);
        }

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void AMissingDatabaseIsNamed()
    {
        Assert.Contains("nowhere", Assert.Throws<CnnException>(() => LmdbReader.Open(folder["nowhere"])).Message);
        Directory.CreateDirectory(folder["empty"]);
        Assert.Contains("no data.mdb", Assert.Throws<CnnException>(() => LmdbReader.Open(folder["empty"])).Message);
    }

    [Fact]
    public void ADatabaseCutShortIsRefusedOrReadsWhatIsThere()
    {
        string path = folder["db"];
        Write(path, 500, 900);
        byte[] whole = File.ReadAllBytes(Path.Combine(path, "data.mdb"));
        for (int length = 0; length < whole.Length; length += 3001)
        {
            File.WriteAllBytes(folder["cut.mdb"], whole[..length]);
            Assert.Throws<CnnException>(() => ReadAll(folder["cut.mdb"]));
        }
    }

    [Fact]
    [Trait("Category", "Fuzz")]
    public void DamagedDatabasesAreRefusedOrReadWithoutHarm()
    {
        string path = folder["db"];
        Write(path, 400, 2500);
        byte[] whole = File.ReadAllBytes(Path.Combine(path, "data.mdb"));
        var random = new Random(11);
        int refused = 0;
        for (int i = 0; i < 1500; i++)
        {
            byte[] damaged = (byte[])whole.Clone();
            for (int hits = random.Next(1, 6); hits > 0; hits--)
            {
                // Headers and entries decide; page bodies are mostly data.
                int page = random.Next(0, 3) == 0 ? random.Next(2) : random.Next(damaged.Length / 4096);
                int at = (page * 4096) + random.Next(random.Next(2) == 0 ? 152 : 4096);
                damaged[at] = random.Next(3) switch { 0 => 0, 1 => 0xFF, _ => (byte)random.Next(256) };
            }

            File.WriteAllBytes(folder["damaged.mdb"], damaged);
            try
            {
                ReadAll(folder["damaged.mdb"]);
            }
            catch (CnnException exception)
            {
                Assert.Contains("damaged.mdb", exception.Message);
                refused++;
            }
        }

        Assert.True(refused > 100, $"only {refused} of 1500 damaged files were noticed");
    }

    private static void ReadAll(string path)
    {
        using LmdbReader reader = LmdbReader.Open(path);
        for (long i = 0; i < reader.Count; i++)
        {
            _ = reader.Key(i).Length + reader.Value(i).Length;
        }
    }

    private static void Write(string path, int count, int largest)
    {
        using LmdbWriter writer = LmdbWriter.Create(path);
        for (int i = 0; i < count; i++)
        {
            writer.Put(Key(i), Value(i, largest));
        }

        writer.Commit();
    }

    private static void AssertHolds(string path, int count, int largest)
    {
        using LmdbReader reader = LmdbReader.Open(path);
        Assert.Equal(count, reader.Count);
        for (int i = count - 1; i >= 0; i -= 3)
        {
            Assert.Equal(Key(i), reader.Key(i).ToArray());
            Assert.Equal(Value(i, largest), reader.Value(i).ToArray());
        }
    }

    private static byte[] Key(int i) => Encoding.ASCII.GetBytes($"{i:D8}");

    private static byte[] Value(int i, int largest)
    {
        var value = new byte[i * 7919 % (largest + 1)];
        new Random(i).NextBytes(value);
        return value;
    }
}
