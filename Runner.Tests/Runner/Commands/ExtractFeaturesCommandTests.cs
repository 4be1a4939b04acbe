using System.Text;
using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Runner.DataSets;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class ExtractFeaturesCommandTests : IDisposable
{
    private const string Layers = """
        layer { name: "d" type: "Digits" top: "data" top: "label" transform_param { scale: 0.00390625 }
          digits_param { batch_size: 5 seed: 3 } }
        layer { name: "c" type: "Convolution" bottom: "data" top: "conv"
          convolution_param { num_output: 2 kernel_size: 9 stride: 4 weight_filler { type: "xavier" } } }
        layer { name: "r" type: "ReLU" bottom: "conv" top: "conv" }
        layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
          inner_product_param { num_output: 3 weight_filler { type: "xavier" } } }
        layer { name: "p" type: "Softmax" bottom: "ip" top: "prob" }
        """;

    private readonly TemporaryFolder folder = new();
    private readonly string net, weights;

    public ExtractFeaturesCommandTests()
    {
        net = folder.Write("net.prototxt", Layers);
        weights = folder.Write(
            "w.prototxt",
            "layer { name: 'ip' type: 'InnerProduct' blobs { shape { dim: [3, 50] } data: ["
                + string.Join(", ", Enumerable.Range(0, 150).Select(i => $"{(i % 13) - 6}")) + "] } "
                + "blobs { shape { dim: 3 } data: [1, 2, 3] } }");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheItemsOfEachBlobBecomeRecordsOfFloatsInADatabaseOfItsOwn()
    {
        CommandLine run = Run("conv,prob", $"{folder["conv_db"]},{folder["prob_db"]}", "3", "lmdb");

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(
            $"Wrote {folder["conv_db"]}\nWrote {folder["prob_db"]}\n", run.Output.ReplaceLineEndings("\n"));
        using Net expected = Load("conv", "prob");
        using LmdbReader conv = LmdbReader.Open(folder["conv_db"]), prob = LmdbReader.Open(folder["prob_db"]);
        Assert.Equal((15, 15), (conv.Count, prob.Count));
        for (int i = 0; i < 15; i++)
        {
            if (i % 5 == 0)
            {
                expected.Forward();
            }

            Check(conv, i, new Datum { Channels = 2, Height = 5, Width = 5 }, expected.FindBlob("conv").Data, 50);
            Check(prob, i, new Datum { Channels = 3, Height = 1, Width = 1 }, expected.FindBlob("prob").Data, 3);
        }
    }

    [Fact]
    public void Hdf5HoldsAllItemsAndTheirLabels()
    {
        CommandLine run = Run("conv,ip", $"{folder["conv.h5"]},{folder["ip.h5"]}", "3", "hdf5", "CPU");

        Assert.True(run.ExitCode == 0, run.Error);
        using Net expected = Load("conv", "ip");
        List<float> conv = [], ip = [], labels = [];
        for (int batch = 0; batch < 3; batch++)
        {
            expected.Forward();
            conv.AddRange(expected.FindBlob("conv").Data);
            ip.AddRange(expected.FindBlob("ip").Data);
            labels.AddRange(expected.FindBlob("label").Data);
        }

        AssertHolds("conv.h5", "data", [15, 2, 5, 5], conv);
        AssertHolds("ip.h5", "data", [15, 3], ip);
        AssertHolds("ip.h5", "label", [15], labels);
    }

    [Fact]
    public void AnHdf5DataLayerReadsTheFile()
    {
        Assert.Equal(0, Run("ip", folder["ip.h5"], "2", "hdf5").ExitCode);
        string reader = folder.Write("reader.prototxt", $$"""
            layer { name: "d" type: "HDF5Data" top: "data" top: "label" hdf5_data_param {
              source: "{{folder.Write("list.txt", folder["ip.h5"])}}" batch_size: 10 } }
            """);
        using Net net = Net.Load(reader), expected = Load("ip");
        net.Forward();

        expected.Forward();
        Assert.Equal(expected.FindBlob("ip").Data.ToArray(), net.FindBlob("data").Data[..15].ToArray());
        Assert.Equal(expected.FindBlob("label").Data.ToArray(), net.FindBlob("label").Data[..5].ToArray());
    }

    [Fact]
    public async Task CaffesLibrariesReadWhatIsWritten()
    {
        Shell.OrSkip();
        Assert.SkipUnless(
            (await Shell.Run(folder, "command -v h5dump mdb_stat")).ExitCode == 0, "needs h5dump and mdb_stat");
        Assert.Equal(0, Run("prob", folder["prob.h5"], "2", "hdf5").ExitCode);
        Assert.Equal(0, Run("prob", folder["prob_db"], "2", "lmdb").ExitCode);

        var (exitCode, output, error) = await Shell.Run(folder, "h5dump -H prob.h5 && mdb_stat -e prob_db");

        Assert.True(exitCode == 0, error);
        Assert.Contains("DATASPACE  SIMPLE { ( 10, 3 ) / ( 10, 3 ) }", output, StringComparison.Ordinal);
        Assert.Contains("H5T_IEEE_F32LE", output, StringComparison.Ordinal);
        Assert.Contains("Entries: 10", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FeatureFormat.Lmdb)]
    [InlineData(FeatureFormat.Hdf5)]
    public void NothingIsLeftWhenItIsCancelled(FeatureFormat format)
    {
        using var source = new CancellationTokenSource();
        using Net loaded = Load("ip");
        Assert.Throws<OperationCanceledException>(() => FeatureExtractor.Extract(
            loaded,
            ["ip"],
            [folder["ip"]],
            5,
            new FeatureOptions { Format = format, Progress = new Canceller(source) },
            source.Token));

        Assert.Equal(
            ["net.prototxt", "w.prototxt"],
            Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AGpuIsOneWarning()
    {
        CommandLine run = Run("ip", folder["db"], "1", "lmdb", "GPU", "0");

        Assert.Equal(0, run.ExitCode);
        Assert.Single(run.Error.Split('\n'), line => line.Contains("computes on the CPU", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("has no blob 'prop'; did you mean 'prob'?", "prop", "db", "1", "lmdb")]
    [InlineData("2 blobs and 1 targets are named; name one target for each blob", "prob,ip", "db", "1", "lmdb")]
    [InlineData("is the target of several blobs", "prob,ip", "db,db", "1", "lmdb")]
    [InlineData("<batches> is '0', it must be a whole number from 1 on", "prob", "db", "0", "lmdb")]
    [InlineData("<batches> is 'all', it must be a whole number from 1 on", "prob", "db", "all", "lmdb")]
    [InlineData("databases of LevelDB are read here, not written", "prob", "db", "1", "leveldb")]
    [InlineData("<backend> is 'h5', it must be lmdb or leveldb or hdf5", "prob", "db", "1", "h5")]
    [InlineData("the device is 'TPU', it must be CPU or GPU", "prob", "db", "1", "lmdb", "TPU")]
    public void AMistakeIsNamedAndNothingIsWritten(string expected, params string[] arguments)
    {
        CommandLine run = Run([arguments[0], arguments[1].Replace("db", folder["db"]), .. arguments[2..]]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(folder["db"]));
    }

    [Theory]
    [InlineData("lmdb")]
    [InlineData("hdf5")]
    public void WhatIsThereIsNeverOverwritten(string format)
    {
        string other = folder.Write("other", "mine");

        CommandLine run = Run("ip,prob", $"{folder["new"]},{other}", "1", format);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("other' exists already; remove it or write to another name", run.Error);
        Assert.Equal("mine", File.ReadAllText(other));
        Assert.Equal(
            ["net.prototxt", "other", "w.prototxt"],
            Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private CommandLine Run(params string[] arguments) =>
        CommandLine.Run(["extract_features", weights, net, .. arguments]);

    private Net Load(params string[] keep) =>
        Net.Load(net, weights, new NetOptions { Inference = true, Keep = keep });

    private void AssertHolds(string file, string dataset, int[] shape, List<float> values)
    {
        NumberArray array = ArrayFile.Read(folder[file] + ":" + dataset, "");
        Assert.Equal(shape, array.Shape);
        Assert.Equal(values, array.Values);
    }

    private sealed class Canceller(CancellationTokenSource source) : IProgress<WriteProgress>
    {
        public void Report(WriteProgress value)
        {
            if (value.Done == 2)
            {
                source.Cancel();
            }
        }
    }

    private static void Check(LmdbReader records, int index, Datum expected, ReadOnlySpan<float> blob, int size)
    {
        Assert.Equal($"{index:D10}", Encoding.ASCII.GetString(records.Key(index)));
        expected.FloatData.Add(blob.Slice(index % 5 * size, size).ToArray());
        Assert.Equal(expected, Datum.Parser.ParseFrom(records.Value(index).ToArray()));
    }
}
