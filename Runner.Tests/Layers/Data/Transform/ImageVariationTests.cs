using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Layers.Data.Transform;

/// <summary>The random sizes of Intel's and NVIDIA's forks.</summary>
[Trait("Category", "Unit")]
public sealed class ImageVariationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AShorterSideOfOneLengthIsTheResizedImagesCrop()
    {
        PlanarImage image = Write(10, 15);
        var resized = new PlanarImage();
        ImageResizer.Resize(image, 6, 9, resized);
        float[] expected = [.. Enumerable.Range(0, 75).Select(i =>
            (float)resized.Plane(i / 25)[(i % 25 / 5 * 9) + (i % 5) + 2])];
        foreach (string transform in (string[])
            [
                "random_resize_param { min_size: 6 max_size: 6 }",
                "img_rand_resize_lower: 6 img_rand_resize_upper: 6 interpolation_algo_down: INTER_LINEAR",
            ])
        {
            using DataRun run = Run(transform + " crop_size: 5", Phase.Test);
            run.Pass(0);
            Assert.Equal([1, 3, 5, 5], run.Tops[0].Shape.ToArray());
            Assert.Equal(expected, run.Images);
        }
    }

    [Theory]
    [InlineData("random_resize_param { min_size: 6 max_size: 10 resize_param { interp_mode: CUBIC } }")]
    [InlineData("random_resize_param { }")]
    [InlineData("random_aspect_ratio_param { aspect_ratio_change: 0.75 min_area_ratio: 0.2 }")]
    [InlineData("random_aspect_ratio_param { max_attempt: 0 }")]
    [InlineData("img_rand_resize_lower: 5 img_rand_resize_upper: 9 vertical_stretch_lower: 0.7 "
        + "vertical_stretch_upper: 1.3 horizontal_stretch_lower: 0.7 horizontal_stretch_upper: 1.3 "
        + "allow_upscale: true")]
    [InlineData("rand_resize_ratio_lower: 1 rand_resize_ratio_upper: 2 vertical_stretch_lower: 0.5")]
    public void EveryImageHasTheCropsSizeAndIsAFunctionOfItsIndex(string transform)
    {
        Write(10, 15);
        using DataRun run = Run(transform + " crop_size: 5", Phase.Train, threads: 1);
        using DataRun other = Run(transform + " crop_size: 5", Phase.Train, threads: 3);
        var seen = new HashSet<string>();
        for (int pass = 0; pass < 20; pass++)
        {
            run.Pass(pass);
            Assert.Equal([1, 3, 5, 5], run.Tops[0].Shape.ToArray());
            other.Pass(pass);
            Assert.Equal(run.Images, other.Images);
            seen.Add(string.Join(' ', run.Images));
        }

        Assert.True(seen.Count > 2);
    }

    [Fact]
    public void WithoutUpscalingNothingGrows()
    {
        PlanarImage image = Write(6, 6);
        using DataRun run = Run("img_rand_resize_lower: 20 img_rand_resize_upper: 20 crop_size: 6", Phase.Test);
        run.Pass(0);
        Assert.Equal(ImageFiles.Floats(image), run.Images);
        using DataRun larger = Run(
            "img_rand_resize_lower: 20 img_rand_resize_upper: 20 crop_size: 6 allow_upscale: true", Phase.Test);
        larger.Pass(0);
        Assert.NotEqual(ImageFiles.Floats(image), larger.Images);
        using DataRun small = Run("img_rand_resize_lower: 20 img_rand_resize_upper: 20 crop_size: 8", Phase.Test);
        Assert.Contains("allow_upscale: true", Assert.Throws<CnnException>(() => small.Pass(0)).ToString());
    }

    [Fact]
    public void NvidiasMeanIsTheCentreOfALargerOne()
    {
        PlanarImage image = Write(6, 6);
        float[] values = [.. Enumerable.Range(0, 3 * 64).Select(i => (float)(i % 64))];
        string mean = folder["mean.binaryproto"];
        ProtoFile.Save(new BlobProto { Num = 1, Channels = 3, Height = 8, Width = 8, Data = { values } }, mean);
        using DataRun run = Run(
            $"img_rand_resize_lower: 6 img_rand_resize_upper: 6 crop_size: 6 mean_file: '{mean}'", Phase.Test);
        run.Pass(0);
        float[] pixels = ImageFiles.Floats(image);
        Assert.All(Enumerable.Range(0, 108), i => Assert.Equal(
            pixels[i] - (((i % 36 / 6) + 1) * 8) - (i % 6) - 1, run.Images[i]));
        using DataRun large = Run(
            $"img_rand_resize_lower: 6 img_rand_resize_upper: 6 crop_size: 9 allow_upscale: true mean_file: '{mean}'",
            Phase.Test);
        Assert.Contains("smaller than the images", Assert.Throws<CnnException>(() => large.Pass(0)).Message);
    }

    [Theory]
    [InlineData("random_resize_param { }", "random_resize_param makes images of many sizes")]
    [InlineData("random_aspect_ratio_param { }", "random_aspect_ratio_param makes images of many sizes")]
    [InlineData("img_rand_resize_lower: 5 img_rand_resize_upper: 6", "a random size makes images of many sizes")]
    [InlineData("crop_size: 2 img_rand_resize_lower: 7 img_rand_resize_upper: 6", "img_rand_resize_lower is 7")]
    [InlineData("crop_size: 2 random_resize_param { min_size: 7 max_size: 6 }", "min_size is 7")]
    [InlineData("crop_size: 2 random_aspect_ratio_param { min_area_ratio: 2 }", "min_area_ratio is 2")]
    [InlineData("crop_size: 2 vertical_stretch_lower: -1", "vertical_stretch_lower is -1")]
    public void AWrongDefinitionIsExplained(string transform, string expected)
    {
        Write(6, 6);
        CnnException error = Assert.Throws<CnnException>(() => Run(transform, Phase.Train));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private PlanarImage Write(int height, int width)
    {
        folder.Write("list.txt", $"{folder["a.png"]} 1");
        return ImageFiles.Write(folder["a.png"], 1, 3, height, width);
    }

    private DataRun Run(string transform, Phase phase, int threads = 2)
    {
        LayerParameter parameter = TextFormat.Parse<LayerParameter>(
            $"transform_param {{ {transform} }} image_data_param {{ source: '{folder["list.txt"]}' batch_size: 1 }}",
            "layer");
        parameter.Phase = phase;
        return new DataRun(context => new ImageDataLayer(context), parameter, threads);
    }
}
