using Cnn.Proto;
using Cnn.Proto.Formats.Idx;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Runner.DataSets;
using Cnn.Runner.DataSets.Mnist;
using Cnn.Tests.Proto.Formats.Idx;

namespace Cnn.Tests.Runner.DataSets.Mnist;

[Trait("Category", "Unit")]
public sealed class MnistConverterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void BothSetsBecomeDatabasesAsInCaffesExample()
    {
        WriteSource();
        var reports = new List<WriteProgress>();
        IReadOnlyList<string> written = MnistConverter.Convert(
            folder["from"], folder["to"], DataSetFormat.Lmdb, new Recorder(reports),
            cancel: TestContext.Current.CancellationToken);
        Assert.Equal([folder["to/mnist_train_lmdb"], folder["to/mnist_test_lmdb"]], written);
        using LmdbReader train = LmdbReader.Open(written[0]), test = LmdbReader.Open(written[1]);
        Assert.Equal((60000, 10000), (train.Count, test.Count));
        Assert.Equal("00059999"u8.ToArray(), train.Key(59999).ToArray());
        Datum datum = Datum.Parser.ParseFrom(train.Value(12345).ToArray());
        Assert.Equal((1, 28, 28, 12345 % 10), (datum.Channels, datum.Height, datum.Width, datum.Label));
        Assert.Equal(Enumerable.Range(12345 * 784, 784).Select(i => (byte)i), datum.Data.ToByteArray());
        Assert.Contains(new WriteProgress("mnist_train_lmdb", 60000, 60000), reports);

        var error = Assert.Throws<CnnException>(
            () => MnistConverter.Convert(
                folder["from"], folder["to"], DataSetFormat.Lmdb, cancel: TestContext.Current.CancellationToken));
        Assert.Contains("exists already", error.Message);
    }

    [Fact]
    public void KeptAsIdxTheFilesArePlain()
    {
        WriteSource();
        IReadOnlyList<string> written = MnistConverter.Convert(
            folder["from"], folder["to"], DataSetFormat.Idx, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(4, written.Count);
        Assert.Equal([10000, 28, 28], IdxFile.ReadImages(folder["to/t10k-images-idx3-ubyte"]).Shape);
        Assert.Equal(16 + (60000L * 784), new FileInfo(folder["to/train-images-idx3-ubyte"]).Length);
    }

    [Fact]
    public void OtherSetsAreRefusedBeforeAnythingIsWritten()
    {
        Directory.CreateDirectory(folder["from"]);
        Assert.Contains("holds no train-images", Error());
        File.WriteAllBytes(folder["from/train-images-idx3-ubyte"], IdxFiles.Images(10, 28, 28));
        File.WriteAllBytes(folder["from/train-labels-idx1-ubyte"], IdxFiles.Labels(10));
        Assert.Contains("60000", Error());
        Assert.False(Directory.Exists(folder["to"]));
    }

    private string Error() => Assert.Throws<CnnException>(
        () => MnistConverter.Convert(
            folder["from"], folder["to"], DataSetFormat.Lmdb, cancel: TestContext.Current.CancellationToken)).Message;

    private void WriteSource()
    {
        Directory.CreateDirectory(folder["from"]);
        File.WriteAllBytes(folder["from/train-images-idx3-ubyte.gz"], IdxFiles.Gzip(IdxFiles.Images(60000, 28, 28)));
        File.WriteAllBytes(folder["from/train-labels.idx1-ubyte"], IdxFiles.Labels(60000));
        File.WriteAllBytes(folder["from/t10k-images-idx3-ubyte"], IdxFiles.Images(10000, 28, 28));
        File.WriteAllBytes(folder["from/t10k-labels-idx1-ubyte.gz"], IdxFiles.Gzip(IdxFiles.Labels(10000)));
    }

    private sealed class Recorder(List<WriteProgress> reports) : IProgress<WriteProgress>
    {
        public void Report(WriteProgress value) => reports.Add(value);
    }
}
