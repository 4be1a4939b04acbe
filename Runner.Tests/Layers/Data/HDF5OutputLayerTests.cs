using Cnn.Proto;
using Cnn.Proto.Formats.Hdf5;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class HDF5OutputLayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Definition => $"type: 'HDF5Output' hdf5_output_param {{ file_name: '{folder["out.h5"]}' }}";

    [Fact]
    public void EveryPassAddsItsItemsAndLeavesAWholeFile()
    {
        File.WriteAllText(folder["out.h5"], "what was there before");
        using var harness = new LayerHarness(Definition, [[2, 3], [2]], tops: 0);
        var data = new List<float>();
        var labels = new List<float>();
        foreach (int items in new[] { 2, 3, 1 })
        {
            harness.Bottoms[0].Reshape(items, 3);
            harness.Bottoms[1].Reshape(items);
            LayerHarness.Fill(harness.Bottoms[0].Data, (ulong)items);
            LayerHarness.Fill(harness.Bottoms[1].Data, (ulong)items + 10);
            harness.Forward();
            data.AddRange(harness.Bottoms[0].Data.ToArray());
            labels.AddRange(harness.Bottoms[1].Data.ToArray());
            using var file = new Hdf5Arrays(folder["out.h5"]);
            Assert.Equal([labels.Count, 3, 1, 1], file.Shape("data"));
            Assert.Equal([labels.Count, 1, 1, 1], file.Shape("label"));
            Assert.Equal(data, file.Read("data"));
            Assert.Equal(labels, file.Read("label"));
        }

        Assert.Equal(["out.h5"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void ManyPassesOutgrowTheSpaceForLabels()
    {
        using var harness = new LayerHarness(Definition, [[700, 2], [700, 5]], tops: 0);
        var data = new List<float>();
        var labels = new List<float>();
        for (int pass = 0; pass < 20; pass++)
        {
            LayerHarness.Fill(harness.Bottoms[0].Data, (ulong)pass);
            LayerHarness.Fill(harness.Bottoms[1].Data, (ulong)pass + 100);
            harness.Forward();
            data.AddRange(harness.Bottoms[0].Data.ToArray());
            labels.AddRange(harness.Bottoms[1].Data.ToArray());
        }

        using var file = new Hdf5Arrays(folder["out.h5"]);
        Assert.Equal([14_000, 5, 1, 1], file.Shape("label"));
        Assert.Equal(labels, file.Read("label"));
        Assert.Equal(data, file.Read("data"));
    }

    [Fact]
    public void WhatItWritesIsReadByHDF5Data()
    {
        using var output = new LayerHarness(Definition, [[4, 2, 3], [4]], tops: 0);
        output.Forward();
        File.WriteAllText(folder["list.txt"], "out.h5");
        var parameter = TextFormat.Parse<LayerParameter>(
            $"top: 'data' top: 'label' hdf5_data_param {{ source: '{folder["list.txt"]}' batch_size: 4 }}",
            "net.prototxt");
        using var input = new DataRun(context => new Cnn.Layers.Data.HDF5DataLayer(context), parameter);
        input.Pass(0);
        Assert.Equal(output.Bottoms[0].Data.ToArray(), input.Images);
        Assert.Equal([4, 2, 3, 1], input.Tops[0].Shape);
    }

    [Theory]
    [InlineData("", 2, 2, "no file_name")]
    [InlineData("FILE", 2, 3, "different numbers of items")]
    public void AWrongDefinitionIsAnErrorOfTheLayer(string file, int items, int labels, string expected)
    {
        string name = file.Length > 0 ? folder["out.h5"] : "";
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'HDF5Output' hdf5_output_param {{ file_name: '{name}' }}", [[items, 3], [labels]], tops: 0));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void FiveAxesAreAnError() => Assert.Contains(
        "more than the 4 axes",
        Assert.Throws<CnnException>(() => new LayerHarness(Definition, [[2, 1, 1, 1, 3], [2]], tops: 0)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void ItemsOfAnotherSizeAreAnError()
    {
        using var harness = new LayerHarness(Definition, [[2, 3], [2]], tops: 0);
        harness.Forward();
        harness.Bottoms[0].Reshape(2, 4);
        var error = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains("items of one size", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderThatIsNotThereIsAnError()
    {
        using var harness = new LayerHarness(
            $"type: 'HDF5Output' hdf5_output_param {{ file_name: '{folder["no/out.h5"]}' }}", [[2, 3], [2]], tops: 0);
        var exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains("cannot write", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    public void ItHasNoGradient()
    {
        using var harness = new LayerHarness(Definition, [[2, 3], [2]], tops: 0);
        harness.Forward();
        Assert.False(harness.Layer.AllowsForceBackward(0));
        Assert.Throws<CnnException>(() => harness.Backward(0));
    }

    public void Dispose() => folder.Dispose();
}
