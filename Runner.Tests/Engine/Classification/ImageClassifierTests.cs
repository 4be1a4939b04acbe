using Cnn.Engine.Classification;
using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Npy;
using Cnn.Tests.Layers.Data;

namespace Cnn.Tests.Engine.Classification;

/// <summary>The nets here give their input as it is, so that each crop can be looked at.</summary>
[Trait("Category", "Unit")]
public sealed class ImageClassifierTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ByDefaultTheInputIsBlueGreenRedFrom0To255()
    {
        PlanarImage image = ImageFiles.Random(1, 3, 4, 5);
        using Net net = Echo(1, 3, 4, 5);

        AssertNear(ImageFiles.Floats(image), Only(net, new(), image).Probabilities);
    }

    [Fact]
    public void ChannelsAreSwappedThenScaledThenTheMeanIsSubtractedThenTheRestIsScaled()
    {
        PlanarImage image = ImageFiles.Random(2, 3, 2, 3);
        using Net net = Echo(1, 3, 2, 3);
        var options = new ClassifierOptions
        {
            ChannelSwap = [1, 0, 2],
            RawScale = 2,
            Mean = InputMean.OfChannels(0.1f, 0.2f, 0.3f),
            InputScale = 10,
        };

        // Green, red, blue; the planes of the image are blue, green, red.
        float[] expected =
        [
            .. Plane(image, 1).Select(p => ((p / 255 * 2) - 0.1f) * 10),
            .. Plane(image, 2).Select(p => ((p / 255 * 2) - 0.2f) * 10),
            .. Plane(image, 0).Select(p => ((p / 255 * 2) - 0.3f) * 10),
        ];
        AssertNear(expected, Only(net, options, image).Probabilities);
    }

    [Fact]
    public void NoOrderOfChannelsLeavesThemAsInTheImage()
    {
        PlanarImage image = ImageFiles.Random(3, 3, 1, 1);
        using Net net = Echo(1, 3, 1, 1);

        AssertNear(
            [image.Pixels[2], image.Pixels[1], image.Pixels[0]],
            Only(net, new() { ChannelSwap = [] }, image).Probabilities);
    }

    [Fact]
    public void TheCentreIsCroppedAndHalfPixelsAreCutOff()
    {
        PlanarImage image = ImageFiles.Random(4, 3, 5, 8);
        using Net net = Echo(1, 3, 2, 3);

        AssertNear(Cropped(image, 1, 2, 2, 3), Only(net, new() { ImageSize = (5, 8) }, image).Probabilities);
    }

    [Fact]
    public void AnImageOfAnotherSizeIsResizedToTheInputs()
    {
        var image = new PlanarImage();
        image.SetSize(3, 1, 4);
        new byte[] { 0, 10, 20, 30, 0, 10, 20, 30, 0, 10, 20, 30 }.CopyTo(image.Pixels);
        using Net net = Echo(1, 3, 1, 2);

        AssertNear([5, 25, 5, 25, 5, 25], Only(net, new(), image).Probabilities);
    }

    [Fact]
    public void TheTenCropsAreInPycaffesOrder() => Assert.Equal(
        [
            new Crop(0, 0, false), new(0, 29, false), new(29, 0, false), new(29, 29, false), new(14, 14, false),
            new(0, 0, true), new(0, 29, true), new(29, 0, true), new(29, 29, true), new(14, 14, true),
        ],
        Crop.Ten(256, 256, 227, 227));

    [Fact]
    public void OversamplingFillsABatchWithTheTenCrops()
    {
        PlanarImage image = ImageFiles.Random(5, 3, 6, 7);
        using Net net = Echo(10, 3, 3, 2);
        ImageScores scores = Only(net, new() { ImageSize = (6, 7), Oversample = true }, image);

        float[][] five =
        [
            Cropped(image, 0, 0, 3, 2), Cropped(image, 0, 5, 3, 2), Cropped(image, 3, 0, 3, 2),
            Cropped(image, 3, 5, 3, 2), Cropped(image, 1, 2, 3, 2),
        ];
        float[][] ten = [.. five, .. five.Select(crop => Mirrored(crop, 2))];
        AssertNear([.. ten.SelectMany(c => c)], net.FindBlob("data").Data.ToArray());
        AssertNear([.. Enumerable.Range(0, 18).Select(i => ten.Average(c => c[i]))], scores.Probabilities);
    }

    [Fact]
    public void TheMeanIsNotMirroredWithTheCrop()
    {
        PlanarImage image = ImageFiles.Random(6, 3, 1, 2);
        using Net net = Echo(10, 3, 1, 2);
        NpyFile.Write(folder["mean.npy"], new NumberArray([3, 1, 2], [1, 2, 3, 4, 5, 6]));
        Only(
            net,
            new() { ImageSize = (1, 2), Oversample = true, Mean = InputMean.Read(folder["mean.npy"]) },
            image);

        float[] last = net.FindBlob("data").Data[^6..].ToArray();
        AssertNear([.. Mirrored(ImageFiles.Floats(image), 2).Select((p, i) => p - i - 1)], last);
    }

    [Theory]
    [InlineData(8, 8, 256)]
    [InlineData(300, 8, 300)]
    public void OversamplingResizesTo256OrTheInputsSizeWhereThatIsLarger(int height, int width, int expected)
    {
        PlanarImage image = ImageFiles.Random(7, 3, expected, 256);
        using Net net = Echo(1, 3, height, width);

        AssertNear(
            Only(net, new() { ImageSize = (expected, 256), Oversample = true }, image).Probabilities,
            Only(net, new() { Oversample = true }, image).Probabilities);
    }

    [Fact]
    public void AnInputOfOneChannelGetsTheLuminance()
    {
        PlanarImage image = ImageFiles.Random(8, 3, 3, 3);
        using Net net = Echo(1, 1, 3, 3);

        AssertNear(
            [
                .. Enumerable.Range(0, 9).Select(i => (float)((0.0721 * image.Plane(0)[i])
                    + (0.7154 * image.Plane(1)[i]) + (0.2125 * image.Plane(2)[i]))),
            ],
            Only(net, new(), image).Probabilities);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AGreyFileKeepsItsLevelsInEveryChannel(int channels)
    {
        PlanarImage image = ImageFiles.Random(9, 1, 2, 2);
        using Net net = Echo(1, channels, 2, 2);

        AssertNear(
            [.. Enumerable.Repeat(ImageFiles.Floats(image), channels).SelectMany(p => p)],
            Only(net, new(), image).Probabilities);
    }

    [Fact]
    public void AlphaIsDropped()
    {
        PlanarImage image = ImageFiles.Random(10, 4, 2, 2);
        using Net net = Echo(1, 3, 2, 2);

        AssertNear(ImageFiles.Floats(image)[..12], Only(net, new(), image).Probabilities);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(64, false)]
    [InlineData(1, true)]
    [InlineData(4, true)]
    [InlineData(7, true)]
    [InlineData(64, true)]
    public void ImagesComeInTheirOrderWithTheSameScoresForAnyBatch(int batch, bool oversample)
    {
        ImageInput[] images = [.. Enumerable.Range(0, 8).Select(i => Png(ImageFiles.Random(i, 3, 4, 4), $"{i}"))];
        using Net one = Echo(10, 3, 2, 2), other = Echo(10, 3, 2, 2);
        var options = new ClassifierOptions { ImageSize = (4, 4), Oversample = oversample };

        ImageScores[] expected = [.. new ImageClassifier(one, options).Classify(images)];
        ImageScores[] scores = [.. new ImageClassifier(other, options with { Batch = batch }).Classify(images)];

        Assert.Equal(batch, other.FindBlob("data").Dim(0));
        Assert.Equal(expected.Select(s => s.Name), scores.Select(s => s.Name));
        Assert.Equal(expected.Select(s => s.Probabilities), scores.Select(s => s.Probabilities));
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7"], scores.Select(s => s.Name));
    }

    [Fact]
    public void TheLastBatchIsFilledUpWithZeros()
    {
        using Net net = Echo(4, 3, 1, 1);
        ImageInput image = Png(ImageFiles.Random(1, 3, 1, 1), "x");
        _ = new ImageClassifier(net).Classify([image, image, image, image, image, image]).Last();

        Assert.All(net.FindBlob("data").Data[6..].ToArray(), v => Assert.Equal(0, v));
        Assert.Contains(net.FindBlob("data").Data[..6].ToArray(), v => v > 0);
    }

    [Fact]
    public void AFaultyImageHasAnErrorAndTheOthersGoOn()
    {
        byte[] whole = ImageEncoder.Encode(ImageFiles.Random(1, 3, 40, 40), "png");
        using Net net = Echo(2, 3, 4, 4);
        ImageScores[] scores =
        [
            .. new ImageClassifier(net).Classify(
            [
                ImageInput.OfBytes("a", whole),
                ImageInput.OfBytes("b", whole[..(whole.Length / 2)]),
                ImageInput.OfBytes("c", "no image"u8.ToArray()),
                ImageInput.OfBytes("d", []),
                ImageInput.OfFile(folder["none.png"]),
                ImageInput.OfBytes("e", whole),
            ]),
        ];

        Assert.Equal(["a", "b", "c", "d", folder["none.png"], "e"], scores.Select(s => s.Name));
        Assert.Equal([true, false, false, false, false, true], scores.Select(s => s.Error is null));
        Assert.Equal(scores[0].Probabilities, scores[5].Probabilities);
        Assert.StartsWith("b: the PNG image", scores[1].Error!.Message, StringComparison.Ordinal);
        Assert.StartsWith("c: this is no image of a known format", scores[2].Error!.Message, StringComparison.Ordinal);
        Assert.Equal("d: the image has no bytes", scores[3].Error!.Message);
        Assert.Equal($"'{folder["none.png"]}' does not exist", scores[4].Error!.Message);
        Assert.All(scores[1..5], s => Assert.Empty(s.Probabilities));
    }

    [Fact]
    public void FaultyImagesAloneRunNoPass()
    {
        using Net net = Echo(2, 3, 4, 4);
        ImageInput[] images = [.. Enumerable.Range(0, 5000).Select(i => ImageInput.OfBytes($"{i}", []))];

        Assert.Equal(5000, new ImageClassifier(net).Classify(images).Count(s => s.Error is not null));
        Assert.Equal(0, net.Clock.Pass);
    }

    [Fact]
    public void WithoutImagesNothingComesOut()
    {
        using Net net = Echo(2, 3, 4, 4);

        Assert.Empty(new ImageClassifier(net).Classify([]));
    }

    [Fact]
    public void ACallerMayStopEarly()
    {
        using Net net = Echo(1, 3, 2, 2);
        ImageInput image = Png(ImageFiles.Random(1, 3, 2, 2), "x");

        Assert.Null(new ImageClassifier(net).Classify(Enumerable.Repeat(image, 1000)).First().Error);
    }

    [Fact]
    public void CancellingEndsTheWorkEvenWhereAnImageNeverComes()
    {
        using Net net = Echo(1, 3, 2, 2);
        using var cancel = new CancellationTokenSource();
        using var never = new ManualResetEventSlim();
        using var opened = new ManualResetEventSlim();
        var waiting = new ImageInput("pipe", () =>
        {
            cancel.Cancel();
            never.Wait();
            opened.Set();
            return Stream.Null;
        });

        Assert.ThrowsAny<OperationCanceledException>(
            () => new ImageClassifier(net).Classify([waiting], cancel.Token).ToArray());
        never.Set();
        opened.Wait(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void ThePlaceOfAClassIsByItsValueThenByItsNumber() => Assert.Equal(
        [new ClassScore(3, 0.4f), new(0, 0.2f), new(2, 0.2f)],
        new ImageScores("x", [0.2f, 0.1f, 0.2f, 0.4f, float.NaN], null).Top(3));

    [Fact]
    public void ANetWithoutAnInputIsAnError() => AssertRefused(
        "net 'n' has no Input layer that images could go into; a deploy net has one, of the shape N x 3 x H x W",
        Net.Build(new NetDefinition("n").Add("DummyData", "x", tops: ["x"], options: new
        {
            dummy_data_param = new { shape = new { dim = new[] { 1, 3, 2, 2 } } },
        })));

    [Theory]
    [InlineData("1 12 (12)", 1, 12)]
    [InlineData("1 2 4 4 (32)", 1, 2, 4, 4)]
    [InlineData("0 (0)", 0)]
    public void AnInputThatTakesNoImagesIsAnError(string shape, params int[] dims) => AssertRefused(
        $"input 'data' of net 'n' has shape {shape}, which is not that of images; it is N x 3 x H x W for colour and "
        + "N x 1 x H x W for grey",
        Net.Build(new NetDefinition("n").Input("data", dims)));

    [Fact]
    public void AnOutputWithoutARowForEachImageIsAnError() => AssertRefused(
        "output 'sum' of net 'n' has shape (1) for 2 image(s); a classifier's has a row for each image: N x classes",
        Net.Build(new NetDefinition("n").Input("data", 2, 3, 1, 1).Add("Reduction", "sum", "data")));

    [Fact]
    public void ACropThatDoesNotFitIsAnError() => AssertRefused(
        "images of 4 x 2 hold no crop of the net's input, 3 x 3; resize them to the input's size or more",
        Echo(1, 3, 3, 3),
        new() { ImageSize = (4, 2) });

    [Fact]
    public void ASizeBeyondReasonIsAnError() => AssertRefused(
        "images of 30000 x 30000 are too large; at most 32768 a side and 67108864 pixels",
        Echo(1, 3, 3, 3),
        new() { ImageSize = (30000, 30000) });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 1, 3)]
    [InlineData(0, 0, 1)]
    public void AnOrderThatIsNoneOfTheChannelsIsAnError(params int[] order) => AssertRefused(
        $"{string.Join(',', order)} is no order of the 3 channel(s) of the net's input; 2,1,0 is that of OpenCV, 0,1,2 "
        + "that of the image",
        Echo(1, 3, 3, 3),
        new() { ChannelSwap = order });

    private static void AssertRefused(string expected, Net net, ClassifierOptions? options = null)
    {
        using (net)
        {
            Assert.Equal(expected, Assert.Throws<CnnException>(() => new ImageClassifier(net, options)).Message);
        }
    }

    // A net whose output is its input.
    private static Net Echo(params int[] shape) =>
        Net.Build(new NetDefinition("n").Input("data", shape).Add("Flatten", "out", "data"));

    private static ImageScores Only(Net net, ClassifierOptions options, PlanarImage image) =>
        Assert.Single(new ImageClassifier(net, options).Classify([Png(image, "image")]));

    private static ImageInput Png(PlanarImage image, string name) =>
        ImageInput.OfBytes(name, ImageEncoder.Encode(image, "png"));

    private static float[] Plane(PlanarImage image, int plane) =>
        Array.ConvertAll(image.Plane(plane).ToArray(), p => (float)p);

    private static float[] Cropped(PlanarImage image, int top, int left, int height, int width) =>
    [
        .. from plane in Enumerable.Range(0, image.Channels)
           from y in Enumerable.Range(top, height)
           from x in Enumerable.Range(left, width)
           select (float)image.Plane(plane)[(y * image.Width) + x],
    ];

    private static float[] Mirrored(float[] crop, int width) =>
        [.. crop.Chunk(width).SelectMany(row => row.Reverse())];

    private static void AssertNear(IReadOnlyList<float> expected, IReadOnlyList<float> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-4);
        }
    }
}
