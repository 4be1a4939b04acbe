using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class ImageFolderLayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ClassesAreNumberedInTheOrderOfTheirNames()
    {
        PlanarImage cat = ImageFiles.Write(folder["set/cat/1.png"], 1, 3, 2, 2);
        PlanarImage ant = ImageFiles.Write(folder["set/ant/deep/1.PNG"], 2, 3, 2, 2);
        PlanarImage bee = ImageFiles.Write(folder["set/bee/1.bmp"], 3, 3, 2, 2);
        folder.Write("set/bee/notes.txt", "no image");
        using DataRun run = Run(Parameter(3, Phase.Test));
        run.Pass(0);
        Assert.Equal([0, 1, 2], run.Labels);
        Assert.Equal(new[] { ant, bee, cat }.SelectMany(ImageFiles.Floats), run.Images);
    }

    [Fact]
    public void TheValidationPartIsTheSameForEverySeedOfTheRunAndTheRestIsTrainedOn()
    {
        Write(classes: 2, each: 50);
        float share = 0.2f;
        string[] validation = Names(Phase.Test, share, seed: 1), training = Names(Phase.Train, share, seed: 1);
        Assert.Equal(validation, Names(Phase.Test, share, seed: 99));
        Assert.InRange(validation.Length, 10, 30);
        Assert.Equal(100, validation.Length + training.Length);
        Assert.Empty(validation.Intersect(training));

        // An image stays in its part when others come.
        Write(classes: 2, each: 60);
        Assert.Superset(validation.ToHashSet(), Names(Phase.Test, share, seed: 1).ToHashSet());
        Assert.NotEqual(validation, Names(Phase.Test, share, seed: 1, splitSeed: 2));
    }

    [Fact]
    public void WithoutAShareBothPhasesUseAllAndTrainingShuffles()
    {
        Write(classes: 2, each: 10);
        Assert.Equal(Names(Phase.Test, 0, 1).Order(), Names(Phase.Train, 0, 1).Order());
        using DataRun test = Run(Parameter(20, Phase.Test)), train = Run(Parameter(20, Phase.Train));
        test.Pass(0);
        train.Pass(0);
        Assert.Equal(Enumerable.Repeat(0f, 10).Concat(Enumerable.Repeat(1f, 10)), test.Labels);
        Assert.NotEqual(test.Labels, train.Labels);
        Assert.Equal(test.Labels, train.Labels.Order());
    }

    [Fact]
    public void MistakesAreExplained()
    {
        Write(classes: 2, each: 2);
        LayerParameter share = Parameter(1, Phase.Train);
        share.ImageFolderParam.ValidationShare = 1;
        Assert.Contains("validation_share is 1", SetUpError(share));
        LayerParameter small = Parameter(1, Phase.Test);
        small.ImageFolderParam.ValidationShare = 1e-9f;
        Assert.Contains("none of the 4 images are in the validation part", SetUpError(small));
        LayerParameter none = Parameter(1, Phase.Train);
        none.ImageFolderParam.ClearSource();
        Assert.Contains("source is missing", SetUpError(none));
        Directory.CreateDirectory(folder["set/zebra"]);
        Assert.Contains("zebra' holds no images", SetUpError(Parameter(1, Phase.Train)));
        LayerParameter flat = Parameter(1, Phase.Train);
        flat.ImageFolderParam.Source = folder["set/class0"];
        Assert.Contains("holds no folders", SetUpError(flat));
        LayerParameter nowhere = Parameter(1, Phase.Train);
        nowhere.ImageFolderParam.Source = folder["nowhere"];
        Assert.Contains("nowhere", SetUpError(nowhere));
    }

    private static DataRun Run(LayerParameter parameter) => new(context => new ImageFolderLayer(context), parameter);

    private static string SetUpError(LayerParameter parameter) =>
        Assert.Throws<CnnException>(() => Run(parameter)).Message;

    private void Write(int classes, int each)
    {
        for (int i = 0; i < classes * each; i++)
        {
            // The first pixel numbers the image.
            PlanarImage image = ImageFiles.Random(0, 3, 1, 1);
            image.Pixels[0] = (byte)(i / classes);
            string of = folder[$"set/class{i % classes}"];
            Directory.CreateDirectory(of);
            File.WriteAllBytes(Path.Combine(of, $"{i / classes:D3}.png"), ImageEncoder.Encode(image, "png"));
        }
    }

    private string[] Names(Phase phase, float share, long seed, long splitSeed = 1)
    {
        LayerParameter parameter = Parameter(1, phase);
        parameter.ImageFolderParam.ValidationShare = share;
        parameter.ImageFolderParam.SplitSeed = splitSeed;
        parameter.ImageFolderParam.Shuffle = false;
        using var run = new DataRun(context => new ImageFolderLayer(context), parameter, seed: seed);
        List<string> names = [];
        for (int pass = 0; ; pass++)
        {
            run.Pass(pass);
            string name = $"{run.Labels[0]}/{run.Images[0]}";
            if (names.Contains(name))
            {
                return [.. names];
            }

            names.Add(name);
        }
    }

    private LayerParameter Parameter(uint batch, Phase phase) => new()
    {
        Name = "data",
        Type = "ImageFolder",
        Phase = phase,
        ImageFolderParam = new ImageFolderParameter { Source = folder["set"], BatchSize = batch },
    };
}
