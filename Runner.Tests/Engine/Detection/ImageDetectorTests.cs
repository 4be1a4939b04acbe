using Cnn.Engine.Classification;
using Cnn.Engine.Detection;
using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Tests.Layers.Data;

namespace Cnn.Tests.Engine.Detection;

[Trait("Category", "Unit")]
public class ImageDetectorTests
{
    /// <summary>Predictions of classes 1 and 2 in the middle of every image and in all of it.</summary>
    public const string Net = """
        name: "Two"
        layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
        layer { name: "cell" type: "Pooling" bottom: "data" top: "cell" pooling_param { global_pooling: true } }
        layer { name: "prior" type: "PriorBox" bottom: "cell" bottom: "data" top: "prior"
          prior_box_param { min_size: 4 max_size: 16 step: 8 variance: 0.1 } }
        layer { name: "loc" type: "DummyData" top: "loc" dummy_data_param { shape { dim: 1 dim: 8 } } }
        layer { name: "conf" type: "DummyData" top: "conf" dummy_data_param { shape { dim: 1 dim: 6 }
          data_filler { type: "constant" value: 0.75 } } }
        """;

    [Fact]
    public void RowsBecomeBoxesInPixelsOfTheImage()
    {
        using Net net = Detections();
        using var detector = new ImageDetector(net, new DetectorOptions { Threshold = 0.6f });
        ImageDetections found = detector.Detect([Image(20, 40)]).Single();
        Assert.Null(found.Error);
        Assert.Equal((40, 20), (found.Width, found.Height));
        Assert.Equal(
            [
                new Cnn.Engine.Detection.Detection(2, 0.9f, 4, 4, 20, 10),
                new Cnn.Engine.Detection.Detection(1, 0.7f, 0, 0, 40, 20),
            ],
            found.Detections);
    }

    [Fact]
    public void TheInputIsTheResizedImageLessTheMeanTimesTheScale()
    {
        using Net net = Detections();
        using var detector = new ImageDetector(
            net, new DetectorOptions { Mean = InputMean.OfChannels(1, 2, 3), Scale = 0.5f });
        PlanarImage image = ImageFiles.Random(1, 3, 4, 4);
        Assert.Single(detector.Detect([ImageInput.OfBytes("a", ImageEncoder.Encode(image, "png"))]));
        Assert.Equal(
            image.Pixels.ToArray().Select((p, i) => (p - (1 + (i / 16))) * 0.5f), net.FindBlob("data").Data.ToArray());
    }

    [Fact]
    public void AFaultyImageGivesAnErrorAndTheOthersGoOn()
    {
        using Net net = Detections();
        using var detector = new ImageDetector(net);
        ImageDetections[] found = [.. detector.Detect([ImageInput.OfBytes("bad", [1, 2, 3]), Image(4, 4)])];
        Assert.Contains("bad", found[0].Error!.Message, StringComparison.Ordinal);
        Assert.Null(found[1].Error);
    }

    [Theory]
    [InlineData(
        "layer { name: 'x' type: 'DummyData' top: 'x' dummy_data_param { shape { dim: 1 } } }", "has no Input layer")]
    [InlineData(
        "layer { name: 'x' type: 'Input' top: 'x' input_param { shape { dim: 1 dim: 7 } } }",
        "a detector takes images")]
    [InlineData(
        "layer { name: 'x' type: 'Input' top: 'x' input_param { shape { dim: 1 dim: 3 dim: 4 dim: 4 } } } "
        + "layer { name: 'r' type: 'ReLU' bottom: 'x' top: 'y' }",
        "gives rows of seven values")]
    public void ANetThatIsNoDetectorIsRefused(string text, string expected)
    {
        using Net net = Cnn.Engine.Graph.Net.Build(NetDefinition.Parse(text));
        Assert.Contains(
            expected, Assert.Throws<CnnException>(() => new ImageDetector(net)).Message, StringComparison.Ordinal);
    }

    private static ImageInput Image(int height, int width) =>
        ImageInput.OfBytes("image", ImageEncoder.Encode(ImageFiles.Random(1, 3, height, width), "png"));

    // Three rows as DetectionOutput gives them, one of which says that nothing was found and one is too unsure.
    private static Net Detections()
    {
        string[] rows = ["0 1 0.7 0 0 1 1", "0 2 0.9 0.1 0.2 0.5 0.5", "0 1 0.1 0 0 1 1", "1 -1 -1 -1 -1 -1 -1"];
        string values = string.Join(' ', string.Join(' ', rows).Split(' ').Select(v => $"data: {v}"));
        return Cnn.Engine.Graph.Net.Build(NetDefinition.Parse(
            $$"""
            name: "Found"
            layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 4 dim: 4 } } }
            layer { name: "silence" type: "Silence" bottom: "data" }
            layer { name: "rows" type: "Parameter" top: "rows"
              parameter_param { shape { dim: 1 dim: 1 dim: 4 dim: 7 } }
              blobs { shape { dim: 1 dim: 1 dim: 4 dim: 7 } {{values}} } }
            """));
    }
}
