using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Tests.Proto.Formats.Idx;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class ConvertMnistDataCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ConvertMnistDataCommandTests()
    {
        File.WriteAllBytes(folder["images"], IdxFiles.Images(25, 4, 3));
        File.WriteAllBytes(folder["labels.gz"], IdxFiles.Gzip(IdxFiles.Labels(25)));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData]
    [InlineData("--backend=lmdb")]
    [InlineData("-backend", "lmdb")]
    public void APairOfIdxFilesOfAnySizeBecomesADatabase(params string[] options)
    {
        CommandLine run = Run(options);

        Assert.Equal((0, $"Wrote {folder["db"]}\n"), (run.ExitCode, run.Output.ReplaceLineEndings("\n")));
        using LmdbReader records = LmdbReader.Open(folder["db"]);
        Assert.Equal(25, records.Count);
        for (int i = 0; i < 25; i++)
        {
            Assert.Equal($"{i:D8}", Encoding.ASCII.GetString(records.Key(i)));
            Datum datum = Datum.Parser.ParseFrom(records.Value(i).ToArray());
            Assert.Equal((1, 4, 3, i % 10), (datum.Channels, datum.Height, datum.Width, datum.Label));
            Assert.Equal(Enumerable.Range(12 * i, 12).Select(b => (byte)b), datum.Data);
            Assert.False(datum.HasEncoded);
        }
    }

    [Fact]
    public void LevelDbIsNotWritten()
    {
        CommandLine run = Run("--backend", "leveldb");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            "cnn: databases of LevelDB are read here, not written; "
                + "write lmdb, which Data layers read here and in Caffe (backend: LMDB)",
            run.Error.TrimEnd());
        Assert.False(Path.Exists(folder["db"]));
    }

    [Fact]
    public void WhatDoesNotBelongTogetherIsRefused()
    {
        File.WriteAllBytes(folder["labels.gz"], IdxFiles.Labels(24));

        CommandLine run = Run();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("holds 25 images but", run.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder["db"]));
    }

    private CommandLine Run(params string[] options) =>
        CommandLine.Run(["convert_mnist_data", .. options, folder["images"], folder["labels.gz"], folder["db"]]);
}
