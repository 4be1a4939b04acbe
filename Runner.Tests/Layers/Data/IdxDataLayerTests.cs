using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Tests.Proto.Formats.Idx;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class IdxDataLayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public IdxDataLayerTests()
    {
        File.WriteAllBytes(folder["images"], IdxFiles.Gzip(IdxFiles.Images(10, 2, 2)));
        File.WriteAllBytes(folder["labels"], IdxFiles.Labels(10));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void InOrderTheFilesFollowOneAnother()
    {
        using var run = new DataRun(context => new IdxDataLayer(context), Parameter(4));
        run.Pass(2);
        Assert.Equal(10, run.Layer.SourceCount);
        Assert.Equal([4, 1, 2, 2], run.Tops[0].Shape);
        Assert.Equal([8, 9, 0, 1], run.Labels);
        Assert.Equal([32, 33, 34, 35], run.Images[..4]);
    }

    [Fact]
    public void ShufflingKeepsImagesWithTheirLabelsAndShowsEachOnceAnEpoch()
    {
        using var run = new DataRun(context => new IdxDataLayer(context), Parameter(4, shuffle: true));
        List<float> labels = [];
        for (int pass = 0; pass < 5; pass++)
        {
            run.Pass(pass);
            labels.AddRange(run.Labels);
            Assert.Equal(run.Labels, run.Images.Where((_, i) => i % 4 == 0).Select(value => value / 4));
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (float)i), labels[..10].Order());
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (float)i), labels[10..].Order());
        Assert.NotEqual(labels[..10], labels[10..]);
        using var resumed = new DataRun(context => new IdxDataLayer(context), Parameter(4, shuffle: true), threads: 1);
        resumed.Pass(4);
        Assert.Equal(labels[16..], resumed.Labels);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void APartOfTheFilesIsADataSetOfItsOwn(bool shuffle)
    {
        LayerParameter parameter = Parameter(4, shuffle);
        (parameter.IdxDataParam.First, parameter.IdxDataParam.Count) = (3, 4);
        using var run = new DataRun(context => new IdxDataLayer(context), parameter);
        for (int pass = 0; pass < 3; pass++)
        {
            run.Pass(pass);
            Assert.Equal([3, 4, 5, 6], shuffle ? [.. run.Labels.Order()] : run.Labels);
            Assert.Equal(run.Labels, run.Images.Where((_, i) => i % 4 == 0).Select(value => value / 4));
        }

        (parameter.IdxDataParam.First, parameter.IdxDataParam.Count) = (8, 0);
        using var rest = new DataRun(context => new IdxDataLayer(context), parameter);
        rest.Pass(0);
        Assert.Equal([8, 8, 9, 9], rest.Labels.Order());
    }

    [Theory]
    [InlineData(10, 0, "first is 10, ")]
    [InlineData(uint.MaxValue, 0, "at most 9")]
    [InlineData(4, 7, "holds 6 images from 4 on")]
    [InlineData(0, uint.MaxValue, "at most 10")]
    public void APartBeyondTheFilesIsAnError(uint first, uint count, string expected)
    {
        LayerParameter parameter = Parameter(4);
        (parameter.IdxDataParam.First, parameter.IdxDataParam.Count) = (first, count);
        var error = Assert.Throws<CnnException>(() => new DataRun(context => new IdxDataLayer(context), parameter));
        Assert.Contains(expected, error.Message + error.Diagnostics[0].Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void ASteadyPassAllocatesNothing()
    {
        using var run = new DataRun(context => new IdxDataLayer(context), Parameter(4, shuffle: true), threads: 1);
        int pass = 0;
        Assert.Equal(0, Allocations.OnThisThread(() => run.Pass(pass++)));
    }

    [Fact]
    public void MistakesInTheDefinitionAreExplained()
    {
        Assert.Contains("batch_size", Error(Parameter(0)));
        LayerParameter missing = Parameter(1);
        missing.IdxDataParam.Labels = folder["none"];
        Assert.Contains("layer 'data'", Error(missing));
        LayerParameter swapped = Parameter(1);
        swapped.IdxDataParam.Labels = folder["images"];
        Assert.Contains("swapped", Error(swapped));
        LayerParameter unlabelled = Parameter(1);
        unlabelled.IdxDataParam.ClearLabels();
        Assert.Contains("names no labels", Error(unlabelled));
    }

    private static string Error(LayerParameter parameter) =>
        Assert.Throws<CnnException>(() => new DataRun(context => new IdxDataLayer(context), parameter)).Message;

    private LayerParameter Parameter(uint batch, bool shuffle = false) => new()
    {
        Name = "data",
        Type = "IdxData",
        IdxDataParam = new IdxDataParameter
        {
            Images = folder["images"],
            Labels = folder["labels"],
            BatchSize = batch,
            Shuffle = shuffle,
        },
    };
}
