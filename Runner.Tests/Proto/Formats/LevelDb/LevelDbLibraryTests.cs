using System.Globalization;
using System.Text;

namespace Cnn.Tests.Proto.Formats.LevelDb;

/// <summary>Databases that the real LevelDB wrote read as it reads them itself.</summary>
[Trait("Category", "Golden")]
public sealed class LevelDbLibraryTests(LevelDbProgram program) : IClassFixture<LevelDbProgram>, IDisposable
{
    private const string Default = "open 4194304 1 4096\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(4 << 20, 1, 4096)]
    [InlineData(4 << 20, 0, 4096)]
    [InlineData(64 << 10, 1, 4096)]
    [InlineData(64 << 10, 0, 1024)]
    [InlineData(64 << 10, 1, 100000)]
    public void RecordsInAnyOrderWithOverwritesAndDeletions(int buffer, int compression, int block)
    {
        var random = new Random(buffer + block + compression);
        var script = new StringBuilder($"open {buffer} {compression} {block}\n");
        for (int i = 0; i < 6000; i++)
        {
            Batch(script, random, i);
            string key = Key(random.Next(3000));
            int size = random.Next(random.Next(3000));
            script.Append(random.Next(5) == 0 ? $"delete {key}\n" : $"put {key} {i} {size}\n");
        }

        program.Write(folder["db"], $"{script}commit\nclose\n");

        Assert.InRange(program.Check(folder["db"])[0], 1000, 2900);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void AscendingRecordsOverManyTables(int compression)
    {
        var script = new StringBuilder($"open 100000 {compression} 4096\n");
        for (int i = 0; i < 3000; i++)
        {
            Batch(script, new Random(i), i);
            script.Append(CultureInfo.InvariantCulture, $"put {Key(i)} {i} 1000\n");
        }

        program.Write(folder["db"], $"{script}commit\nflush\nclose\n");

        Assert.True(Directory.GetFiles(folder["db"], "*.ldb").Length > (compression == 0 ? 2 : 1));
        Assert.Equal(3000, program.Check(folder["db"])[0]);
    }

    [Fact]
    public void LargeValuesInLogsAndTables()
    {
        var script = new StringBuilder(Default);
        for (int i = 0; i < 60; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"put {Key(i * 7 % 60)} {i} {(i * 7919 % 200000) + 30000}\n");
        }

        program.Write(folder["db"], $"{script}copy {folder["copy"]}\nflush\nclose\n");

        Assert.Equal([60, 60], program.Check(folder["db"], folder["copy"]));
    }

    // The first fragment of a record can be empty, where a header alone fits into the block.
    [Fact]
    public void RecordsThatEndNearTheEndOfALogsBlock()
    {
        // What comes before the end of the first value takes 44 bytes.
        for (int size = 32768 - 44 - 10; size <= 32768 - 44 + 1; size++)
        {
            program.Write(
                folder[$"{size}"],
                $"{Default}put x61 0 {size}\nput x62 0 70000\nput x63 1 10\nput x64 3 65500\nexit\n");
        }

        Assert.All(program.Check(Directory.GetDirectories(folder.Path)), count => Assert.Equal(4, count));
    }

    [Fact]
    public void KeysOfEveryKind()
    {
        var script = new StringBuilder(Default);
        foreach (string key in (string[])["x", "x00", "x0000", "xff", "xffff", "x61", "x6100", "x61ff", "x6162"])
        {
            script.Append($"put {key} 1 20\n");
        }

        script.Append($"put x{string.Concat(Enumerable.Repeat("ab", 70000))} 2 20\nput x61 9 0\n");
        program.Write(folder["db"], $"{script}copy {folder["copy"]}\nflush\nclose\n");

        Assert.Equal([10, 10], program.Check(folder["db"], folder["copy"]));
    }

    [Fact]
    public void OverlappingTablesAndLogsOfSeveralSessions()
    {
        var script = new StringBuilder();
        for (int session = 0; session < 6; session++)
        {
            script.Append(Default);
            for (int i = 0; i < 200; i++)
            {
                string key = Key((i * 37 % 300) + session);
                script.Append(i % 7 == session ? $"delete {key}\n" : $"put {key} {i + session} 100\n");
            }

            script.Append(CultureInfo.InvariantCulture, $"copy {folder[$"copy{session}"]}\nclose\n");
        }

        program.Write(folder["db"], script.ToString());

        Assert.True(Directory.GetFiles(folder["db"], "*.ldb").Length > 1);
        program.Check(Directory.GetDirectories(folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("flush\n")]
    [InlineData("put x61 1 10\ndelete x61\n")]
    [InlineData("put x61 1 10\nflush\ndelete x61\n")]
    [InlineData("put x61 1 10\ndelete x61\nflush\n")]
    public void ADatabaseWithoutRecords(string script)
    {
        program.Write(folder["db"], $"{Default}{script}close\n");
        Assert.Equal(0, program.Check(folder["db"])[0]);
    }

    [Theory]
    [InlineData(4 << 20)]
    [InlineData(64 << 10)]
    public void ADatabaseThatWasNotClosed(int buffer)
    {
        var script = new StringBuilder($"open {buffer} 1 4096\n");
        for (int i = 0; i < 500; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"put {Key(i)} {i} 700\n");
        }

        program.Write(folder["db"], $"{script}exit\n");

        Assert.Equal(500, program.Check(folder["db"])[0]);
    }

    [Fact]
    public void ALogThatIsCutOff()
    {
        var script = new StringBuilder(Default);
        for (int i = 0; i < 30; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"put {Key(i)} {i} {i * 531 % 7000}\n");
        }

        program.Write(folder["db"], $"{script}exit\n");
        byte[] log = File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder["db"], "*.log")));
        for (int cut = 0; cut < 60; cut++)
        {
            string path = Directory.CreateDirectory(folder[$"cut{cut}"]).FullName;
            foreach (string file in Directory.GetFiles(folder["db"]))
            {
                File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
            }

            // Some cuts fall into headers at the start of a block.
            int length = cut < 20 ? log.Length - cut : cut < 40 ? 32768 - 10 + cut - 20 : log.Length - (cut * 1171);
            File.WriteAllBytes(Assert.Single(Directory.GetFiles(path, "*.log")), log[..length]);
        }

        long[] counts = program.Check(Directory.GetDirectories(folder.Path, "cut*"));
        Assert.True(counts.Distinct().Count() > 5);
    }

    private static string Key(int number) =>
        "x" + Convert.ToHexString(Encoding.ASCII.GetBytes(number.ToString("D8", CultureInfo.InvariantCulture)));

    private static void Batch(StringBuilder script, Random random, int i)
    {
        if (i % 50 == 0)
        {
            script.Append("commit\n").Append(random.Next(3) == 0 ? "" : "batch\n");
        }
    }
}
