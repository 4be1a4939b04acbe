using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Layers.Data;

/// <summary>Images with maps of labels: DenseImageData of SegNet and ENet, and ImageSegData of PSPNet.</summary>
[Trait("Category", "Unit")]
public sealed class LabelMapDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void ImagesComeWithTheirMaps(int prefetch)
    {
        var pairs = Write(3, 4, 5);
        using DataRun run = Dense($"batch_size: 2 prefetch: {prefetch}");
        run.Pass(0);
        Assert.Equal([2, 3, 4, 5], run.Tops[0].Shape.ToArray());
        Assert.Equal([2, 1, 4, 5], run.Tops[1].Shape.ToArray());
        Assert.Equal(pairs.Take(2).SelectMany(p => ImageFiles.Floats(p.Image)), run.Images);
        Assert.Equal(pairs.Take(2).SelectMany(p => ImageFiles.Floats(p.Map)), run.Labels);
        run.Pass(1);
        Assert.Equal(ImageFiles.Floats(pairs[2].Map).Concat(ImageFiles.Floats(pairs[0].Map)), run.Labels);
    }

    [Fact]
    public void MapsAreResizedToTheNearestPixelAndMayBeSmaller()
    {
        var pairs = Write(1, 8, 8);
        using DataRun run = Dense("batch_size: 1 new_height: 4 new_width: 4 label_divide_factor: 2");
        run.Pass(0);
        Assert.Equal([1, 3, 4, 4], run.Tops[0].Shape.ToArray());
        Assert.Equal([1, 1, 2, 2], run.Tops[1].Shape.ToArray());
        float[] map = ImageFiles.Floats(pairs[0].Map);
        Assert.Equal([map[0], map[4], map[32], map[36]], run.Labels);
    }

    [Theory]
    [InlineData("crop_height: 3 crop_width: 4 mirror: true", "")]
    [InlineData("", "crop_size: 3 mirror: true")]
    [InlineData("crop_height: 5 crop_width: 6 mirror: true", "crop_size: 4 mirror: true")]
    public void WhatBefallsAnImageBefallsItsMap(string options, string transform)
    {
        // Maps whose pixels are those of their images' first channel.
        PlanarImage image = ImageFiles.Write(folder["a.png"], 1, 3, 8, 9);
        var map = new PlanarImage();
        map.SetSize(1, 8, 9);
        image.Plane(0).CopyTo(map.Pixels);
        File.WriteAllBytes(folder["b.png"], ImageEncoder.Encode(map, "png"));
        folder.Write("list.txt", "a.png b.png");
        using DataRun run = Dense($"batch_size: 1 {options}", transform);
        var seen = new HashSet<string>();
        for (int pass = 0; pass < 20; pass++)
        {
            run.Pass(pass);
            Assert.Equal(run.Images[..run.Labels.Length], run.Labels);
            seen.Add(string.Join(' ', run.Labels));
        }

        Assert.True(seen.Count > 10);
    }

    [Fact]
    public void MistakesAreNamed()
    {
        Write(1, 4, 4);
        ImageFiles.Write(folder["m0.png"], 5, 1, 4, 3);
        using DataRun other = Dense("batch_size: 1");
        Assert.Contains("m0.png' is 4 x 3, not 4 x 4", Assert.Throws<CnnException>(() => other.Pass(0)).Message);
        File.Delete(folder["m0.png"]);
        Assert.Contains("1 of 1 images are not there", Error("batch_size: 1"));
        folder.Write("list.txt", "i0.png\n");
        Assert.Contains("the line has 1 of 2 words", Error("batch_size: 1"));
        Assert.Contains("crop_height is 3 and crop_width 0", Error("batch_size: 1 crop_height: 3"));
        Assert.Contains(
            "label_divide_factor and a crop", Error("batch_size: 1 label_divide_factor: 2", "crop_size: 2"));
        Assert.Contains("resize_param moves pixels", Error("batch_size: 1", "resize_param { height: 2 width: 2 }"));
        Assert.Contains("pad moves pixels", Error("batch_size: 1", "pad: 2"));

        string Error(string options, string transform = "") =>
            Assert.Throws<CnnException>(() => Dense(options, transform)).Message;
    }

    [Fact]
    public void PspNetsImagesAreContinuedByTheMeanAndTheirMapsByTheIgnoredLabel()
    {
        var pairs = Write(1, 2, 3);
        using DataRun run = Seg(
            "batch_size: 1 label_type: PIXEL", "crop_size: 4 mean_value: [100.5, 50.25, 20] scale: 0.5", Phase.Test);
        run.Pass(0);
        Assert.Equal([1, 3, 4, 4], run.Tops[0].Shape.ToArray());
        Assert.Equal([1, 1, 4, 4], run.Tops[1].Shape.ToArray());
        Assert.Equal([1, 1, 1, 2], run.Tops[2].Shape.ToArray());
        Assert.Equal([2, 3], run.Tops[2].Data.ToArray());
        float[] image = ImageFiles.Floats(pairs[0].Image), map = ImageFiles.Floats(pairs[0].Map);
        float[] mean = [100.5f, 50.25f, 20];
        for (int y = 0; y < 4; y++)
        {
            for (int x = 0; x < 4; x++)
            {
                bool isInside = y < 2 && x < 3;
                Assert.Equal(isInside ? map[(y * 3) + x] : 255, run.Labels[(y * 4) + x]);
                for (int c = 0; c < 3; c++)
                {
                    float expected = isInside ? (image[(c * 6) + (y * 3) + x] - mean[c]) * 0.5f : 0;
                    Assert.Equal(expected, run.Images[(c * 16) + (y * 4) + x]);
                }
            }
        }
    }

    [Fact]
    public void PspNetsScalesAndLabels()
    {
        Write(1, 8, 8);
        using DataRun scaled = Seg(
            "batch_size: 1 label_type: PIXEL", "crop_size: 16 scale_factors: [0.5, 2] mirror: true", Phase.Train);
        var shares = new HashSet<int>();
        for (int pass = 0; pass < 20; pass++)
        {
            scaled.Pass(pass);
            shares.Add(scaled.Labels.Count(label => label != 255));
            Assert.Equal([8, 8], scaled.Tops[2].Data.ToArray());

            // What lies outside is 0 in the image where the map says so.
            for (int i = 0; i < 256; i++)
            {
                Assert.True(scaled.Labels[i] != 255 || scaled.Images[i] == 0);
            }
        }

        Assert.Equal([16, 256], shares.Order());
        folder.Write("list.txt", "i0.png 7");
        using DataRun one = Seg("batch_size: 1", "", Phase.Test);
        one.Pass(0);
        Assert.All(one.Labels, label => Assert.Equal(7, label));
        using DataRun none = Seg("batch_size: 1 label_type: NONE ignore_label: 21", "", Phase.Test);
        none.Pass(0);
        Assert.All(none.Labels, label => Assert.Equal(21, label));
        Assert.Contains(
            "scale_factors make images of many sizes",
            Assert.Throws<CnnException>(() => Seg("batch_size: 1", "scale_factors: 2", Phase.Test)).Message);
    }

    private (PlanarImage Image, PlanarImage Map)[] Write(int count, int height, int width)
    {
        var pairs = Enumerable.Range(0, count).Select(i => (
            ImageFiles.Write(folder[$"i{i}.png"], i, 3, height, width),
            Map(i, height, width))).ToArray();
        folder.Write("list.txt", string.Join('\n', Enumerable.Range(0, count).Select(i => $"i{i}.png\t m{i}.png ")));
        return pairs;
    }

    // Labels below 255, which some tests take for those that are ignored.
    private PlanarImage Map(int seed, int height, int width)
    {
        PlanarImage map = ImageFiles.Random(seed + 100, 1, height, width);
        for (int i = 0; i < map.Pixels.Length; i++)
        {
            map.Pixels[i] = Math.Min(map.Pixels[i], (byte)254);
        }

        File.WriteAllBytes(folder[$"m{seed}.png"], ImageEncoder.Encode(map, "png"));
        return map;
    }

    private DataRun Dense(string options, string transform = "") => new(
        context => new DenseImageDataLayer(context),
        TextFormat.Parse<LayerParameter>(
            $"phase: TRAIN transform_param {{ {transform} }} dense_image_data_param {{ source: '{folder["list.txt"]}' "
            + $"root_folder: '{folder.Path}/' {options} }}",
            "layer"));

    private DataRun Seg(string options, string transform, Phase phase)
    {
        LayerParameter parameter = TextFormat.Parse<LayerParameter>(
            $"transform_param {{ {transform} }} image_data_param {{ source: '{folder["list.txt"]}' "
            + $"root_folder: '{folder.Path}/' {options} }}",
            "layer");
        parameter.Phase = phase;
        return new DataRun(context => new ImageSegDataLayer(context), parameter, tops: 3);
    }
}
