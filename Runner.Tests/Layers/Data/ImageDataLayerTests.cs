using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class ImageDataLayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ImagesComeInTheOrderOfTheListWithTheirLabels()
    {
        PlanarImage[] images = Write(3);
        using DataRun run = Run(Parameter(2));
        run.Pass(0);
        Assert.Equal([2, 3, 4, 5], run.Tops[0].Shape);
        Assert.Equal([2], run.Tops[1].Shape);
        Assert.Equal(ImageFiles.Floats(images[0]).Concat(ImageFiles.Floats(images[1])), run.Images);
        Assert.Equal([10, 11], run.Labels);
        run.Pass(1);
        Assert.Equal([12, 10], run.Labels);
    }

    [Fact]
    public void PathsMayHoldSpacesAndAreJoinedToTheRootAsTheyAre()
    {
        PlanarImage image = ImageFiles.Write(folder["set/part one/a b.png"], 1, 3, 2, 2);
        folder.Write("list.txt", "one/a b.png 7\r\n");
        LayerParameter parameter = Parameter(1);
        parameter.ImageDataParam.RootFolder = folder["set/part "];
        using DataRun run = Run(parameter);
        run.Pass(0);
        Assert.Equal(ImageFiles.Floats(image), run.Images);
        Assert.Equal([7], run.Labels);
    }

    [Fact]
    public void GreyAndNewSizesAreThoseOfOpenCv()
    {
        ImageFiles.Write(folder["a.png"], 1, 3, 6, 9);
        folder.Write("list.txt", $"{folder["a.png"]} 1");
        LayerParameter parameter = Parameter(1);
        (parameter.ImageDataParam.IsColor, parameter.ImageDataParam.NewHeight, parameter.ImageDataParam.NewWidth) =
            (false, 4, 5);
        using DataRun run = Run(parameter);
        run.Pass(0);

        using var decoder = new ImageDecoder();
        PlanarImage grey = new(), resized = new();
        decoder.Decode(File.ReadAllBytes(folder["a.png"]), ImageColor.Grey, grey);
        ImageResizer.Resize(grey, 4, 5, resized);
        Assert.Equal([1, 1, 4, 5], run.Tops[0].Shape);
        Assert.Equal(ImageFiles.Floats(resized), run.Images);
    }

    [Fact]
    public void ImagesOfSeveralSizesAreOneShapeAfterACrop()
    {
        Write(3, i => (4 + i, 7 - i));
        LayerParameter parameter = Parameter(3);
        parameter.TransformParam = new TransformationParameter { CropSize = 3 };
        using DataRun run = Run(parameter);
        run.Pass(0);
        Assert.Equal([3, 3, 3, 3], run.Tops[0].Shape);

        using DataRun whole = Run(Parameter(3));
        string error = Assert.Throws<CnnException>(() => whole.Pass(0)).Message;
        Assert.Contains("it makes an image of 3 x 5 x 6, the first of its batch is 3 x 4 x 7", error);
        Assert.Contains("'" + folder["1.png"] + "'", error);
    }

    [Fact]
    public void ShuffleAndRandSkipAreFunctionsOfTheSeed()
    {
        Write(20);
        LayerParameter parameter = Parameter(20);
        parameter.ImageDataParam.Shuffle = true;
        float[] first = Epoch(parameter, seed: 1, pass: 0);
        Assert.Equal(Enumerable.Range(10, 20).Select(i => (float)i), first.Order());
        Assert.Equal(first, Epoch(parameter, seed: 1, pass: 0));
        Assert.NotEqual(first, Epoch(parameter, seed: 2, pass: 0));
        Assert.NotEqual(first, Epoch(parameter, seed: 1, pass: 1));

        LayerParameter skipping = Parameter(1);
        skipping.ImageDataParam.RandSkip = 20;
        float[] starts = [.. Enumerable.Range(1, 20).Select(seed => Epoch(skipping, seed, pass: 0)[0])];
        Assert.True(starts.Distinct().Count() > 5);
        Assert.All(starts, s => Assert.InRange(s, 10, 29));
    }

    [Fact]
    public void AllMissingFilesAreNamedBeforeTheFirstPass()
    {
        Write(3);
        File.Delete(folder["0.png"]);
        File.Delete(folder["2.png"]);
        string error = SetUpError(Parameter(1));
        Assert.Contains("2 of 3 images are not there", error);
        Assert.Contains(folder["0.png"], error);
        Assert.Contains(folder["2.png"], error);

        LayerParameter lenient = Parameter(1);
        lenient.ImageDataParam.SkipBadRecords = 2;
        using DataRun run = Run(lenient);
        run.Pass(0);
        Assert.Equal([11], run.Labels);
    }

    [Fact]
    public void AFileThatDisappearsOrIsNoImageIsNamedInItsPass()
    {
        Write(4);
        LayerParameter parameter = Parameter(1);
        parameter.ImageDataParam.Prefetch = 0;
        using DataRun run = Run(parameter);
        run.Pass(0);
        File.Delete(folder["1.png"]);
        File.WriteAllText(folder["2.png"], "no image");
        string gone = Assert.Throws<CnnException>(() => run.Pass(1)).Message;
        Assert.Contains($"image 1 ('{folder["1.png"]}')", gone);
        Assert.Contains("does not exist", gone);
        Assert.Contains($"image 2 ('{folder["2.png"]}')", Assert.Throws<CnnException>(() => run.Pass(2)).Message);
        run.Pass(3);
        Assert.Equal([13], run.Labels);
    }

    [Fact]
    public void MistakesInTheDefinitionAreExplained()
    {
        Write(1);
        LayerParameter half = Parameter(1);
        half.ImageDataParam.NewHeight = 4;
        Assert.Contains("only one is given", SetUpError(half));
        LayerParameter nowhere = Parameter(1);
        nowhere.ImageDataParam.Source = folder["nowhere.txt"];
        Assert.Contains("nowhere.txt", SetUpError(nowhere));
        LayerParameter none = Parameter(1);
        none.ImageDataParam.ClearSource();
        Assert.Contains("source is missing", SetUpError(none));
        folder.Write("list.txt", "a.png\nb.png one\n");
        string lines = SetUpError(Parameter(1));
        Assert.Contains("list.txt:1:", lines);
        Assert.Contains("the line has no label", lines);
        Assert.Contains("list.txt:2:7: 'one' is no label", lines);
        folder.Write("list.txt", "\n");
        Assert.Contains("names no images", SetUpError(Parameter(1)));
    }

    private static DataRun Run(LayerParameter parameter, long seed = 1) =>
        new(context => new ImageDataLayer(context), parameter, seed: seed);

    private static float[] Epoch(LayerParameter parameter, long seed, long pass)
    {
        using DataRun run = Run(parameter, seed);
        run.Pass(pass);
        return run.Labels;
    }

    private static string SetUpError(LayerParameter parameter) =>
        Assert.Throws<CnnException>(() => Run(parameter)).Message;

    private PlanarImage[] Write(int count, Func<int, (int Height, int Width)>? size = null)
    {
        PlanarImage[] images = [.. Enumerable.Range(0, count).Select(i =>
        {
            var (height, width) = size?.Invoke(i) ?? (4, 5);
            return ImageFiles.Write(folder[$"{i}.png"], i, 3, height, width);
        })];
        folder.Write("list.txt", string.Concat(images.Select((_, i) => $"{folder[$"{i}.png"]} {10 + i}\n")));
        return images;
    }

    private LayerParameter Parameter(uint batch) => new()
    {
        Name = "data",
        Type = "ImageData",
        ImageDataParam = new ImageDataParameter { Source = folder["list.txt"], BatchSize = batch },
    };
}
