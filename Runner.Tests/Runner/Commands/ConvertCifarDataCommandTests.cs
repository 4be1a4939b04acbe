using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.Cifar;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class ConvertCifarDataCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Record r of file f has the label (r + f) mod 10 and pixels that are all (7 r + f) mod 256.
    [Fact]
    public void TheDatabasesHaveKeysOfFiveDigitsInTheOrderOfTheFiles()
    {
        string[] names = [.. Cifar10Files.Train, .. Cifar10Files.Test];
        for (int file = 0; file < names.Length; file++)
        {
            byte[] records = new byte[10_000 * 3073];
            for (int r = 0; r < 10_000; r++)
            {
                Span<byte> record = records.AsSpan(r * 3073, 3073);
                record.Fill((byte)((7 * r) + file));
                record[0] = (byte)((r + file) % 10);
            }

            File.WriteAllBytes(folder[names[file]], records);
        }

        CommandLine run = CommandLine.Run("convert_cifar_data", folder.Path, folder["out"], "lmdb");

        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        Assert.Equal(
            ["cifar10_test_lmdb", "cifar10_train_lmdb"],
            Directory.GetFileSystemEntries(folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using LmdbReader train = LmdbReader.Open(folder["out/cifar10_train_lmdb"]),
            test = LmdbReader.Open(folder["out/cifar10_test_lmdb"]);
        Assert.Equal((50_000, 10_000), (train.Count, test.Count));
        Check(train, 23_456, "23456", 2, 3456);
        Check(test, 7, "00007", 5, 7);
    }

    [Fact]
    public void LevelDbIsNotWritten()
    {
        CommandLine run = CommandLine.Run("convert_cifar_data", folder.Path, folder["out"], "leveldb");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("databases of LevelDB are read here, not written", run.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder["out"]));
    }

    private static void Check(LmdbReader records, int index, string key, int file, int record)
    {
        Assert.Equal(key, Encoding.ASCII.GetString(records.Key(index)));
        Datum datum = Datum.Parser.ParseFrom(records.Value(index).ToArray());
        Assert.Equal((3, 32, 32, (record + file) % 10), (datum.Channels, datum.Height, datum.Width, datum.Label));
        Assert.Equal(Enumerable.Repeat((byte)((7 * record) + file), 3072), datum.Data);
    }
}
