using Cnn.Layers.Data;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Tests.Proto.Formats.Idx;

namespace Cnn.Tests.Layers.Data.Transform;

[Trait("Category", "Unit")]
public sealed class DistortionTests : IDisposable
{
    private const int Side = 9;

    private readonly TemporaryFolder folder = new();

    public DistortionTests()
    {
        // A single bright pixel in the middle.
        byte[] pixels = new byte[Side * Side];
        pixels[pixels.Length / 2] = 200;
        File.WriteAllBytes(folder["images"], [.. IdxFiles.Header(2051, 1, Side, Side), .. pixels]);
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void PaddingIsZerosBeforeTheMeanAndTheScale()
    {
        float[] image =
            Images(new TransformationParameter { Pad = 2, MeanValue = { 20 }, Scale = 0.005f }, Phase.Train)[0];
        Assert.Equal(13 * 13, image.Length);
        Assert.Equal(0.9f, image[13 * 13 / 2], 1e-6);
        Assert.Equal(168, image.Count(value => Math.Abs(value + 0.1f) < 1e-6));
    }

    [Fact]
    public void ACropOfAPaddedImageMayHoldItsBorder()
    {
        List<float[]> images = Images(new TransformationParameter { Pad = 4, CropSize = Side }, Phase.Train, 1500);
        int[] places = [.. images.Select(image => Array.IndexOf(image, 200f))];
        Assert.Equal(Side * Side, places.Distinct().Count());
        Assert.Equal(
            Side * Side / 2,
            Array.IndexOf(Images(new TransformationParameter { Pad = 4, CropSize = Side }, Phase.Test)[0], 200f));
    }

    [Fact]
    public void TranslationsGoEvenlyAsFarAsTheBoundOnBothAxes()
    {
        List<float[]> images = Images(
            new TransformationParameter { Distortion = new DistortionParameter { Translation = 3 } },
            Phase.Train, 2000);
        foreach (Func<int, int> axis in (Func<int, int>[])[i => i % Side, i => i / Side])
        {
            double[] centres = [.. images.Select(
                image => image.Select((value, i) => value * axis(i)).Sum() / image.Sum() - (Side / 2))];
            Assert.InRange(centres.Max(), 2.9, 3.01);
            Assert.InRange(centres.Min(), -3.01, -2.9);
            Assert.InRange(centres.Average(), -0.15, 0.15);
        }
    }

    [Fact]
    public void ScalingSqueezingAndShearingLeaveTheMiddleWhereItIs()
    {
        var bounds = new DistortionParameter { Scaling = 0.5f, Squeezing = 0.3f, Shearing = 0.5f };
        List<float[]> images = Images(new TransformationParameter { Pad = 1, Distortion = bounds }, Phase.Train, 100);
        Assert.All(images, image => Assert.Equal(200, image[image.Length / 2]));
        Assert.True(images.Select(image => image.Sum()).Distinct().Count() > 50);
    }

    [Fact]
    public void TestingDistortsNothing() => Assert.Equal(
        Images(new TransformationParameter(), Phase.Test)[0],
        Images(
            new TransformationParameter { Distortion = new DistortionParameter { Translation = 3, Scaling = 0.5f } },
            Phase.Test)[0]);

    [Fact]
    public void AnImageIsDistortedTheSameWheneverAndByWhomeverItIsDrawn()
    {
        var parameter =
            new TransformationParameter { Distortion = new DistortionParameter { Translation = 3, Shearing = 0.4f } };
        using DataRun one = Run(parameter, Phase.Train, threads: 1), two = Run(parameter, Phase.Train, threads: 3);
        one.Pass(7);
        two.Pass(2);
        two.Pass(7);
        Assert.Equal(one.Images, two.Images);
    }

    [Theory]
    [InlineData("distortion { translation: 2 scaling: 0.1 squeezing: 0.1 shearing: 0.2 }", 14460986679306031381, 18290589019295598735)]
    [InlineData("pad: 2 crop_size: 8 mirror: true distortion { translation: 3 }", 14095448048190592805, 3526995554642518872)]
    [InlineData("pad: 3 mean_value: 9 scale: 0.5 distortion { scaling: 0.4 shearing: 0.5 }", 3231850044075419605, 17252250469978028484)]
    public void TheFirstFourKindsKeepTheBitsTheyAlwaysHad(string text, ulong bytes, ulong floats)
    {
        var shape = new ImageShape(2, 9, 11);
        TransformPlan plan = Transforms.Plan(text, shape);
        byte[] image = Transforms.Image(shape);
        float[] values = Transforms.Floats(image);
        int[] indices = [.. Enumerable.Range(0, 50)];
        Assert.Equal(bytes, Transforms.Bits(indices.Select(i => plan.Run(image, i))));
        Assert.Equal(floats, Transforms.Bits(indices.Select(i => plan.Run(values, i))));
    }

    [Theory]
    [InlineData("translation", "distortion { translation: -1 }")]
    [InlineData("scaling", "distortion { scaling: 1 }")]
    [InlineData("squeezing", "distortion { squeezing: nan }")]
    [InlineData("shearing", "distortion { shearing: inf }")]
    [InlineData("pad 100000 is too large", "pad: 100000")]
    [InlineData("pad and mean_file are both given", "pad: 1 mean_file: 'x'")]
    public void BoundsOutOfRangeAreErrors(string expected, string text)
    {
        TransformationParameter parameter = TextFormat.Parse<TransformationParameter>(
            text, "net.prototxt", new SourceMap());
        var error = Assert.Throws<CnnException>(() => Run(parameter, Phase.Train, 1));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASteadyPassAllocatesNothing()
    {
        var parameter =
            new TransformationParameter { Pad = 2, Distortion = new DistortionParameter { Translation = 1 } };
        using DataRun run = Run(parameter, Phase.Train, threads: 1);
        int pass = 0;
        Assert.Equal(0, Allocations.OnThisThread(() => run.Pass(pass++)));
    }

    private List<float[]> Images(TransformationParameter parameter, Phase phase, int count = 1)
    {
        using DataRun run = Run(parameter, phase, 2);
        List<float[]> images = [];
        for (int pass = 0; pass < count; pass++)
        {
            run.Pass(pass);
            images.Add(run.Images);
        }

        return images;
    }

    private DataRun Run(TransformationParameter parameter, Phase phase, int threads) => new(
        context => new IdxDataLayer(context),
        new LayerParameter
        {
            Name = "data",
            Type = "IdxData",
            Phase = phase,
            TransformParam = parameter,
            IdxDataParam = new IdxDataParameter { Images = folder["images"], BatchSize = 1 },
        },
        threads,
        tops: 1);
}
