using System.Text;
using Cnn.Layers.Data;
using Cnn.Proto;
using PureHDF;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class HDF5DataLayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void RowsComeInOrderOverFilesAndBatchesAndStartAgain()
    {
        WriteFiles(3, 0, 2);
        using var run = Run(batch: 4);
        float[] seen = Labels(run, 0, 5);
        Assert.Equal(5, run.Layer.SourceCount);
        Assert.Equal([0, 1, 2, 20, 21, 0, 1, 2, 20, 21, 0, 1, 2, 20, 21, 0, 1, 2, 20, 21], seen);
        Assert.Equal([4, 2, 3], run.Tops[0].Shape);
        Assert.Equal([4], run.Tops[1].Shape);
    }

    [Fact]
    public void EveryRowCarriesItsOwnData()
    {
        WriteFiles(3, 5);
        using var run = Run(batch: 2, shuffle: true);
        for (int pass = 0; pass < 8; pass++)
        {
            run.Pass(pass);
            for (int item = 0; item < 2; item++)
            {
                Assert.Equal(
                    Enumerable.Range(0, 6).Select(i => (run.Labels[item] * 100) + i),
                    run.Images[(item * 6)..((item + 1) * 6)]);
            }
        }
    }

    [Fact]
    public void ShuffledEpochsHoldEveryRowOnceWithoutMixingFilesAndDiffer()
    {
        WriteFiles(7, 4, 6);
        using var run = Run(batch: 1, shuffle: true);
        var epochs = Enumerable.Range(0, 6).Select(epoch => Labels(run, epoch * 17, 17)).ToArray();
        foreach (float[] epoch in epochs)
        {
            Assert.Equal([.. Range(0, 7), .. Range(10, 4), .. Range(20, 6)], epoch.Order());
            int changesOfFile = epoch.Zip(epoch.Skip(1)).Count(pair => (int)pair.First / 10 != (int)pair.Second / 10);
            Assert.Equal(2, changesOfFile);
        }

        Assert.Equal(6, epochs.Select(epoch => string.Join(' ', epoch)).Distinct().Count());
        Assert.True(
            epochs.Select(epoch => (int)epoch[0] / 10).Distinct().Count() > 1, "the files never change their order");
    }

    [Fact]
    public void ABatchIsAFunctionOfThePassAlone()
    {
        WriteFiles(7, 4);
        using var run = Run(batch: 3, shuffle: true);
        float[] inOrder = Labels(run, 0, 12);
        using var resumed = Run(batch: 3, shuffle: true);
        Assert.Equal(inOrder[21..], Labels(resumed, 7, 5));
        Assert.Equal(inOrder, Labels(resumed, 0, 12));
    }

    [Fact]
    public void IntegersAndDoublesOfAnyWidthAreRead()
    {
        Write(
            "numbers.h5",
            ("a", new H5Dataset(new double[] { 0.5, -2 })),
            ("b", new H5Dataset(new sbyte[] { -1, 2 })),
            ("c", new H5Dataset(new byte[] { 255, 2 })),
            ("d", new H5Dataset(new ushort[] { 65535, 2 })),
            ("e", new H5Dataset(new long[] { -3, 4 })));
        File.WriteAllText(folder["list.txt"], "\n  numbers.h5 \r\n\n");
        using var run = Run(2, false, "a", "b", "c", "d", "e");
        run.Pass(0);
        float[][] expected = [[0.5f, -2], [-1, 2], [255, 2], [65535, 2], [-3, 4]];
        Assert.Equal(expected, run.Tops.Select(top => top.Data.ToArray()));
    }

    [Fact]
    public void AByteOrderMarkBeforeTheListIsSkipped()
    {
        WriteFiles(2);
        File.WriteAllText(folder["list.txt"], "0.h5\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        using var run = Run(batch: 2);
        Assert.Equal([0, 1], Labels(run, 0, 1));
    }

    [Fact]
    public void PassesOverOneFileAllocateNothing()
    {
        WriteFiles(5);
        using var run = Run(batch: 3, shuffle: true);
        int pass = 0;
        Assert.Equal(0, Allocations.OnThisThread(() => run.Pass(pass++)));
    }

    [Theory]
    [InlineData("batch_size: 2", "source is missing")]
    [InlineData("source: 'LIST'", "batch_size is missing")]
    [InlineData("source: 'nowhere.txt' batch_size: 1", "nowhere.txt")]
    [InlineData("source: 'EMPTY' batch_size: 1", "lists no files")]
    [InlineData("source: 'MISSING' batch_size: 1", "gone.h5")]
    [InlineData("source: 'TEXT' batch_size: 1", "no HDF5 file")]
    [InlineData("source: 'DAMAGED' batch_size: 1", "damaged")]
    [InlineData("source: 'NONAME' batch_size: 1", "has no dataset 'label'")]
    [InlineData("source: 'ROWS' batch_size: 1", "has 3 rows, 'data' has 2")]
    [InlineData("source: 'SHAPES' batch_size: 1", "2 x 5")]
    [InlineData("source: 'SCALAR' batch_size: 1", "0 axes")]
    [InlineData("source: 'STRINGS' batch_size: 2", "not numbers")]
    [InlineData("source: '0.h5' batch_size: 2", "0.h5' is an HDF5 file itself")]
    [InlineData("source: 'NOROWS' batch_size: 1", "hold no rows")]
    [InlineData("source: 'BIG' batch_size: 16777216", "too many for a blob")]
    public void WhatIsWrongIsAnErrorOfTheLayer(string options, string expected)
    {
        WriteFiles(1000);
        byte[] whole = File.ReadAllBytes(folder["0.h5"]);
        File.WriteAllBytes(folder["damaged.h5"], [.. whole[..48], .. whole[48..].Select(b => (byte)(b ^ 0x5A))]);
        Write("noname.h5", ("data", new H5Dataset(new float[2])), ("labels", new H5Dataset(new float[2])));
        Write("rows.h5", ("data", new H5Dataset(new float[2])), ("label", new H5Dataset(new float[3])));
        Write("wide.h5", ("data", new H5Dataset(new float[2, 5])), ("label", new H5Dataset(new float[2])));
        Write("big.h5", ("data", new H5Dataset(new float[2, 500])), ("label", new H5Dataset(new float[2])));
        Write("norows.h5", ("data", new H5Dataset(new float[0, 5])), ("label", new H5Dataset(Array.Empty<float>())));
        Write("scalar.h5", ("data", new H5Dataset(1f)), ("label", new H5Dataset(1f)));
        Write("strings.h5", ("data", new H5Dataset(new[] { "a", "b" })), ("label", new H5Dataset(new float[2])));
        var lists = new Dictionary<string, string>
        {
            ["LIST"] = "0.h5", ["BIG"] = "big.h5", ["EMPTY"] = " \n", ["MISSING"] = "0.h5\ngone.h5",
            ["TEXT"] = "EMPTY", ["DAMAGED"] = "damaged.h5",
            ["NONAME"] = "noname.h5", ["ROWS"] = "rows.h5", ["SHAPES"] = "0.h5\nwide.h5", ["SCALAR"] = "scalar.h5",
            ["STRINGS"] = "strings.h5", ["NOROWS"] = "norows.h5",
        };
        options = options.Replace("'0.h5'", $"'{folder["0.h5"]}'", StringComparison.Ordinal);
        foreach (var (name, text) in lists)
        {
            File.WriteAllText(folder[name], text);
            options = options.Replace($"'{name}'", $"'{folder[name]}'", StringComparison.Ordinal);
        }

        var parameter = TextFormat.Parse<LayerParameter>(
            $"type: 'HDF5Data' top: 'data' top: 'label' hdf5_data_param {{ {options} }}", "net.prototxt");
        var exception = Assert.Throws<CnnException>(() =>
        {
            using var run = new DataRun(context => new HDF5DataLayer(context), parameter);
            run.Pass(0);
        });
        Assert.Contains(expected, exception.ToString(), StringComparison.Ordinal);
        Assert.Equal("data", exception.Diagnostics[0].Layer);
    }

    [Fact]
    public void ATransformationIsAnError()
    {
        WriteFiles(2);
        var parameter = TextFormat.Parse<LayerParameter>(
            $"type: 'HDF5Data' top: 'data' transform_param {{ scale: 2 }} "
            + $"hdf5_data_param {{ source: '{folder["list.txt"]}' batch_size: 1 }}",
            "net.prototxt");
        var exception = Assert.Throws<CnnException>(() => new DataRun(c => new HDF5DataLayer(c), parameter, tops: 1));
        Assert.Contains("transforms nothing", exception.Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private static IEnumerable<float> Range(int first, int count) =>
        Enumerable.Range(first, count).Select(i => (float)i);

    private static float[] Labels(DataRun run, int firstPass, int passes)
    {
        var seen = new List<float>();
        for (int pass = firstPass; pass < firstPass + passes; pass++)
        {
            run.Pass(pass);
            seen.AddRange(run.Labels);
        }

        return [.. seen];
    }

    private DataRun Run(int batch, bool shuffle = false, params string[] tops)
    {
        var parameter = TextFormat.Parse<LayerParameter>(
            $"type: 'HDF5Data' hdf5_data_param {{ source: '{folder["list.txt"]}' batch_size: {batch} "
            + $"shuffle: {(shuffle ? "true" : "false")} }}",
            "net.prototxt");
        parameter.Top.Add(tops.Length > 0 ? tops : ["data", "label"]);
        return new DataRun(context => new HDF5DataLayer(context), parameter, tops: parameter.Top.Count);
    }

    // File f has rows labelled 10 f, 10 f + 1 and so on, of six values each, which count up from 100 times the label.
    private void WriteFiles(params int[] rows)
    {
        for (int file = 0; file < rows.Length; file++)
        {
            float[] labels = [.. Range(file * 10, rows[file])];
            float[] data = [.. labels.SelectMany(label => Enumerable.Range(0, 6).Select(i => (label * 100) + i))];
            ulong count = (ulong)rows[file];
            Write(
                $"{file}.h5",
                ("data", new H5Dataset(data, fileDims: [count, 2, 3])),
                ("label", new H5Dataset(labels, fileDims: [count])));
        }

        File.WriteAllLines(folder["list.txt"], rows.Select((_, file) => $"{file}.h5"));
    }

    private void Write(string name, params (string Name, H5Dataset Dataset)[] datasets)
    {
        var file = new H5File();
        foreach (var (dataset, values) in datasets)
        {
            file[dataset] = values;
        }

        file.Write(folder[name]);
    }
}
