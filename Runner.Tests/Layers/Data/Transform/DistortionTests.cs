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
    public void RotationsGoEvenlyAsFarAsTheBoundAboutTheMiddle()
    {
        var (columns, rows) = Centres("distortion { rotation: 90 }");
        double[] angles = [.. columns.Zip(rows, (x, y) => Math.Atan2(y, x) * 180 / Math.PI)];
        Assert.InRange(angles.Max(), 87, 91);
        Assert.InRange(angles.Min(), -91, -87);
        Assert.InRange(angles.Average(), -4, 4);
        Assert.All(columns.Zip(rows), point => Assert.InRange(
            Math.Sqrt((point.First * point.First) + (point.Second * point.Second)), 7.6, 8.4));
    }

    [Fact]
    public void VerticalShearingShiftsColumnsByTheirDistance()
    {
        var (columns, rows) = Centres("distortion { vertical_shearing: 0.5 }");
        Assert.All(columns, x => Assert.Equal(8, x, 1e-3));
        Assert.InRange(rows.Max(), 3.8, 4.01);
        Assert.InRange(rows.Min(), -4.01, -3.8);
        Assert.InRange(rows.Average(), -0.25, 0.25);
    }

    [Fact]
    public void RotationComesAfterShearing()
    {
        // Shorn by at most 0.5 and turned by at most 60 degrees: the distance tells the one, the angle both.
        var (columns, rows) = Centres("distortion { rotation: 60 vertical_shearing: 0.5 }");
        Assert.All(columns.Zip(rows), point =>
        {
            double distance = Math.Sqrt((point.First * point.First) + (point.Second * point.Second));
            double angle = Math.Atan2(point.Second, point.First);
            Assert.InRange(distance, 7.6, Math.Sqrt(64 + 16) + 0.4);
            Assert.InRange(Math.Abs(angle), 0, (Math.PI / 3) + Math.Acos(Math.Min(1, 8 / distance)) + 0.05);
        });
    }

    [Fact]
    public void ElasticDistortionMovesEachPixelByItsOwnDisplacement()
    {
        var shape = new ImageShape(2, 20, 30);
        float[] image =
        [
            .. Enumerable.Range(0, shape.Count).Select(i => (float)(i < 600 ? i / 30 : i % 30)),
        ];
        TransformPlan plan = Transforms.Plan("distortion { elastic_alpha: 20 elastic_sigma: 3 }", shape);
        float[] moved = plan.Run(image, 4), field = new float[1200];
        new ElasticField(20, 3).Draw(new ImageRandom(plan.Key, 4), 20, 30, field);
        for (int y = 3; y < 17; y++)
        {
            for (int x = 3; x < 27; x++)
            {
                int i = (y * 30) + x;
                Assert.Equal(y + field[600 + i], moved[i], 1e-3);
                Assert.Equal(x + field[i], moved[600 + i], 1e-3);
            }
        }
    }

    [Fact]
    public void TheFillSurroundsTheImageInBothPhases()
    {
        var shape = new ImageShape(3, 2, 2);
        byte[] image = [.. Enumerable.Repeat((byte)9, shape.Count)];
        const string Text = "pad: 1 mean_value: 100 distortion { fill: 104 }";
        foreach (Phase phase in (Phase[])[Phase.Train, Phase.Test])
        {
            foreach (float[] padded in (float[][])
                [
                    Transforms.Plan(Text, shape, phase).Run(image),
                    Transforms.Plan(Text, shape, phase).Run(Transforms.Floats(image)),
                ])
            {
                Assert.Equal([4, 4, 4, 4, 4, -91, -91, 4, 4, -91, -91, 4, 4, 4, 4, 4], padded[32..]);
            }
        }
    }

    [Fact]
    public void BoundsOfZeroKeepEveryBit()
    {
        var shape = new ImageShape(3, 8, 13);
        byte[] image = Transforms.Image(shape);
        float[] floats = Transforms.Floats(image);
        foreach (string text in (string[])["distortion { }", "distortion { rotation: 0 elastic_alpha: 0 fill: 7 }"])
        {
            Assert.Equal(floats, Transforms.Plan(text, shape).Run(image, 3));
            Assert.Equal(floats, Transforms.Plan(text, shape).Run(floats, 3));
        }
    }

    [Theory]
    [InlineData("distortion { rotation: 20 }")]
    [InlineData("distortion { vertical_shearing: 0.3 }")]
    [InlineData("distortion { elastic_alpha: 20 }")]
    public void EachKindIsAFunctionOfTheSeedAndTheIndex(string text)
    {
        var shape = new ImageShape(3, 12, 13);
        byte[] image = Transforms.Image(shape);
        TransformPlan plan = Transforms.Plan(text, shape);
        Assert.Equal(plan.Run(image, 5), Transforms.Plan(text, shape).Run(image, 5));
        Assert.NotEqual(plan.Run(image, 5), plan.Run(image, 6));
        Assert.NotEqual(plan.Run(image, 5), Transforms.Plan(text, shape, seed: 2).Run(image, 5));
        Assert.Equal(Transforms.Floats(image), Transforms.Plan(text, shape, Phase.Test).Run(image, 5));
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
    [InlineData(
        "distortion { translation: 2 scaling: 0.1 squeezing: 0.1 shearing: 0.2 }", 14460986679306031381,
        18290589019295598735)]
    [InlineData(
        "pad: 2 crop_size: 8 mirror: true distortion { translation: 3 }", 14095448048190592805,
        3526995554642518872)]
    [InlineData(
        "pad: 3 mean_value: 9 scale: 0.5 distortion { scaling: 0.4 shearing: 0.5 }", 3231850044075419605,
        17252250469978028484)]
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
    [InlineData("rotation is 181", "distortion { rotation: 181 }")]
    [InlineData("vertical_shearing is 5", "distortion { vertical_shearing: 5 }")]
    [InlineData("elastic_alpha is -1", "distortion { elastic_alpha: -1 }")]
    [InlineData("elastic_sigma is 300", "distortion { elastic_sigma: 300 }")]
    [InlineData("fill is NaN", "distortion { fill: nan }")]
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

    [Fact]
    public void ErrorsAreWhereTheBoundIs() => Transforms.AssertError(
        "distortion { shearing: 0.1 rotation: 200 }", new ImageShape(1, 2, 2), "rotation", "rotation is 200");

    // Where a bright pixel 8 columns to the right of the middle goes, from the middle.
    private static (double[] Columns, double[] Rows) Centres(string text)
    {
        var shape = new ImageShape(1, 31, 31);
        var image = new float[shape.Count];
        image[(15 * 31) + 23] = 1;
        TransformPlan plan = Transforms.Plan(text, shape);
        float[][] images = [.. Enumerable.Range(0, 500).Select(i => plan.Run(image, i))];
        return (
            [.. images.Select(values => (values.Select((value, i) => value * (i % 31)).Sum() / values.Sum()) - 15)],
            [.. images.Select(values => (values.Select((value, i) => value * (i / 31)).Sum() / values.Sum()) - 15)]);
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
