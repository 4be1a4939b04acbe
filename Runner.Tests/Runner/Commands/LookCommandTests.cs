using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class LookCommandTests : IDisposable
{
    private const string Layers =
        """
        layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
          convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
        layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
        layer { name: "ip" type: "InnerProduct" bottom: "conv1" top: "ip"
          inner_product_param { num_output: 5 weight_filler { type: "xavier" } } }

        """;

    private readonly TemporaryFolder folder = new();
    private readonly string net, training, image;

    public LookCommandTests()
    {
        net = folder.Write(
            "net.prototxt",
            """
            name: "Net"
            layer { name: "data" type: "Input" top: "data"
              input_param { shape { dim: 8 dim: 3 dim: 8 dim: 8 } } }

            """ + Layers + """layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }""");
        training = folder.Write(
            "train.prototxt",
            """
            name: "Training"
            layer { name: "data" type: "Data" top: "data" top: "label" data_param { source: "gone" batch_size: 2 } }

            """
            + Layers
            + """layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }""");
        var pixels = new PlanarImage();
        pixels.SetSize(3, 9, 9);
        for (int i = 0; i < pixels.Pixels.Length; i++)
        {
            pixels.Pixels[i] = (byte)(i * 37);
        }

        File.WriteAllBytes(image = folder["image.png"], ImageEncoder.Encode(pixels, "png"));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("filters")]
    [InlineData("filters", "--layer", "conv1", "--dark", "--most", "2")]
    public void FiltersNeedNoImage(params string[] arguments) => Draws([.. arguments, "--model", net]);

    [Theory]
    [InlineData("activations")]
    [InlineData("activations", "--blob", "data,conv1,prob", "--dark")]
    [InlineData("gradients", "--class", "2", "--blob", "conv1", "--layer", "conv1")]
    [InlineData("gradients", "--blob", "data", "--dark")]
    [InlineData("saliency")]
    [InlineData("saliency", "--class", "4", "--mean", "1,2,3", "--images-dim", "9,9")]
    public void AnImageIsLookedAt(params string[] arguments) => Draws([.. arguments, net, "--image", image]);

    [Theory]
    [InlineData("activations")]
    [InlineData("gradients")]
    [InlineData("saliency", "--item", "1")]
    public void DataThatIsNotHereIsMadeUp(params string[] arguments) =>
        Draws([.. arguments, training, "--shape", "data=2x3x8x8", "--phase", "TRAIN"]);

    [Fact]
    public void TheNameOfTheClassIsFoundInTheLabels()
    {
        string labels = folder.Write("labels.txt", "a\nb\nc\nd\ne\n"), few = folder.Write("few.txt", "a\nb\n");

        Draws("saliency", net, "--image", image, "--class", "3", "--labels", labels);
        Fails(
            "--labels has 2 names, and class 3 none; the file has one line for each class",
            "saliency", net, "--image", image, "--class", "3", "--labels", few);
    }

    [Theory]
    [InlineData("net 'Net' has no layer 'conv2'; did you mean 'conv1'?", "filters", "--layer", "conv2")]
    [InlineData("layer 'relu1' (ReLU) has no filters to show: it has no weights", "filters", "--layer", "relu1")]
    [InlineData("nothing fills input 'data' of net 'Net'; give an image with --image", "activations")]
    [InlineData("net 'Net' has no blob 'conv3'; did you mean 'conv1'?", "activations", "--blob", "conv3")]
    [InlineData("--output x.gif: unknown picture format; its name should end in .png", "filters", "-o", "x.gif")]
    public void MistakesAreExplained(string expected, params string[] arguments) =>
        Fails(expected, [.. arguments, net]);

    [Theory]
    [InlineData("class 7 does not exist: blob 'ip' has 5 classes; from 0 to 4", "saliency", "--class", "7")]
    [InlineData("--item has no meaning for a single image", "saliency", "--item", "1")]
    [InlineData("no gradient flows back to blob 'prob'", "gradients", "--blob", "prob", "--class", "0")]
    public void MistakesAboutAnImageAreExplained(string expected, params string[] arguments) =>
        Fails(expected, [.. arguments, net, "--image", image]);

    [Fact]
    public void ANetWithDataLayersTakesNoImage() => Fails(
        "net 'Training' has no Input layer that images could go into", "saliency", training, "--image", image);

    [Fact]
    public void AFileThatIsNoImageIsAnError() =>
        Fails("net.prototxt", "saliency", net, "--image", net);

    private void Draws(params string[] arguments)
    {
        string picture = folder["picture.png"];

        CommandLine run = CommandLine.Run(["look", .. arguments, "--output", picture, "--quiet"]);

        Assert.Equal((0, $"wrote {picture}\n", ""), (run.ExitCode, run.Output, run.Error));
        using var decoder = new ImageDecoder();
        var image = new PlanarImage();
        decoder.Decode(File.ReadAllBytes(picture), ImageColor.Colour, image);
        Assert.InRange(image.Width, 300, 1900);
        Assert.Equal(
            arguments.Contains("--dark") ? (0x17, 0x11, 0x0d) : (255, 255, 255),
            (image.Plane(0)[0], image.Plane(1)[0], image.Plane(2)[0]));
        Assert.True(image.Pixels.ToArray().Distinct().Count() > 10);
    }

    private void Fails(string expected, params string[] arguments)
    {
        string[] files = Directory.GetFiles(folder.Path);
        string[] output = arguments.Contains("-o") ? [] : ["--output", folder["picture.png"]];

        CommandLine run = CommandLine.Run(["look", .. arguments, .. output]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Equal(files.Order(), Directory.GetFiles(folder.Path).Order());
    }
}
