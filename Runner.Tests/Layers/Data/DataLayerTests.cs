using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Lmdb;
using Google.Protobuf;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class DataLayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void BatchesFollowTheKeysAndStartAgainAfterTheLast()
    {
        Write(5, i => Bytes(i, 2, 3, 4));
        using var run = new DataRun(context => new DataLayer(context), Parameter(3));
        run.Pass(0);
        Assert.Equal(5, run.Layer.SourceCount);
        Assert.Equal([3, 2, 3, 4], run.Tops[0].Shape);
        Assert.Equal([3], run.Tops[1].Shape);
        Assert.Equal([100, 101, 102], run.Labels);
        Assert.Equal(Pixels(0, 24).Concat(Pixels(1, 24)).Concat(Pixels(2, 24)), run.Images);
        run.Pass(1);
        Assert.Equal([103, 104, 100], run.Labels);
        run.Pass(1_000_000_000_000);
        Assert.Equal([100, 101, 102], run.Labels);
    }

    [Fact]
    public void FloatDataAreReadWherePixelsAreAbsent()
    {
        Write(2, i =>
        {
            var datum = new Datum { Channels = 1, Height = 1, Width = 3, Label = i };
            datum.FloatData.Add([i + 0.5f, -1, 1e9f]);
            return datum;
        });
        using var run = new DataRun(context => new DataLayer(context), Parameter(2));
        run.Pass(0);
        Assert.Equal([0.5f, -1, 1e9f, 1.5f, -1, 1e9f], run.Images);
    }

    [Fact]
    public void TheLabelTopMayBeLeftOut()
    {
        Write(2, i => Bytes(i, 1, 2, 2));
        using var run = new DataRun(context => new DataLayer(context), Parameter(2), tops: 1);
        run.Pass(0);
        Assert.Equal(Pixels(0, 4).Concat(Pixels(1, 4)), run.Images);
    }

    [Fact]
    public void ImagesOfSeveralSizesWorkOneAtATimeOnly()
    {
        Write(3, i => Bytes(i, 1, 2 + i, 2));
        using var single = new DataRun(context => new DataLayer(context), Parameter(1));
        single.Pass(2);
        Assert.Equal([1, 1, 4, 2], single.Tops[0].Shape);
        using var several = new DataRun(context => new DataLayer(context), Parameter(2));
        var error = Assert.Throws<CnnException>(() => several.Pass(0));
        Assert.Contains("record 1", error.Message);
        Assert.Contains("1 x 3 x 2", error.Message);
    }

    [Fact]
    public void RecordsThatAreNoImagesAreNamed()
    {
        Write(1, _ => new Datum { Channels = 1, Height = 2, Width = 2, Data = ByteString.CopyFrom(1, 2, 3) });
        Assert.Contains("has 3 values", FirstPassError());
        Write(1, _ => new Datum { Encoded = true, Data = ByteString.CopyFrom(0xFF, 0xD8) });
        Assert.Contains("record 0 ('00000000') of ", FirstPassError());
        Write(1, _ => new Datum { Channels = int.MaxValue, Height = int.MaxValue, Width = 2 });
        Assert.Contains("has 0 values", FirstPassError());
        Write(1, _ => new Datum { Channels = -1, Height = 2, Width = 2 });
        Assert.Contains("impossible size", FirstPassError());
        WriteRaw([0xFF, 0xFF, 0xFF]);
        Assert.Contains("no Datum", FirstPassError());
    }

    [Fact]
    public void MistakesInTheDefinitionAreExplained()
    {
        Write(1, i => Bytes(i, 1, 2, 2));
        LayerParameter levelDb = Parameter(1);
        levelDb.DataParam.Backend = DataParameter.Types.DB.Leveldb;
        Assert.Contains("backend: LMDB", SetUpError(levelDb));
        Assert.Contains("batch_size", SetUpError(Parameter(0)));
        LayerParameter nowhere = Parameter(1);
        nowhere.DataParam.Source = folder["nowhere"];
        Assert.Contains("layer 'data'", SetUpError(nowhere));
        LayerParameter none = Parameter(1);
        none.DataParam.ClearSource();
        Assert.Contains("source", SetUpError(none));
        Write(0, i => Bytes(i, 1, 2, 2));
        Assert.Contains("no records", SetUpError(Parameter(1)));
    }

    [Fact]
    public void TheFilesTellTheBackendWhereTheNetDoesNot()
    {
        Write(2, i => Bytes(i, 1, 2, 2));
        LayerParameter unsaid = Parameter(2);
        unsaid.DataParam.ClearBackend();
        using var run = new DataRun(context => new DataLayer(context), unsaid);
        run.Pass(0);
        Assert.Equal([100, 101], run.Labels);
    }

    [Fact]
    public void ShuffledRecordsComeOnceAnEpochAndNeedNoMoreMemory()
    {
        Write(7, i => Bytes(i, 1, 2, 2));
        LayerParameter shuffled = Parameter(7);
        shuffled.DataParam.Shuffle = true;
        using var run = new DataRun(context => new DataLayer(context), shuffled);
        run.Pass(0);
        float[] first = run.Labels;
        run.Pass(1);
        Assert.Equal(Enumerable.Range(100, 7).Select(i => (float)i), run.Labels.Order());
        Assert.Equal(Enumerable.Range(100, 7).Select(i => (float)i), first.Order());
        Assert.NotEqual(first, run.Labels);
    }

    [Theory]
    [InlineData(false, false, 3)]
    [InlineData(true, false, 3)]
    [InlineData(false, true, 1)]
    public void EncodedRecordsAreDecodedAsTheForcesSay(bool color, bool gray, int channels)
    {
        PlanarImage image = Image(3, 4, 5);
        Write(2, i => new Datum
        {
            Encoded = true, Label = 100 + i, Data = ByteString.CopyFrom(ImageEncoder.Encode(image, "png")),
        });
        LayerParameter parameter = Parameter(2);
        parameter.TransformParam = new TransformationParameter { ForceColor = color, ForceGray = gray };
        using var run = new DataRun(context => new DataLayer(context), parameter);
        run.Pass(0);
        Assert.Equal([2, channels, 4, 5], run.Tops[0].Shape);
        Assert.Equal([100, 101], run.Labels);
        if (channels == 3)
        {
            Assert.Equal(image.Pixels.ToArray().Select(p => (float)p), run.Images.Take(60));
        }
    }

    [Fact]
    public void ACropMakesOneShapeOfImagesOfSeveralSizes()
    {
        Write(3, i => Bytes(i, 1, 2 + i, 2));
        LayerParameter parameter = Parameter(3);
        parameter.TransformParam = new TransformationParameter { CropSize = 2 };
        using var run = new DataRun(context => new DataLayer(context), parameter);
        run.Pass(0);
        Assert.Equal([3, 1, 2, 2], run.Tops[0].Shape);
        Assert.Equal([100, 101, 102], run.Labels);
    }

    [Fact]
    public void ASteadyPassAllocatesNothing()
    {
        Write(7, i => Bytes(i, 1, 8, 8));
        using var run = new DataRun(context => new DataLayer(context), Parameter(4), threads: 1);
        int pass = 0;
        Assert.Equal(0, Allocations.OnThisThread(() => run.Pass(pass++)));
    }

    private static PlanarImage Image(int channels, int height, int width)
    {
        var image = new PlanarImage();
        image.SetSize(channels, height, width);
        new Random(1).NextBytes(image.Pixels);
        return image;
    }

    private static float[] Pixels(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return Array.ConvertAll(bytes, value => (float)value);
    }

    private static Datum Bytes(int i, int channels, int height, int width) => new()
    {
        Channels = channels,
        Height = height,
        Width = width,
        Label = 100 + i,
        Data = ByteString.CopyFrom(Array.ConvertAll(Pixels(i, channels * height * width), value => (byte)value)),
    };

    private LayerParameter Parameter(uint batch) => new()
    {
        Name = "data",
        Type = "Data",
        DataParam = new DataParameter
        {
            Source = folder["db"],
            BatchSize = batch,
            Backend = DataParameter.Types.DB.Lmdb,
        },
    };

    private string FirstPassError()
    {
        using var run = new DataRun(context => new DataLayer(context), Parameter(1));
        return Assert.Throws<CnnException>(() => run.Pass(0)).Message;
    }

    private static string SetUpError(LayerParameter parameter) =>
        Assert.Throws<CnnException>(() => new DataRun(context => new DataLayer(context), parameter)).Message;

    private void Write(int count, Func<int, Datum> make) =>
        WriteRaw([.. Enumerable.Range(0, count).Select(i => make(i).ToByteArray())]);

    private void WriteRaw(params byte[][] records)
    {
        if (Directory.Exists(folder["db"]))
        {
            Directory.Delete(folder["db"], recursive: true);
        }

        using LmdbWriter writer = LmdbWriter.Create(folder["db"]);
        for (int i = 0; i < records.Length; i++)
        {
            writer.Put(System.Text.Encoding.ASCII.GetBytes($"{i:D8}"), records[i]);
        }

        writer.Commit();
    }
}
