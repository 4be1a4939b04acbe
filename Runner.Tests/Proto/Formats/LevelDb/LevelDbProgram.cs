using System.Diagnostics;
using System.Text;
using Cnn.Proto.Formats.LevelDb;
using Cnn.Proto.Formats.Records;

namespace Cnn.Tests.Proto.Formats.LevelDb;

/// <summary>The real LevelDB: a small C++ program that is compiled once and writes and dumps databases.</summary>
public sealed class LevelDbProgram : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string? missing;

    public LevelDbProgram()
    {
        string source = Repository.PathOf("Runner.Tests", "Proto", "Formats", "LevelDb", "LevelDbProgram.cc");
        try
        {
            var (exitCode, error) = Run("g++", "", "-O1", "-o", folder["program"], source, "-lleveldb");
            Assert.True(exitCode == 0 || error.Contains("leveldb", StringComparison.Ordinal), error);
            missing = exitCode == 0 ? null : "the real LevelDB is missing here (Debian's libleveldb-dev)";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            missing = "a compiler of C++ is missing here (g++)";
        }
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Writes a database by a script, or skips the calling test where there is no LevelDB.</summary>
    public void Write(string path, string script)
    {
        Assert.SkipWhen(missing is not null, missing ?? "");
        var (exitCode, error) = Run(folder["program"], script, "write", path);
        Assert.True(exitCode == 0, error);
    }

    /// <summary>Checks that we read databases as LevelDB does, which afterwards opens and changes them.</summary>
    /// <returns>The number of records of each.</returns>
    public long[] Check(params string[] paths)
    {
        List<byte[]> ours = [.. paths.Select(Dump)];
        var (exitCode, error) = Run(folder["program"], "", ["dump", .. paths]);
        Assert.True(exitCode == 0, error);
        for (int i = 0; i < paths.Length; i++)
        {
            byte[] theirs = File.ReadAllBytes(paths[i] + ".dump");
            Assert.True(theirs.AsSpan().SequenceEqual(ours[i]), $"{paths[i]} differs");

            // By now LevelDB has moved what was in the logs into tables.
            Assert.True(theirs.AsSpan().SequenceEqual(Dump(paths[i])), $"{paths[i]} differs once it is reopened");
        }

        return [.. paths.Select(Count)];
    }

    private static long Count(string path)
    {
        using RecordDatabase records = RecordDatabase.Open(path);
        return records.Count;
    }

    private static byte[] Dump(string path)
    {
        using LevelDbReader records = LevelDbReader.Open(path);
        var buffer = new RecordBuffer();
        var dump = new MemoryStream();
        using var writer = new BinaryWriter(dump);
        for (long i = 0; i < records.Count; i++)
        {
            ReadOnlySpan<byte> key = records.Key(i, buffer);
            writer.Write(key.Length);
            writer.Write(key);
            ReadOnlySpan<byte> value = records.Value(i, buffer);
            writer.Write(value.Length);
            writer.Write(value);
        }

        return dump.ToArray();
    }

    private static (int ExitCode, string Error) Run(string program, string input, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardError = true,
                StandardInputEncoding = Encoding.ASCII,
            })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended early and says why.
        }

        process.WaitForExit();
        return (process.ExitCode, error.Result);
    }
}
