using System.Text.Json;
using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Images;
using Cnn.Runner;
using Cnn.Runner.Display;
using Google.Protobuf;

namespace Cnn.Tests.Runner.Commands;

/// <summary>The net here gives an image of one pixel as it is: three classes, blue, green and red.</summary>
[Trait("Category", "Unit")]
public sealed class ClassifyCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string[] net;

    public ClassifyCommandTests() => net = NetOf("3");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheClassesOfAnImageAreListedAsInCaffesExample()
    {
        string image = Pixel("red.png", 51, 0, 255);
        folder.Write("labels.txt", "n1 blue\nn2 \"green\"\nn3 red\n");

        CommandLine run = Classify(image, "--raw-scale", "1", "--labels", folder["labels.txt"], "--top", "2");

        Assert.Equal(
            $"""
            ---------- Prediction for {image} ----------
            1.0000 - "n3 red"
            0.2000 - "n1 blue"

            """,
            run.Output);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public void WithoutLabelsAClassIsItsNumber()
    {
        CommandLine run = Classify(Pixel("x.png", 1, 2, 3));

        Assert.EndsWith(
            "\n3.0000 - \"2\"\n2.0000 - \"1\"\n1.0000 - \"0\"\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void PycaffesOptionsAreTakenInItsSpelling()
    {
        string image = Pixel("x.png", 10, 20, 30);
        string[] dashes =
        [
            "--mean", "1,2,3", "--raw-scale", "510", "--input-scale", "0.5", "--channel-swap", "0,1,2",
            "--images-dim", "1,1", "--center-only",
        ];
        string[] pycaffe = [.. dashes.Select(
            d => d == "--mean" ? "--mean_file" : d.StartsWith("--", StringComparison.Ordinal) ? "--" + d[2..]
                .Replace('-', '_') : d)];

        CommandLine run = Classify([image, .. dashes]);

        Assert.Contains("29.5000 - \"0\"\n19.0000 - \"1\"\n8.5000 - \"2\"\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(run, Classify([image, .. pycaffe]));
    }

    [Fact]
    public void AnEmptyMeanAndAnEmptySwapAreNone()
    {
        CommandLine run = Classify(Pixel("x.png", 1, 2, 3), "--mean_file", "", "--channel_swap", "");

        Assert.Contains("3.0000 - \"0\"", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void FoldersPatternsAndFilesMixInTheirOrder()
    {
        Directory.CreateDirectory(folder["a"]);
        Directory.CreateDirectory(folder["b/c"]);
        string[] expected =
        [
            Pixel("z.png", 1, 1, 1), Pixel("a/1.png", 1, 1, 1), Pixel("a/2.BMP", 1, 1, 1), Pixel("b/x1.png", 1, 1, 1),
            Pixel("b/x2.png", 1, 1, 1), Pixel("b/c/deep.png", 1, 1, 1), folder["z.png"],
        ];
        folder.Write("a/notes.txt", "no image");
        Pixel("b/x3.bmp", 1, 1, 1);

        CommandLine run = Classify(
            folder["z.png"], folder["a"], folder["b/x?.png"], folder["**/d*.png"], folder["z.png"]);

        Assert.Equal(expected, Headings(run));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void AFileWhoseNameIsAPatternIsThatFile()
    {
        string image = Pixel("[1].png", 1, 1, 1);
        Pixel("1.png", 1, 1, 1);

        Assert.Equal([image], Headings(Classify(image)));
    }

    [Fact]
    public void ADashIsStandardInput()
    {
        byte[] image = File.ReadAllBytes(Pixel("x.png", 1, 2, 3));
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new CommandConsole(output, error) { OpenInput = () => new MemoryStream(image) };

        int code = CommandLineProgram.Run(["classify", "-", .. net], console);

        Assert.Equal(0, code);
        Assert.StartsWith(
            "---------- Prediction for - ----------\n3.0000 - \"2\"\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AProcessReadsAnImageFromItsInput()
    {
        Shell.OnLinuxOrSkip();
        Pixel("x.png", 1, 2, 3);
        string options = string.Join(' ', net);

        var piped = await Shell.Run(folder, $"cat x.png | $CNN classify - {options}");
        var closed = await Shell.Run(folder, $"$CNN classify - {options} <&-");

        Assert.Contains("3.0000 - \"2\"", piped.Output, StringComparison.Ordinal);
        Assert.Equal((1, "cnn: -: the image has no bytes"), (closed.ExitCode, closed.Error.TrimEnd()));
    }

    [Fact]
    public void FaultyImagesAreListedAndTheOthersGoOn()
    {
        string first = Pixel("1.png", 1, 1, 1), last = Pixel("3.png", 1, 1, 1);
        string text = folder.Write("2.png", "no image");

        CommandLine run = Classify(first, text, folder["gone.png"], last);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal([first, last], Headings(run));
        Assert.Equal(
            [
                $"cnn: {text}: this is no image of a known format; JPEG, PNG, BMP and WebP are decoded",
                $"cnn: '{folder["gone.png"]}' does not exist",
                "cnn: 2 of 4 images could not be classified",
            ],
            run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void TheJsonIsOneDocument()
    {
        string image = Pixel("x.png", 51, 0, 255), text = folder.Write("text.png", "no image");
        folder.Write("labels.txt", "blue\n\"green\"\nred\n");

        CommandLine run = Classify(
            image, text, "--raw-scale", "1", "--json", "--top", "2", "--labels", folder["labels.txt"]);

        JsonElement[] results = [.. JsonDocument.Parse(run.Output).RootElement.EnumerateArray()];
        Assert.Equal(2, results.Length);
        Assert.Equal(image, results[0].GetProperty("path").GetString());
        JsonElement[] predictions = [.. results[0].GetProperty("predictions").EnumerateArray()];
        Assert.Equal([2, 0], predictions.Select(p => p.GetProperty("class").GetInt32()));
        Assert.Equal(["red", "blue"], predictions.Select(p => p.GetProperty("label").GetString()));
        Assert.Equal([1, 0.2f], predictions.Select(p => p.GetProperty("probability").GetSingle()));
        Assert.Equal(text, results[1].GetProperty("path").GetString());
        Assert.Contains("no image", results[1].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public void WithoutLabelsTheJsonHasNullForThem()
    {
        CommandLine run = Classify(Pixel("x.png", 1, 2, 3), "--json");

        JsonElement first = JsonDocument.Parse(run.Output).RootElement[0].GetProperty("predictions")[0];
        Assert.Equal(JsonValueKind.Null, first.GetProperty("label").ValueKind);
    }

    [Theory]
    [InlineData("out.npy")]
    [InlineData("out.h5")]
    public void TheOutputIsARowForEachImage(string file)
    {
        string image = Pixel("x.png", 1, 2, 3), text = folder.Write("text.png", "no image");

        CommandLine run = Classify(image, text, image, "--output", folder[file], "--top", "1");

        NumberArray array = ArrayFile.Read(folder[file], "out");
        Assert.Equal([3, 3], array.Shape);
        Assert.Equal([1, 2, 3, float.NaN, float.NaN, float.NaN, 1, 2, 3], array.Values.Select(v => MathF.Round(v, 4)));
        Assert.Contains($"Wrote {folder[file]}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AMeanFileIsSubtracted()
    {
        var mean = new BlobProto { Num = 1, Channels = 3, Height = 1, Width = 1 };
        mean.Data.AddRange([1, 2, 3]);
        File.WriteAllBytes(folder["mean.binaryproto"], mean.ToByteArray());

        CommandLine run = Classify(Pixel("x.png", 11, 13, 15), "--mean", folder["mean.binaryproto"]);

        Assert.Contains("12.0000 - \"2\"\n11.0000 - \"1\"\n10.0000 - \"0\"", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void OversamplingTakesTheMeanOfTenCrops()
    {
        var image = new PlanarImage();
        image.SetSize(3, 1, 4);
        image.Pixels.Clear();
        new byte[] { 10, 20, 40, 90 }.CopyTo(image.Plane(0));
        File.WriteAllBytes(folder["x.png"], ImageEncoder.Encode(image, "png"));

        // The corners are 10 and 90, twice each, the centre is 20; mirrored they are the same.
        CommandLine run = Classify(folder["x.png"], "--oversample", "--images-dim", "1,4", "--batch", "3");

        Assert.Contains("44.0000 - \"0\"", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ANetOfOneChannelGetsGreyImages()
    {
        string[] grey = NetOf("1");
        string image = Pixel("x.png", 100, 100, 100);

        foreach (string[] options in (string[][])[[], ["--gray"]])
        {
            CommandLine run = CommandLine.Run(["classify", image, .. grey, .. options]);
            Assert.EndsWith("\n100.0000 - \"0\"\n", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void LabelsThatDoNotFitAreToldBeforeAnyImage()
    {
        folder.Write("labels.txt", "a\nb\n");

        CommandLine run = Classify(Pixel("x.png", 1, 2, 3), "--labels", folder["labels.txt"]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.StartsWith(
            $"{folder["labels.txt"]}:2:1: 2 labels for the 3 classes of output 'out'", run.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cnn: --gray makes images of one channel, the net's input has 3; leave it out", "--gray")]
    [InlineData(
        "cnn: --oversample and --center-only say different things about the crops; give one of them", "--oversample",
        "--center-only")]
    [InlineData(
        "cnn: --images-dim is '256,', it must be height,width such as 256,256", "--images-dim", "256,")]
    [InlineData("cnn: --images-dim is '0,5', it must be height,width such as 256,256", "--images-dim", "0,5")]
    [InlineData("cnn: --channel-swap is 'b,g,r', it must be channels such as 2,1,0", "--channel-swap", "b,g,r")]
    [InlineData("cnn: '1,2,x' does not exist", "--mean", "1,2,x")]
    [InlineData("cnn: 'none.txt' does not exist", "--labels", "none.txt")]
    [InlineData(
        "cnn: --raw-scale is 1e60, it must be a finite number; 'cnn classify --help' shows the usage", "--raw-scale",
        "1e60")]
    [InlineData(
        "cnn: --batch is 0, it must be 1 or more; 'cnn classify --help' shows the usage", "--batch", "0")]
    [InlineData("cnn: --top is 0, it must be 1 or more; 'cnn classify --help' shows the usage", "--top", "0")]
    public void AMistakeIsOneLine(string expected, params string[] options)
    {
        CommandLine run = Classify([Pixel("x.png", 1, 2, 3), .. options]);

        Assert.Equal((1, expected, ""), (run.ExitCode, run.Error.TrimEnd(), run.Output));
    }

    [Fact]
    public void ImagesThatAreNowhereAreToldBeforeTheNetIsRead()
    {
        Directory.CreateDirectory(folder["empty"]);
        string[] nowhere = ["--model", "none.prototxt", "--weights", "none.caffemodel"];

        Assert.Equal(
            $"cnn: the folder '{folder["empty"]}' holds no images; images are files that end in .jpg, .jpeg, .png, "
            + ".bmp, .webp",
            CommandLine.Run(["classify", folder["empty"], .. nowhere]).Error.TrimEnd());
        Assert.Equal(
            $"cnn: no file matches '{folder["*.jpg"]}'",
            CommandLine.Run(["classify", folder["*.jpg"], .. nowhere]).Error.TrimEnd());
        Assert.Equal(
            "cnn: standard input is named twice; it holds one image",
            CommandLine.Run(["classify", "-", "-", .. nowhere]).Error.TrimEnd());
        Assert.Equal(
            "cnn: <image> is missing; 'cnn classify --help' shows the usage",
            CommandLine.Run(["classify", .. nowhere]).Error.TrimEnd());
    }

    [Theory]
    [InlineData(
        "layer { name: 'i' type: 'Input' top: 'x' } layer { name: 'c' type: 'Convolution' bottom: 'x' top: 'c' "
        + "convolution_param { num_output: 1 kernel_size: 1 } }",
        ":1:1: layer 'i': the input has no shape; give it that of the images: "
        + "input_param { shape { dim: 1 dim: 3 dim: 224 dim: 224 } }")]
    [InlineData(
        "name: 'n' layer { name: 'd' type: 'Data' top: 'x' data_param { source: 'none' backend: LMDB batch_size: 1 } }",
        "net 'n' has no Input layer that images could go into; a deploy net has one, of the shape N x 3 x H x W")]
    [InlineData(
        "name: 'n' layer { name: 'i' type: 'Input' top: 'x' input_param { shape { dim: 1 dim: 5 } } }",
        "input 'x' of net 'n' has shape 1 5 (5), which is not that of images")]
    public void ANetThatTakesNoImagesIsAnError(string definition, string expected)
    {
        string model = folder.Write("other.prototxt", definition);

        CommandLine run = CommandLine.Run(
            "classify", Pixel("x.png", 1, 2, 3), "--model", model, "--weights", net[^1]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ATerminalShowsHowFarItIs()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new CommandConsole(output, error) { Live = new LiveLine(error, () => 80) };
        string image = Pixel("x.png", 1, 2, 3);

        int code = CommandLineProgram.Run(["classify", image, image, image, .. net], console);

        Assert.Equal(0, code);
        Assert.Contains("classify [                        ]   0 %", error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\r\u001b[K", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CtrlCEndsWith130()
    {
        Shell.OnLinuxOrSkip();
        await Shell.Run(folder, "mkfifo pipe");
        using CnnProcess process = CnnProcess.Start(
            folder.Path, ["classify", Pixel("x.png", 1, 2, 3), "pipe", "--batch", "1", "--gpu", "0", .. net]);

        // The warning comes when the signal is listened to already.
        await process.WaitForError("A GPU was asked for");
        process.Signal("INT");
        var (exitCode, _, error) = await process.Finish();

        Assert.Equal(130, exitCode);
        Assert.Contains("cnn: interrupted", error, StringComparison.Ordinal);
    }

    private static string[] Headings(CommandLine run) =>
    [
        .. run.Output.Split('\n').Where(line => line.StartsWith("----------", StringComparison.Ordinal))
            .Select(line => line["---------- Prediction for ".Length..^" ----------".Length]),
    ];

    private CommandLine Classify(params string[] arguments) => CommandLine.Run(["classify", .. arguments, .. net]);

    // Writes a net and its weights, of which it has none, and returns the options that name them.
    private string[] NetOf(string channels)
    {
        string model = folder.Write(
            $"net{channels}.prototxt",
            $$"""
            name: "Pixel"
            layer { name: "data" type: "Input" top: "data"
              input_param { shape { dim: 2 dim: {{channels}} dim: 1 dim: 1 } } }
            layer { name: "out" type: "Flatten" bottom: "data" top: "out" }
            """);
        string weights = Path.ChangeExtension(model, ".caffemodel");
        using Net built = Net.Load(model);
        built.SaveWeights(weights);
        return ["--model", model, "--weights", weights];
    }

    private string Pixel(string name, byte blue, byte green, byte red)
    {
        var image = new PlanarImage();
        image.SetSize(3, 1, 1);
        new[] { blue, green, red }.CopyTo(image.Pixels);
        File.WriteAllBytes(folder[name], ImageEncoder.Encode(image, Path.GetExtension(name)));
        return folder[name];
    }
}
