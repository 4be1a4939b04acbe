using System.Text.Json;
using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Tests.Engine.Detection;
using Cnn.Tests.Layers.Data;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class DetectCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public DetectCommandTests()
    {
        string model = folder.Write("net.prototxt", ImageDetectorTests.Net + """

            layer { name: "out" type: "DetectionOutput" bottom: "loc" bottom: "conf" bottom: "prior" top: "out"
              detection_output_param { num_classes: 3 code_type: CENTER_SIZE keep_top_k: 4
                nms_param { nms_threshold: 0.9 } } }
            """);
        using Net net = Net.Build(NetDefinition.Load(model));
        net.SaveWeights(folder["w.caffemodel"]);
        ImageFiles.Write(folder["images/a.png"], 1, 3, 40, 80);
        ImageFiles.Write(folder["images/b.jpg"], 2, 3, 30, 30);
        folder.Write("labels.txt", "background\ncat\ndog\n");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ObjectsAreListedWithTheirNamesAndBoxes()
    {
        CommandLine run = Detect(folder["images/a.png"], "--labels", folder["labels.txt"]);
        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith($"---------- Objects in {folder["images/a.png"]} ----------\n", run.Output);
        Assert.Matches("\n0\\.7500  20,10 - 60,30  cat\n", run.Output);
        Assert.Contains("  dog\n", run.Output);
    }

    [Fact]
    public void JsonHoldsEveryImage()
    {
        CommandLine run = Detect(folder["images"], "--json");
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement first = document.RootElement[0];
        Assert.Equal(2, document.RootElement.GetArrayLength());
        Assert.Equal(80, first.GetProperty("width").GetInt32());
        Assert.Equal(4, first.GetProperty("detections")[0].GetProperty("box").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, first.GetProperty("detections")[0].GetProperty("label").ValueKind);
    }

    [Fact]
    public void ThePictureIsTheImageWithBoxes()
    {
        Assert.Equal(0, Detect(folder["images/a.png"], "-o", folder["boxes.png"]).ExitCode);
        using var decoder = new ImageDecoder();
        PlanarImage before = new(), after = new();
        decoder.Decode(File.ReadAllBytes(folder["images/a.png"]), ImageColor.Colour, before);
        decoder.Decode(File.ReadAllBytes(folder["boxes.png"]), ImageColor.Colour, after);
        Assert.Equal((before.Height, before.Width), (after.Height, after.Width));
        Assert.False(before.Pixels.SequenceEqual(after.Pixels));

        Directory.CreateDirectory(folder["pictures"]);
        Assert.Equal(0, Detect(folder["images"], "-o", folder["pictures"]).ExitCode);
        Assert.Equal(
            ["0000_a.png", "0001_b.png"], Directory.GetFiles(folder["pictures"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void AFaultyImageIsNamedAndTheOthersGoOn()
    {
        folder.Write("images/c.png", "no image");
        CommandLine run = Detect(folder["images"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("c.png", run.Error);
        Assert.Contains("1 of 3 images could not be looked at", run.Error);
        Assert.Contains("b.jpg", run.Output);
    }

    [Fact]
    public void SeveralPicturesNeedAFolder()
    {
        CommandLine run = Detect(folder["images"], "-o", folder["boxes.png"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is no folder, and there are 2 images", run.Error);
    }

    private CommandLine Detect(string image, params string[] more) => CommandLine.Run(
        ["detect", image, "--model", folder["net.prototxt"], "--weights", folder["w.caffemodel"], .. more]);
}
