using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Tests.Proto.Formats.Lmdb;

/// <summary>A database that was suspended and resumed has the bytes of one that was written at once.</summary>
[Trait("Category", "Resume")]
public sealed class LmdbSuspendTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, 10, 1)]
    [InlineData(5, 5000, 1)]
    [InlineData(2000, 800, 97)]
    [InlineData(20000, 40, 1999)]
    [InlineData(300, 9000, 13)]
    public void ResumedWritingEndsInTheSameBytes(int count, int largest, int recordsATime)
    {
        using (LmdbWriter writer = LmdbWriter.Create(folder["whole"]))
        {
            Put(writer, 0, count, largest);
            writer.Commit();
        }

        Directory.CreateDirectory(folder["db.partial"]);
        byte[] state;
        using (LmdbWriter writer = LmdbWriter.CreateIn(folder["db"], folder["db.partial"]))
        {
            state = Suspend(writer);
        }

        for (int done = 0; done < count; done += recordsATime)
        {
            using LmdbWriter writer = LmdbWriter.Resume(folder["db"], folder["db.partial"], new MemoryStream(state));
            Assert.Equal(done, writer.Count);
            Put(writer, done, Math.Min(count, done + recordsATime), largest);
            state = Suspend(writer);

            // What comes after the state is not part of it.
            Put(writer, count, count + 500, largest);
        }

        Assert.False(Path.Exists(folder["db"]));
        using (LmdbWriter writer = LmdbWriter.Resume(folder["db"], folder["db.partial"], new MemoryStream(state)))
        {
            writer.Commit();
        }

        Assert.Equal(File.ReadAllBytes(folder["whole/data.mdb"]), File.ReadAllBytes(folder["db/data.mdb"]));
        Assert.False(Path.Exists(folder["db.partial"]));
    }

    [Fact]
    public void ADamagedStateOrFileIsRefused()
    {
        Directory.CreateDirectory(folder["db.partial"]);
        byte[] state;
        using (LmdbWriter writer = LmdbWriter.CreateIn(folder["db"], folder["db.partial"]))
        {
            Put(writer, 0, 3000, 300);
            state = Suspend(writer);
        }

        for (int length = 0; length < state.Length; length += 97)
        {
            Assert.Contains("remove it and begin again", Error(state[..length]), StringComparison.Ordinal);
        }

        string data = folder["db.partial/data.mdb"];
        File.WriteAllBytes(data, File.ReadAllBytes(data)[..^4096]);
        Assert.Contains("remove it and begin again", Error(state), StringComparison.Ordinal);
        File.Delete(data);
        Assert.Contains("does not exist", Error(state), StringComparison.Ordinal);
    }

    [Fact]
    public void RecordsOutOfOrderCannotBeSuspended()
    {
        using LmdbWriter writer = LmdbWriter.Create(folder["db"]);
        writer.Put("b"u8, "1"u8);
        Assert.True(writer.CanSuspend);
        writer.Put("a"u8, "2"u8);
        Assert.False(writer.CanSuspend);
        Assert.Throws<InvalidOperationException>(() => writer.Suspend(Stream.Null));
    }

    private string Error(byte[] state) => Assert.Throws<CnnException>(
        () => LmdbWriter.Resume(folder["db"], folder["db.partial"], new MemoryStream(state))).Message;

    private static byte[] Suspend(LmdbWriter writer)
    {
        var state = new MemoryStream();
        writer.Suspend(state);
        return state.ToArray();
    }

    private static void Put(LmdbWriter writer, int first, int end, int largest)
    {
        for (int i = first; i < end; i++)
        {
            var value = new byte[i * 7919 % (largest + 1)];
            new Random(i).NextBytes(value);
            writer.Put(Encoding.ASCII.GetBytes($"{i:D8}"), value);
        }
    }
}
