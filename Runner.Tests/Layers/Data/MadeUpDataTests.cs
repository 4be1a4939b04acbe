using Cnn.Layers;
using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;
using Google.Protobuf;

namespace Cnn.Tests.Layers.Data;

/// <summary>Data layers of a net that is only looked at, whose files are not here.</summary>
[Trait("Category", "Unit")]
public sealed class MadeUpDataTests : IDisposable
{
    private const string Batch4 = "batch_size: 4 source: 'no/such'";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("type: 'Data' data_param { S } transform_param { crop_size: 7 }", 3, 7, 7)]
    [InlineData("type: 'Data' data_param { S backend: LMDB } transform_param { crop_size: 7 pad: 9 }", 3, 7, 7)]
    [InlineData("type: 'Data' data_param { S } transform_param { crop_size: 7 force_gray: true }", 1, 7, 7)]
    [InlineData("type: 'Data' data_param { S } transform_param { crop_size: 7 force_color: true }", 3, 7, 7)]
    [InlineData("type: 'Data' data_param { S } transform_param { crop_size: 7 mean_value: 1 mean_value: 2 }", 2, 7, 7)]
    [InlineData("type: 'Data' data_param { S prefetch: 3 } transform_param { crop_size: 7 mean_file: 'no' }", 3, 7, 7)]
    [InlineData("type: 'ImageData' image_data_param { S new_height: 5 new_width: 6 }", 3, 5, 6)]
    [InlineData("type: 'ImageData' image_data_param { S new_height: 5 new_width: 6 is_color: false }", 1, 5, 6)]
    [InlineData("type: 'ImageData' image_data_param { S is_color: false } transform_param { crop_size: 4 }", 1, 4, 4)]
    [InlineData("type: 'ImageFolder' image_folder_param { S new_height: 5 new_width: 6 } "
        + "transform_param { pad: 2 }", 3, 9, 10)]
    [InlineData("type: 'WindowData' window_data_param { S } transform_param { crop_size: 8 }", 3, 8, 8)]
    [InlineData("type: 'Cifar10Data' cifar10_data_param { S }", 3, 32, 32)]
    [InlineData("type: 'Cifar10Data' cifar10_data_param { S } transform_param { crop_size: 28 }", 3, 28, 28)]
    [InlineData("type: 'IdxData' idx_data_param { batch_size: 4 images: 'no/such' labels: 'no/such' } "
        + "transform_param { crop_size: 20 }", 1, 20, 20)]
    [InlineData("type: 'MemoryData' memory_data_param { batch_size: 4 channels: 2 height: 3 width: 5 }", 2, 3, 5)]
    public void TheLayersOwnParametersTellTheShape(string definition, int channels, int height, int width)
    {
        using LayerHarness layer = Make(definition);

        layer.Forward();

        Assert.Equal([4, channels, height, width], layer.Tops[0].Shape);
        Assert.Equal(new float[4], layer.Tops[1].Data.ToArray());
        Diagnostic warning = Assert.Single(layer.Warnings);
        Assert.StartsWith($"'top0' (4 x {channels} x {height} x {width}) is made up: ", warning.Message);
        Assert.Equal(("layer", "layer.prototxt"), (warning.Layer, warning.Location?.File));
    }

    [Theory]
    [InlineData(
        "type: 'DenseImageData' dense_image_data_param { S crop_height: 5 crop_width: 6 }", "4 3 5 6", "4 1 5 6")]
    [InlineData(
        "type: 'DenseImageData' dense_image_data_param { S new_height: 8 new_width: 4 label_divide_factor: 4 }",
        "4 3 8 4",
        "4 1 2 1")]
    [InlineData("type: 'ImageSegData' image_data_param { S } transform_param { crop_size: 9 }", "4 3 9 9", "4 1 9 9")]
    [InlineData(
        "type: 'VideoData' video_data_param { S new_length: 8 } transform_param { crop_size: 7 }", "4 3 8 7 7", "4")]
    [InlineData(
        "type: 'VideoData' image_data_param { S new_length: 2 new_height: 3 new_width: 5 }", "4 3 2 3 5", "4")]
    [InlineData(
        "type: 'AnnotatedData' data_param { S } annotated_data_param { yolo_data_type: 1 } "
        + "transform_param { resize_param { prob: 0.5 height: 4 width: 6 } "
        + "resize_param { prob: 0.5 height: 8 width: 8 } }",
        "4 3 4 6",
        "4 1 300 5")]
    public void SourcesOfForksTellTheShapesOfTheirTops(string definition, string images, string second)
    {
        using LayerHarness layer = Make(definition);

        layer.Forward();

        Assert.Equal(images, string.Join(' ', layer.Tops[0].Shape.ToArray()));
        Assert.Equal(second, string.Join(' ', layer.Tops[1].Shape.ToArray()));
        Assert.All(layer.Tops[1].Data.ToArray(), value => Assert.Equal(0, value));
        string shape = images.Replace(" ", " x ", StringComparison.Ordinal);
        Assert.StartsWith($"'top0' ({shape}) is made up: ", Assert.Single(layer.Warnings).Message);
    }

    [Fact]
    public void TheMeanFileTellsTheShapeToo()
    {
        string mean = folder["mean.binaryproto"];
        ProtoFile.Save(
            new BlobProto { Channels = 2, Height = 3, Width = 3, Num = 1, Data = { Enumerable.Repeat(9f, 18) } }, mean);

        using LayerHarness layer = Make($"type: 'Data' data_param {{ S }} transform_param {{ mean_file: '{mean}' }}");

        Assert.Equal([4, 2, 3, 3], layer.Tops[0].Shape);
    }

    [Theory]
    [InlineData("type: 'Data' data_param { S }")]
    [InlineData("type: 'Data' data_param { S } transform_param { crop_size: 7 pad: 3 }")]
    [InlineData("type: 'Data' data_param { source: 'no/such' }")]
    [InlineData("type: 'ImageData' image_data_param { S is_color: false new_height: 5 new_width: 6 }")]
    [InlineData("type: 'MemoryData' memory_data_param { batch_size: 4 channels: 2 height: 3 width: 5 }")]
    [InlineData("type: 'HDF5Data' hdf5_data_param { S }")]
    [InlineData("type: 'Input' input_param { shape { dim: 1 dim: 3 dim: 2 dim: 2 } shape { dim: 1 } }")]
    [InlineData("type: 'Input'")]
    public void AGivenShapeIsUsedInstead(string definition)
    {
        using LayerHarness layer = Make(definition, Shaped([2, 3, 5, 5], [2]));

        layer.Forward();

        Assert.Equal([2, 3, 5, 5], layer.Tops[0].Shape);
        Assert.Equal([2], layer.Tops[1].Shape);
    }

    [Theory]
    [InlineData("type: 'Data' data_param { S } transform_param { crop_size: 5 }")]
    [InlineData("type: 'Digits' digits_param { batch_size: 4 } transform_param { crop_size: 5 }")]
    [InlineData("type: 'Input' input_param { shape { dim: 1 dim: 3 dim: 5 dim: 5 } shape { dim: 1 } }")]
    public void AGivenBatchSizeIsUsedInstead(string definition)
    {
        using LayerHarness layer = Make(definition, new MadeUpData { Batch = 6 });

        Assert.Equal(6, layer.Tops[0].Shape[0]);
        Assert.Equal([6], layer.Tops[1].Shape);
    }

    [Fact]
    public void DataThatIsHereTakesTheBatchSizeOfAGivenShapeAlone()
    {
        WriteDatabase();
        string definition = $"type: 'Data' data_param {{ source: '{folder["db"]}' batch_size: 1 }}";
        using LayerHarness layer = Make(definition, Shaped([2, 3, 5, 5]));

        layer.Forward();

        Assert.Equal([2, 1, 2, 2], layer.Tops[0].Shape);
        Assert.Equal([7, 7, 7, 7, 7, 7, 7, 7], layer.Top);
        Assert.Empty(layer.Warnings);
    }

    [Fact]
    public void PixelsAreBytesLessTheMeanTimesTheScale()
    {
        using LayerHarness layer = Make(
            "type: 'Data' data_param { S } "
            + "transform_param { crop_size: 50 scale: 0.5 mean_value: 10 mean_value: 100 }");

        layer.Forward();

        foreach (var (plane, mean) in ((int, float)[])[(0, 10), (1, 100), (6, 10), (7, 100)])
        {
            float[] bytes = [.. layer.Top.AsSpan(plane * 2500, 2500).ToArray().Select(value => (value / 0.5f) + mean)];
            Assert.All(bytes, value => Assert.True(value is >= 0 and <= 255 && value == (byte)value, $"{value}"));
            Assert.InRange(bytes.Average(), 120, 135);
            Assert.InRange(bytes.Distinct().Count(), 250, 256);
        }
    }

    [Theory]
    [InlineData("type: 'Data' data_param { S } transform_param { crop_size: 9 }")]
    [InlineData("type: 'HDF5Data' hdf5_data_param { S }")]
    public void TheNoiseIsAFunctionOfThePassAndTheSeed(string definition)
    {
        MadeUpData given = Shaped([4, 3, 9, 9], [4]);
        using LayerHarness one = Make(definition, given), two = Make(definition, given, threads: 1);
        using LayerHarness other = Make(definition, given, seed: 2);
        float[] first = ValuesOf(one, 0), second = ValuesOf(one, 1);

        Assert.Equal(second, ValuesOf(two, 1));
        Assert.Equal(first, ValuesOf(two, 0));
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, ValuesOf(other, 0));
        Assert.Equal(4, first.Chunk(first.Length / 4).Select(item => item[0]).Distinct().Count());
        one.AssertAllocatesNothing();

        static float[] ValuesOf(LayerHarness layer, long pass)
        {
            layer.Clock.Pass = pass;
            layer.Forward();
            return layer.Top;
        }
    }

    [Theory]
    [InlineData("type: 'Data' data_param { S }", "--shape top0=4x3x227x227 would")]
    [InlineData("type: 'Data' data_param { S } transform_param { force_gray: true }", "--shape top0=4x1x227x227 would")]
    [InlineData("type: 'ImageData' image_data_param { S }", "nothing tells the size of its images")]
    [InlineData("type: 'IdxData' idx_data_param { batch_size: 4 images: 'no/such' labels: 'x' }", "'no/such' is not")]
    [InlineData("type: 'HDF5Data' hdf5_data_param { S }", "nothing tells the shape of 'top0' and 'top1'")]
    [InlineData("type: 'HDF5Data' hdf5_data_param { S }", "--shape top0=4x3x32x32 --shape top1=4x3x32x32 would")]
    public void AShapeThatNothingTellsIsAskedFor(string definition, string expected)
    {
        CnnException error = Assert.Throws<CnnException>(() => Make(definition));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(("layer", 1), (error.Diagnostics[0].Layer, error.Diagnostics[0].Location?.Line));
    }

    [Theory]
    [InlineData("type: 'Data' data_param { batch_size: 4 } transform_param { crop_size: 7 }", "source is missing")]
    [InlineData("type: 'Data' data_param { source: 'no/such' } transform_param { crop_size: 7 }", "size is missing")]
    [InlineData("type: 'Data' data_param { S } transform_param { crop_size: 7 pad: 99999 }", "pad 99999 is too large")]
    [InlineData("type: 'Data' data_param { S } transform_param { crop_size: 99999 }", "too many values for a blob")]
    [InlineData("type: 'Data' data_param { S } transform_param { crop_size: 2000000000 }", "too many values")]
    [InlineData("type: 'ImageData' image_data_param { S new_height: 5 }", "only one is given")]
    [InlineData("type: 'ImageData' image_data_param { S new_height: 32768 new_width: 32768 }", "too many values")]
    [InlineData("type: 'WindowData' window_data_param { S }", "crop_size of transform_param is 0")]
    [InlineData("type: 'HDF5Data' hdf5_data_param { S } transform_param { }", "transforms nothing")]
    public void EveryOtherMistakeStaysAnError(string definition, string expected)
    {
        CnnException error = Assert.Throws<CnnException>(() => Make(definition));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("type: 'Data' data_param { S } transform_param { mean_value: 1 mean_value: 2 }", "for 3 channels")]
    [InlineData("type: 'HDF5Data' hdf5_data_param { S } top: 'rows'", "nothing tells the shape of 'rows' and 'top1'")]
    public void AGivenShapeMustSuffice(string definition, string expected)
    {
        CnnException error = Assert.Throws<CnnException>(() => Make(definition, Shaped([2, 3, 5, 5])));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnImageHasFourAxesWithItsBatch()
    {
        CnnException error = Assert.Throws<CnnException>(
            () => Make("type: 'Data' data_param { S }", Shaped([3, 5, 5])));
        Assert.Contains("'top0' cannot have the shape 3 x 5 x 5; images are N x C x H x W", error.Message);
    }

    [Theory]
    [InlineData("type: 'Data' data_param { S } transform_param { crop_size: 7 }")]
    [InlineData("type: 'ImageData' image_data_param { S new_height: 5 new_width: 6 }")]
    [InlineData("type: 'WindowData' window_data_param { S } transform_param { crop_size: 8 }")]
    [InlineData("type: 'HDF5Data' hdf5_data_param { S }")]
    public void NothingIsMadeUpWhereThatIsNotAllowed(string definition) => Assert.Throws<CnnException>(
        () => new LayerHarness(definition.Replace("S ", $"{Batch4} ", StringComparison.Ordinal), [], tops: 2));

    [Fact]
    public void ADamagedSourceIsNotMadeUp()
    {
        Directory.CreateDirectory(folder["db"]);
        File.WriteAllText(Path.Combine(folder["db"], "data.mdb"), "no database");
        string definition = $"type: 'Data' data_param {{ source: '{folder["db"]}' batch_size: 4 }} "
            + "transform_param { crop_size: 7 }";
        Assert.Throws<CnnException>(() => Make(definition));
    }

    [Fact]
    public void AMeanFileThatIsNotHereIsZero()
    {
        WriteDatabase();
        using LayerHarness layer = Make(
            $"type: 'Data' data_param {{ source: '{folder["db"]}' batch_size: 1 }} "
            + "transform_param { mean_file: 'no/mean' scale: 2 }");

        layer.Forward();

        Assert.Equal([14, 14, 14, 14], layer.Top);
        Assert.Equal("the mean is made up, 0: 'no/mean' is not here", Assert.Single(layer.Warnings).Message);
    }

    [Fact]
    public void ImagesAreMadeUpWhereNoneOfAListIsHere()
    {
        string list = folder.Write("list.txt", "a.png 1\nb.png 2\n");
        string definition = $"type: 'ImageData' image_data_param {{ source: '{list}' root_folder: '{folder.Path}/' "
            + "batch_size: 2 new_height: 4 new_width: 4 }";
        using (LayerHarness layer = Make(definition))
        {
            layer.Forward();
            Assert.Equal([2, 3, 4, 4], layer.Tops[0].Shape);
            Assert.EndsWith("none of the 2 images is here", Assert.Single(layer.Warnings).Message);
        }

        folder.Write("b.png", "");
        Assert.Contains("1 of 2 images are not there", Assert.Throws<CnnException>(() => Make(definition)).Message);
    }

    [Fact]
    public void WindowsAreMadeUpWhereNoneOfTheImagesIsHere()
    {
        string list = folder.Write("list.txt", "# 0\nno/a.png\n3\n9\n9\n2\n1 0.9 0 0 5 5\n0 0.1 0 0 4 4\n");
        using LayerHarness layer = Make(
            $"type: 'WindowData' window_data_param {{ source: '{list}' batch_size: 2 }} "
            + "transform_param { crop_size: 3 }");

        layer.Forward();

        Assert.Equal([2, 3, 3, 3], layer.Tops[0].Shape);
        Assert.EndsWith("none of the 1 images is here", Assert.Single(layer.Warnings).Message);
    }

    [Theory]
    [InlineData("no/such", "no/such")]
    [InlineData("list.txt", "absent.h5")]
    public void RowsAreMadeUpWhereTheListOrAFileOfItIsNotHere(string list, string missing)
    {
        folder.Write("list.txt", "absent.h5\n");
        string source = File.Exists(folder[list]) ? folder[list] : list;
        using LayerHarness layer = Make(
            $"type: 'HDF5Data' top: 'rows' top: 'a_label' hdf5_data_param {{ source: '{source}' batch_size: 8 }}",
            new MadeUpData { Shapes = new Dictionary<string, int[]> { ["rows"] = [4, 6], ["top0"] = [4, 2] } },
            tops: 1);

        layer.Tops.AddRange([new Blob(), new Blob()]);
        layer.Forward();

        Assert.Equal([4, 6], layer.Tops[0].Shape);
        Assert.Equal([4], layer.Tops[1].Shape);
        Assert.Equal([4, 2], layer.Tops[2].Shape);
        Assert.All(layer.Top, value => Assert.InRange(value, 0, MathF.BitDecrement(1)));
        string warning = Assert.Single(layer.Warnings).Message;
        Assert.StartsWith("'rows' (4 x 6) and 'a_label' (4) and 'top0' (4 x 2) are made up: '", warning);
        Assert.EndsWith($"{missing}' is not here", warning);
    }

    [Fact]
    public void DataThatAProgramHandsOverTakesThePlaceOfMadeUpData()
    {
        using LayerHarness layer = Make(
            "type: 'MemoryData' memory_data_param { batch_size: 1 channels: 1 height: 1 width: 2 }");
        layer.Forward();

        ((MemoryDataLayer)layer.Layer).Reset(new float[] { 3, 4 }, new float[] { 5 });
        layer.Forward();

        Assert.Equal([3, 4], layer.Top);
        Assert.Equal([5], layer.Tops[1].Data.ToArray());
    }

    [Fact]
    public void AnInfogainMatrixThatIsNotHereIsTheIdentity()
    {
        const string Infogain = "type: 'InfogainLoss' infogain_loss_param { source: 'no/such' }";
        using LayerHarness infogain = Loss(Infogain), plain = Loss("type: 'SoftmaxWithLoss'");
        infogain.Forward();
        plain.Forward();

        Assert.Equal(plain.Top[0], infogain.Top[0], 1e-6f);
        Assert.Equal(
            "the infogain matrix is made up, the identity: 'no/such' is not here",
            Assert.Single(infogain.Warnings).Message);

        static LayerHarness Loss(string definition) => new(
            definition,
            [[3, 4], [3]],
            madeUp: new MadeUpData(),
            prepare: harness => ((float[])[0, 2, 3]).CopyTo(harness.Bottoms[1].Data));
    }

    // S in a definition stands for a source that is not here, and a batch size of 4.
    private static LayerHarness Make(
        string definition, MadeUpData? given = null, int threads = 2, int tops = 2, long seed = 1) => new(
            definition.Replace("S ", $"{Batch4} ", StringComparison.Ordinal),
            [],
            tops,
            threads: threads,
            seed: seed,
            madeUp: given ?? new MadeUpData());

    private static MadeUpData Shaped(params int[][] shapes) => new()
    {
        Shapes = shapes.Index().ToDictionary(s => $"top{s.Index}", s => s.Item),
    };

    // One record, 1 x 2 x 2, all 7.
    private void WriteDatabase()
    {
        var datum = new Datum { Channels = 1, Height = 2, Width = 2, Data = ByteString.CopyFrom(7, 7, 7, 7) };
        using LmdbWriter writer = LmdbWriter.Create(folder["db"]);
        writer.Put("0"u8, datum.ToByteArray());
        writer.Commit();
    }
}
