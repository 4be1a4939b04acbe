using Cnn.Layers.Data.Transform;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data.Transform;

[Trait("Category", "Unit")]
public sealed class TransformPlanTests
{
    private const string Everything = """
        pad: 2 mirror: true mean_value: 100 scale: 0.01
        distortion {
          translation: 2 scaling: 0.1 squeezing: 0.1 shearing: 0.1 rotation: 15 vertical_shearing: 0.1 elastic_alpha: 34
          elastic_sigma: 4 fill: 100
        }
        random_resized_crop { height: 20 width: 24 }
        color_jitter { brightness: 0.4 contrast: 0.4 saturation: 0.4 hue: 0.1 }
        cutout { count: 2 size: 8 min_size: 4 fill: 0.5 }
        """;

    private static readonly ImageShape Shape = new(3, 32, 40);

    [Fact]
    public void EveryThreadMakesTheSameImages()
    {
        TransformPlan plan = Transforms.Plan(Everything, Shape);
        byte[] image = Transforms.Image(Shape);
        float[][] expected = [.. Enumerable.Range(0, 64).Select(i => plan.Run(image, i))];
        var images = new float[64][];
        Thread[] threads =
        [
            .. Enumerable.Range(0, 4).Select(t => new Thread(() =>
            {
                for (int i = t; i < images.Length; i += 4)
                {
                    images[i] = plan.Run(image, i);
                }
            })),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(expected, images);
    }

    [Fact]
    public void AllOfThemTogetherGiveImagesOfTheSizeAskedFor()
    {
        TransformPlan plan = Transforms.Plan(Everything, Shape);
        Assert.Equal(new ImageShape(3, 20, 24), plan.Output);
        float[] image = plan.Run(Transforms.Image(Shape));
        Assert.All(image, value => Assert.InRange(value, -1, 1.55f));
        Assert.InRange(image.Count(value => value == 0.5f), 3 * 4 * 4 / 4, 3 * 2 * 8 * 8);
        Assert.NotEqual(image, plan.Run(Transforms.Image(Shape), 1));
    }

    [Fact]
    public void TestingIsWhatItIsWithoutTheRandomOnes()
    {
        byte[] image = Transforms.Image(Shape);
        Assert.Equal(
            Transforms.Plan(
                "mean_value: 100 scale: 0.01 random_resized_crop { height: 20 width: 24 }", Shape, Phase.Test)
                .Run(image),
            Transforms.Plan(
                Everything.Replace("pad: 2 mirror: true", "", StringComparison.Ordinal), Shape, Phase.Test)
                .Run(image));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ImagesMayHaveAnyNumberOfChannels(int channels)
    {
        var shape = new ImageShape(channels, 32, 40);
        string text = Everything.Replace("saturation: 0.4 hue: 0.1", "", StringComparison.Ordinal);
        TransformPlan plan = Transforms.Plan(text, shape);
        float[] image = plan.Run(Transforms.Floats(Transforms.Image(shape)));
        Assert.Equal(channels * 20 * 24, image.Length);
        Assert.All(image, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public unsafe void ASteadyImageAllocatesNothing()
    {
        TransformPlan plan = Transforms.Plan(Everything, Shape);
        byte[] image = Transforms.Image(Shape);
        float[] floats = Transforms.Floats(image), target = new float[plan.Output.Count];
        int index = 0;
        Assert.Equal(0, Allocations.OnThisThread(() =>
        {
            fixed (float* to = target)
            {
                plan.Transform(image.AsSpan(), index++, to);
                plan.Transform(floats.AsSpan(), index++, to);
            }
        }));
    }

    [Fact]
    public void ThePrototxtAndTheYamlReadTheSame()
    {
        TransformationParameter text =
            TextFormat.Parse<TransformationParameter>(Everything, "net.prototxt", new SourceMap());
        TransformationParameter yaml = YamlFormat.Parse<TransformationParameter>(
            """
            pad: 2
            mirror: true
            mean_value: 100
            scale: 0.01
            distortion:
              translation: 2
              scaling: 0.1
              squeezing: 0.1
              shearing: 0.1
              rotation: 15
              vertical_shearing: 0.1
              elastic_alpha: 34
              elastic_sigma: 4
              fill: 100
            random_resized_crop: {height: 20, width: 24}
            color_jitter: {brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1}
            cutout: {count: 2, size: 8, min_size: 4, fill: 0.5}
            """,
            "net.yaml");
        Assert.Equal(text, yaml);
        Assert.Equal(15, text.Distortion.Rotation);
        Assert.Equal((8u, 4u), (text.Cutout.Size, text.Cutout.MinSize));
        Assert.Equal(0.1f, text.ColorJitter.Hue);
    }

    [Fact]
    public void WhatIsNotGivenIsTheUsual()
    {
        var window = new RandomResizedCropParameter();
        Assert.Equal(
            (0.08f, 1f, 0.75f, 1.33333f), (window.MinArea, window.MaxArea, window.MinAspect, window.MaxAspect));
        Assert.Equal((1u, 0f), (new CutoutParameter().Count, new CutoutParameter().Fill));
        Assert.Equal(new ColorJitterParameter { Brightness = 0 }.Brightness, new ColorJitterParameter().Hue);
        Assert.Equal((0f, 4f), (new DistortionParameter().ElasticAlpha, new DistortionParameter().ElasticSigma));
    }
}
