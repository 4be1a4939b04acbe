using System.Globalization;
using System.Text;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Tests.Proto.Formats.Lmdb;

/// <summary>LMDB's own tools read what we write, and write what we read.</summary>
[Trait("Category", "Golden")]
public sealed class LmdbToolsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3000, 1)]
    [InlineData(3000, 7)]
    public async Task WhatIsWrittenIsWhatTheToolsRead(int count, int step)
    {
        await ToolsOrSkip();
        using (LmdbWriter writer = LmdbWriter.Create(folder["db"]))
        {
            for (int i = 0; i < count; i++)
            {
                int record = (int)((long)i * step % count);
                writer.Put(Key(record), Value(record));
            }

            writer.Commit();
        }

        string dump = await Tool("mdb_dump db");
        Assert.Equal(Text(count), dump[(dump.IndexOf("HEADER=END", StringComparison.Ordinal) + 11)..]);
        Assert.Contains($"Entries: {count}\n", await Tool("mdb_stat db"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3000)]
    public async Task WhatTheToolsWriteIsRead(int count)
    {
        await ToolsOrSkip();
        const string Header = "VERSION=3\nformat=bytevalue\ntype=btree\nmapsize=104857600\nHEADER=END\n";
        folder.Write("text", Header + Text(count));
        Directory.CreateDirectory(folder["db"]);
        await Tool("mdb_load -f text db");

        using LmdbReader records = LmdbReader.Open(folder["db"]);
        Assert.Equal(count, records.Count);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(Key(i), records.Key(i));
            Assert.Equal(Value(i), records.Value(i));
        }
    }

    // The tools print a line for each key and each value, in hexadecimal.
    private static string Text(int count)
    {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            text.Append(' ').Append(Convert.ToHexStringLower(Key(i))).Append('\n');
            text.Append(' ').Append(Convert.ToHexStringLower(Value(i))).Append('\n');
        }

        return text.Append("DATA=END\n").ToString();
    }

    private static byte[] Key(int i) => Encoding.ASCII.GetBytes(i.ToString("D8", CultureInfo.InvariantCulture));

    // Every hundredth value needs pages of its own.
    private static byte[] Value(int i)
    {
        var value = new byte[i % 100 == 0 ? 9000 + i : 1 + (i * 7 % 300)];
        new Random(i).NextBytes(value);
        return value;
    }

    private async Task ToolsOrSkip()
    {
        Shell.OrSkip();
        var (exitCode, _, _) = await Shell.Run(folder, "command -v mdb_dump && command -v mdb_load");
        Assert.SkipWhen(exitCode != 0, "LMDB's tools are missing here (Debian's lmdb-utils)");
    }

    private async Task<string> Tool(string command)
    {
        var (exitCode, output, error) = await Shell.Run(folder, command);
        Assert.True(exitCode == 0, error);
        return output;
    }
}
