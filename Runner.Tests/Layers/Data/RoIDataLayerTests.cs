using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class RoIDataLayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void APassGivesAnImageItsSizeAndItsObjects(bool isEncoded)
    {
        Write(DrawnBoxes.Record(30, 40, isEncoded, new(2, 10, 5, 20, 25), new(1, 0, 0, 40, 30)));
        using LayerHarness layer = Make("'scales': [60], 'use_flipped': false, 'pixel_means': [10, 20, 30]");

        layer.Forward();

        Assert.Equal([1, 3, 60, 80], layer.Tops[0].Shape);
        Assert.Equal([60, 80, 2], layer.Tops[1].Data.ToArray());
        Assert.Equal([2, 5], layer.Tops[2].Shape);
        Assert.Equal([20, 10, 38, 48, 2, 0, 0, 78, 58, 1], layer.Tops[2].Data.ToArray());

        // Class 2 is bright in the second channel; means are subtracted.
        float[] image = layer.Top;
        Assert.Equal(180, image[(60 * 80) + (30 * 80) + 30]);
        Assert.Equal(20, image[(2 * 60 * 80) + (30 * 80) + 30]);
        Assert.Equal([1, 3], layer.Tops[1].Shape);
    }

    [Fact]
    public void TheLongestSideHasALimit()
    {
        Write(DrawnBoxes.Record(20, 90, false, new DrawnBoxes.Drawn(1, 9, 2, 18, 4)));
        using LayerHarness layer = Make("'scales': [60], 'max_size': 100, 'use_flipped': false");
        layer.Forward();
        Assert.Equal([1, 3, 22, 100], layer.Tops[0].Shape);
        Assert.Equal(100 / 90f, layer.Tops[1].Data[2], 1e-6f);
        Assert.Equal(10, layer.Tops[2].Data[0], 1e-4f);
    }

    [Fact]
    public void SidesCanBeMultiplesOfANumber()
    {
        Write(DrawnBoxes.Record(30, 50, false, new DrawnBoxes.Drawn(1, 0, 0, 50, 30)));
        using LayerHarness layer = Make("'scales': [60], 'scale_multiple_of': 16, 'use_flipped': false");
        layer.Forward();
        Assert.Equal([1, 3, 48, 96], layer.Tops[0].Shape);
        Assert.Equal([0, 0, 49 * 96 / 50f, 29 * 48 / 30f, 1], layer.Tops[2].Data.ToArray());
        Assert.Equal([48, 96, 1.92f, 1.6f, 1.92f, 1.6f], layer.Tops[1].Data.ToArray());
    }

    [Fact]
    public void EachEpochHasEveryImageAsItIsAndFlipped()
    {
        Write([.. Enumerable.Range(1, 7).Select(i =>
            DrawnBoxes.Record(60, 80, false, new DrawnBoxes.Drawn(1, i, i, i + 10, i + 20)))]);
        using LayerHarness layer = Make("'scales': [60]");
        for (int epoch = 0; epoch < 3; epoch++)
        {
            var seen = new List<(float Left, float Top)>();
            for (int pass = 0; pass < 14; pass++)
            {
                layer.Clock.Pass = (epoch * 14) + pass;
                layer.Forward();
                ReadOnlySpan<float> box = layer.Tops[2].Data;
                seen.Add((box[0], box[1]));

                // The rectangle is where its box says.
                Assert.Equal(200 - 102.9801f, layer.Top[((int)box[1] * 80) + (int)box[0]], 1e-3f);
                Assert.Equal(200 - 102.9801f, layer.Top[((int)box[3] * 80) + (int)box[2]], 1e-3f);
                Assert.Equal(50 - 102.9801f, layer.Top[((int)box[1] * 80) + (int)box[2] + 1], 1e-3f);
            }

            (float Left, float Top)[] expected =
                [.. Enumerable.Range(1, 7).SelectMany(i => ((float, float)[])[(i, i), (80 - i - 10, i)])];
            Assert.Equal(expected.Order(), seen.Order());
            Assert.NotEqual(expected, seen);
        }
    }

    [Fact]
    public void ImagesWithoutObjectsToLearnFromArePassedOver()
    {
        Write(
            DrawnBoxes.Record(60, 80, false),
            DrawnBoxes.Record(60, 80, false, new DrawnBoxes.Drawn(1, 1, 2, 3, 4, IsDifficult: true)),
            DrawnBoxes.Record(60, 80, false, new(0, 1, 2, 3, 4), new(3, 5, 6, 8, 9)));
        using LayerHarness layer = Make("'scales': [60], 'use_flipped': false");
        for (int pass = 0; pass < 6; pass++)
        {
            layer.Clock.Pass = pass;
            layer.Forward();
            Assert.Equal([5, 6, 7, 8, 3], layer.Tops[2].Data.ToArray());
        }

        using LayerHarness difficult = Make("'scales': [60], 'use_flipped': false, 'use_diff': true");
        var seen = new HashSet<float>();
        for (int pass = 0; pass < 6; pass++)
        {
            difficult.Clock.Pass = pass;
            difficult.Forward();
            seen.Add(difficult.Tops[2].Data[0]);
        }

        Assert.Equal([1, 5], seen.Order());
    }

    [Fact]
    public void ScalesAreDrawnByTheSeed()
    {
        Write(DrawnBoxes.Record(30, 40, false, new DrawnBoxes.Drawn(1, 0, 0, 9, 9)));
        int[] Heights(long seed, string definition)
        {
            using LayerHarness layer = Make("'scales': [30, 45, 60]", definition, seed: seed);
            return [.. Enumerable.Range(0, 20).Select(pass =>
            {
                layer.Clock.Pass = pass;
                layer.Forward();
                return layer.Tops[0].Dim(2);
            })];
        }

        int[] heights = Heights(1, Source("prefetch: 0"));
        Assert.Equal([30, 45, 60], heights.Distinct().Order());
        Assert.Equal(heights, Heights(1, Source("prefetch: 3")));
        Assert.NotEqual(heights, Heights(2, Source("prefetch: 0")));
    }

    [Fact]
    public void TheSourceMayBeNamedInParamStr()
    {
        Write(DrawnBoxes.Record(30, 40, false, new DrawnBoxes.Drawn(1, 0, 0, 9, 9)));
        using LayerHarness layer = Make($"'scales': [30], 'source': '{folder["db"]}'", "");
        layer.Forward();
        Assert.Equal([1, 3, 30, 40], layer.Tops[0].Shape);
    }

    [Theory]
    [InlineData("", "", 3, "nothing names the images")]
    [InlineData("", "SOURCE", 6, "Fast R-CNN's tops need regions proposed beforehand, which no record holds")]
    [InlineData("", "SOURCE", 4, "it has 4 tops")]
    [InlineData("'ims_per_batch': 2", "SOURCE", 3, "2 images in a pass are too many for a region proposal network")]
    [InlineData("'scales': []", "SOURCE", 3, "scales in param_str is []")]
    [InlineData("'scales': [0]", "SOURCE", 3, "scales in param_str is [0]")]
    [InlineData("'pixel_means': []", "SOURCE", 3, "pixel_means in param_str is []")]
    [InlineData("'pixel_mean': [1]", "SOURCE", 3, "unknown option 'pixel_mean' of a Python layer")]
    [InlineData("'source': 'other'", "SOURCE", 3, "and 'other' in param_str")]
    [InlineData("", "SOURCE transform_param { mirror: true }", 3, "RoIDataLayer has its own transformation")]
    [InlineData("", "data_param { source: 'db' batch_size: 2 }", 3, "batch_size is 2, ims_per_batch of param_str 1")]
    [InlineData("'pixel_means': [1]", "SOURCE", 3, "it has 3 channels, and pixel_means has 1 values")]
    [InlineData("'num_classes': 3", "SOURCE", 3, "it has an object of class 5")]
    public void WhatIsWrongIsNamedAndLocated(string options, string definition, int tops, string expected)
    {
        Write(DrawnBoxes.Record(30, 40, false, new DrawnBoxes.Drawn(5, 0, 0, 9, 9)));
        var exception = Assert.Throws<CnnException>(() =>
        {
            using LayerHarness layer = Make(
                options, definition.Replace("SOURCE", Source("prefetch: 0"), StringComparison.Ordinal), tops);
            layer.Forward();
        });
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer.prototxt", exception.Diagnostics[0].Location?.File);
    }

    [Fact]
    public void ADatabaseWithoutObjectsIsAnError()
    {
        Write(DrawnBoxes.Record(30, 40, false), DrawnBoxes.Record(30, 40, false));
        var exception = Assert.Throws<CnnException>(() => Make(""));
        Assert.Contains("neither it nor any other record", exception.Message, StringComparison.Ordinal);
        Assert.Contains("'use_diff': true", exception.Diagnostics[0].Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutASourceImagesAndObjectsAreMadeUp()
    {
        using LayerHarness layer = Make("", "", madeUp: new MadeUpData());
        layer.Forward();
        Assert.Equal([1, 3, 608, 992], layer.Tops[0].Shape);
        Assert.Equal([608, 992, 1], layer.Tops[1].Data.ToArray());
        Assert.Equal([248, 152, 744, 456, 1], layer.Tops[2].Data.ToArray());
        Assert.Equal("'top0' (1 x 3 x 608 x 992) is made up: no database is named", layer.Warnings.Single().Message);
    }

    [Fact]
    public void RegionsOfFastRcnnAreMadeUp()
    {
        var shapes = new Dictionary<string, int[]> { ["top0"] = [2, 3, 64, 96] };
        using LayerHarness layer = Make(
            "'batch_size': 8", "", tops: 6, madeUp: new MadeUpData { Shapes = shapes });
        layer.Forward();
        Assert.Equal([2, 3, 64, 96], layer.Tops[0].Shape);
        Assert.Equal([8, 5, 1, 1], layer.Tops[1].Shape);
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0], layer.Tops[2].Data.ToArray());
        Assert.Equal([1, 24, 16, 72, 48], layer.Tops[1].Data.Slice(20, 5).ToArray());
        Assert.Equal([8, 84, 1, 1], layer.Tops[5].Shape);
        Assert.Equal(8, layer.Tops[5].Data.ToArray().Sum());
        using LayerHarness agnostic = Make("'agnostic': true", "", tops: 6, madeUp: new MadeUpData());
        Assert.Equal([128, 8, 1, 1], agnostic.Tops[3].Shape);
    }

    [Fact]
    public void PassesAllocateNothing()
    {
        Write([.. Enumerable.Range(0, 6).Select(i => DrawnBoxes.Record(
            40 + i, 60, false, [.. Enumerable.Range(0, 1 + i).Select(k => new DrawnBoxes.Drawn(1, k, k, 20, 20))]))]);
        using LayerHarness layer = Make("'scales': [50, 70]", Source("prefetch: 0"), threads: 1);
        Pass();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Pass();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Pass()
        {
            for (int pass = 0; pass < 200; pass++)
            {
                layer.Forward();
                layer.Clock.Pass++;
            }
        }
    }

    private void Write(params AnnotatedDatum[] records) => DrawnBoxes.Write(folder["db"], records);

    private string Source(string more) => $"data_param {{ source: '{folder["db"]}' backend: LMDB {more} }}";

    private LayerHarness Make(
        string options, string? definition = null, int tops = 3, MadeUpData? madeUp = null, long seed = 1,
        int threads = 2)
    {
        string classes = options.Contains("num_classes", StringComparison.Ordinal) ? "" : "'num_classes': 21, ";
        return new LayerHarness(
            "type: 'Python' python_param { module: 'roi_data_layer.layer' layer: 'RoIDataLayer' "
            + $"param_str: \"{{{classes}{options}}}\" }} {definition ?? Source("prefetch: 0")}",
            [], tops, threads: threads, seed: seed, madeUp: madeUp);
    }
}
