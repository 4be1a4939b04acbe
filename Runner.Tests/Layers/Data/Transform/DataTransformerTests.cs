using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Tests.Layers.Data.Transform;

[Trait("Category", "Unit")]
public sealed unsafe class DataTransformerTests : IDisposable
{
    private static readonly byte[] Image = [.. Enumerable.Range(0, 24).Select(i => (byte)i)];
    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(1);

    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void TheMeanIsTakenOffBeforeTheScale()
    {
        var parameter = new TransformationParameter { Scale = 0.5f, MeanValue = { 3 } };
        Assert.Equal(Image.Select(value => (value - 3) * 0.5f), Apply(parameter, Phase.Test, 0));
    }

    [Fact]
    public void EachChannelMayHaveAMeanOfItsOwn()
    {
        var parameter = new TransformationParameter { MeanValue = { 1, 2 } };
        Assert.Equal(Image.Select((value, i) => value - (i < 12 ? 1f : 2f)), Apply(parameter, Phase.Test, 0));
    }

    [Fact]
    public void TestingCropsTheCentreRoundedDown()
    {
        var parameter = new TransformationParameter { CropSize = 2 };
        Assert.Equal([1, 2, 5, 6, 13, 14, 17, 18], Crop(parameter, Phase.Test, 0));
    }

    [Fact]
    public void TrainingCropsAnywhereAndEveryPlaceComes()
    {
        var parameter = new TransformationParameter { CropSize = 2 };
        var places = new Dictionary<int, int>();
        for (int i = 0; i < 3000; i++)
        {
            int first = (int)Crop(parameter, Phase.Train, i)[0];
            places[first] = places.GetValueOrDefault(first) + 1;
        }

        Assert.Equal([0, 1, 2, 4, 5, 6], places.Keys.Order());
        Assert.All(places.Values, count => Assert.InRange(count, 400, 600));
    }

    [Theory]
    [InlineData(Phase.Train)]
    [InlineData(Phase.Test)]
    public void HalfOfTheImagesAreMirroredInBothPhases(Phase phase)
    {
        var parameter = new TransformationParameter { Mirror = true };
        int mirrored = 0;
        for (int i = 0; i < 2000; i++)
        {
            float[] image = Apply(parameter, phase, i);
            Assert.True(image[0] is 0 or 3);
            Assert.Equal(image[0] == 0 ? 1 : 2, image[1]);
            mirrored += image[0] == 3 ? 1 : 0;
        }

        Assert.InRange(mirrored, 900, 1100);
    }

    [Fact]
    public void TheMeanFileIsReadAtThePixelNotWhereItLands()
    {
        var mean = new BlobProto { Num = 1, Channels = 2, Height = 3, Width = 4 };
        mean.Data.Add(Image.Select(value => value * 0.5f));
        File.WriteAllBytes(folder["mean"], mean.ToByteArray());
        var parameter = new TransformationParameter { CropSize = 2, Mirror = true, MeanFile = folder["mean"] };
        for (int i = 0; i < 10; i++)
        {
            float[] image = Crop(parameter, Phase.Test, i);
            Assert.True(image.SequenceEqual([0.5f, 1, 2.5f, 3, 6.5f, 7, 8.5f, 9])
                || image.SequenceEqual([1, 0.5f, 3, 2.5f, 7, 6.5f, 9, 8.5f]));
        }
    }

    [Fact]
    public void DrawsDependOnTheSeedAndTheLayer()
    {
        var parameter = new TransformationParameter { CropSize = 2, Mirror = true };
        float[] Draws(string name, long seed)
        {
            var transformer = new DataTransformer(Context(parameter, Phase.Train, name, seed));
            return [.. Enumerable.Range(0, 50).SelectMany(i => Run(transformer, i, 8))];
        }

        Assert.Equal(Draws("a", 1), Draws("a", 1));
        Assert.NotEqual(Draws("a", 1), Draws("b", 1));
        Assert.NotEqual(Draws("a", 1), Draws("a", 2));
    }

    [Fact]
    public void APlanStaysAsItIsWhileOthersAreMade()
    {
        var transformer = new DataTransformer(
            Context(new TransformationParameter { CropSize = 2, MeanValue = { 1 } }, Phase.Test));
        TransformPlan plan = transformer.Plan(new ImageShape(2, 3, 4));
        Assert.Same(plan, transformer.Plan(new ImageShape(2, 3, 4)));
        float[] before = Run(plan, 0, 8);
        TransformPlan other = transformer.Plan(new ImageShape(1, 6, 4));
        Assert.Equal(new ImageShape(1, 6, 4), other.Image);
        Assert.Equal(new ImageShape(1, 2, 2), other.Output);
        Assert.Equal([8, 9, 12, 13], Run(other, 0, 4));
        Assert.Equal(new ImageShape(2, 2, 2), plan.Output);
        Assert.Equal(before, Run(plan, 0, 8));
    }

    [Fact]
    public void MistakesAreExplained()
    {
        Assert.Contains("larger than the images", Error(new TransformationParameter { CropSize = 4 }));
        Assert.Contains(
            "exclude each other", Error(new TransformationParameter { ForceColor = true, ForceGray = true }));
        Assert.Contains("2 channels", Error(new TransformationParameter { MeanValue = { 1, 2, 3 } }));
        Assert.Contains("both", Error(new TransformationParameter { MeanFile = "x", MeanValue = { 1 } }));
        Assert.Contains("does not exist", Error(new TransformationParameter { MeanFile = folder["x"] }));
        File.WriteAllBytes(folder["bad"], [0xFF, 0xFF]);
        Assert.Contains("no mean file", Error(new TransformationParameter { MeanFile = folder["bad"] }));
        File.WriteAllBytes(folder["empty"], []);
        Assert.Contains("not those of one image", Error(new TransformationParameter { MeanFile = folder["empty"] }));
        var other = new BlobProto { Shape = new BlobShape { Dim = { 1, 2, 2 } } };
        other.Data.Add([1, 2, 3, 4]);
        File.WriteAllBytes(folder["other"], other.ToByteArray());
        Assert.Contains(
            "1 x 2 x 2, the images are 2 x 3 x 4", Error(new TransformationParameter { MeanFile = folder["other"] }));
    }

    private static float[] Run(DataTransformer transformer, long index, int count) =>
        Run(transformer.Plan(new ImageShape(2, 3, 4)), index, count);

    private static float[] Run(TransformPlan plan, long index, int count)
    {
        var target = new float[count];
        fixed (float* to = target)
        {
            plan.Transform(Image.AsSpan(), index, to);
        }

        return target;
    }

    private float[] Apply(TransformationParameter parameter, Phase phase, long index) =>
        Run(new DataTransformer(Context(parameter, phase)), index, 24);

    private float[] Crop(TransformationParameter parameter, Phase phase, long index) =>
        Run(new DataTransformer(Context(parameter, phase)), index, 8);

    private string Error(TransformationParameter parameter) => Assert.Throws<CnnException>(
        () => new DataTransformer(Context(parameter, Phase.Test)).Plan(new ImageShape(2, 3, 4))).Message;

    private LayerContext Context(
        TransformationParameter parameter, Phase phase, string name = "data", long seed = 1) => new()
    {
        Parameter = new LayerParameter { Name = name, Type = "Data", Phase = phase, TransformParam = parameter },
        Pool = pool,
        Random = new RandomStreams(seed),
    };
}
