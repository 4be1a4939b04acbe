using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Google.Protobuf;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class WindowDataLayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void BackgroundComesFirstAndHasLabelZero()
    {
        PlanarImage image = WriteImage();
        WriteList("1 0.9 2 1 5 4", "3 0.1 0 0 3 3");
        using DataRun run = Run(Parameter(batch: 4, crop: 4));
        run.Pass(0);
        Assert.Equal(2, run.Layer.SourceCount);
        Assert.Equal([4, 3, 4, 4], run.Tops[0].Shape);
        Assert.Equal([0, 0, 0, 1], run.Labels);
        Assert.Equal(Part(image, 0, 0, 4, 4), run.Images.Take(48));
        Assert.Equal(Part(image, 2, 1, 4, 4), run.Images.Skip(3 * 48));
    }

    [Fact]
    public void WindowsAreScaledAsOpenCvScalesThemAndFlipped()
    {
        PlanarImage image = WriteImage();
        WriteList("1 0.9 2 1 8 5", "3 0.1 2 1 8 5");
        LayerParameter parameter = Parameter(batch: 64, crop: 6);
        parameter.TransformParam.Mirror = true;
        using DataRun run = Run(parameter);
        run.Pass(0);
        PlanarImage cut = new(), scaled = new();
        cut.SetSize(3, 5, 7);
        Part(image, 2, 1, 7, 5).Select(p => (byte)p).ToArray().CopyTo(cut.Pixels);
        ImageResizer.Resize(cut, 6, 6, scaled);
        float[] plain = ImageFiles.Floats(scaled);
        float[] flipped = [.. plain.Chunk(6).SelectMany(row => row.Reverse())];
        float[][] windows = [.. run.Images.Chunk(108)];
        Assert.All(windows, w => Assert.True(w.SequenceEqual(plain) || w.SequenceEqual(flipped)));
        Assert.InRange(windows.Count(w => w.SequenceEqual(plain)), 16, 48);
    }

    [Fact]
    public void TheScaleIsTheLayersOwnAndTheMeanIsReadInTheMiddle()
    {
        PlanarImage image = WriteImage();
        WriteList("1 0.9 2 1 5 4", "3 0.1 0 0 3 3");
        var mean = new BlobProto { Num = 1, Channels = 3, Height = 8, Width = 8 };
        mean.Data.Add(Enumerable.Range(0, 192).Select(i => (float)i));
        File.WriteAllBytes(folder["mean.binaryproto"], mean.ToByteArray());
        LayerParameter parameter = Parameter(batch: 1, crop: 4);
        parameter.WindowDataParam.FgFraction = 1;
        parameter.WindowDataParam.Scale = 0.5f;
        parameter.TransformParam.MeanFile = folder["mean.binaryproto"];
        parameter.TransformParam.Scale = 100;
        using DataRun run = Run(parameter);
        run.Pass(0);
        float[] means = [.. from c in Enumerable.Range(0, 3)
                            from y in Enumerable.Range(2, 4)
                            from x in Enumerable.Range(2, 4)
                            select (float)((c * 64) + (y * 8) + x)];
        Assert.Equal(Part(image, 2, 1, 4, 4).Zip(means, (p, m) => (p - m) * 0.5f), run.Images);
    }

    [Fact]
    public void WhatLiesOutsideTheImageIsZeroAfterTheMean()
    {
        WriteImage();
        WriteList("1 0.9 0 0 3 3", "3 0.1 0 0 3 3");
        LayerParameter parameter = Parameter(batch: 1, crop: 8);
        (parameter.WindowDataParam.FgFraction, parameter.WindowDataParam.ContextPad) = (1, 2);
        parameter.TransformParam.MeanValue.Add(1000);
        using DataRun run = Run(parameter);
        run.Pass(0);
        float[] row = [.. run.Images.Take(8)], middle = [.. run.Images.Skip(4 * 8).Take(8)];
        Assert.All(row, v => Assert.Equal(0, v));
        Assert.Equal(0, middle[0]);
        Assert.All(middle.Skip(2), v => Assert.True(v < -700));
    }

    [Fact]
    public void DrawsAreAFunctionOfTheSeedAndThePassWithAnyPrefetch()
    {
        WriteImage();
        WriteList([.. Enumerable.Range(0, 20).Select(i =>
            $"{i} {(i % 2 == 0 ? 0.1 : 0.9)} {i % 5} {i % 3} {4 + (i % 5)} 5")]);
        float[] first = Pass(1, prefetch: 4, pass: 3);
        Assert.Equal(first, Pass(1, prefetch: 0, pass: 3));
        Assert.NotEqual(first, Pass(1, prefetch: 0, pass: 4));
        Assert.NotEqual(first, Pass(2, prefetch: 0, pass: 3));

        float[] Pass(long seed, uint prefetch, long pass)
        {
            LayerParameter parameter = Parameter(batch: 16, crop: 4);
            parameter.WindowDataParam.Prefetch = prefetch;
            parameter.WindowDataParam.CacheImages = prefetch > 0;
            using DataRun run = Run(parameter, seed);
            run.Pass(pass);
            return [.. run.Images, .. run.Labels];
        }
    }

    [Theory]
    [InlineData("# 0\na.png 3 9 10 1\n1 0.9 0 0 3", "3:12: the list ends where the window's lower side should be")]
    [InlineData("# 1\na.png 3 9 10 0", "1:3: the image's index is 1")]
    [InlineData("a.png", "1:1: 'a.png' stands where the next image begins")]
    [InlineData("# 0\na.png 3 9 10 1\n1 much 0 0 3 3", "3:3: the window's overlap is 'much'")]
    [InlineData("", "lists no images")]
    [InlineData("# 0\na.png 3 9 10 1\n1 0.9 0 0 3 3", "has no windows of background")]
    [InlineData("# 0\na.png 3 9 10 2\n0 0.9 0 0 3 3\n1 0.1 0 0 1 1", "the classes of objects begin at 1")]
    public void MistakesInTheListAreLocated(string list, string expected)
    {
        folder.Write("windows.txt", list);
        string error = Assert.Throws<CnnException>(() => Run(Parameter(batch: 1, crop: 4))).Message;
        Assert.Contains(expected, error);
    }

    [Fact]
    public void MistakesInTheDefinitionAreExplained()
    {
        WriteImage();
        WriteList("1 0.9 2 1 5 4", "3 0.1 0 0 3 3");
        Assert.Contains("crop_size of transform_param is 0", Error(Parameter(batch: 1, crop: 0)));
        LayerParameter context = Parameter(batch: 1, crop: 4);
        context.WindowDataParam.ContextPad = 2;
        Assert.Contains("leaves nothing of crop_size 4", Error(context));
        LayerParameter mode = Parameter(batch: 1, crop: 4);
        mode.WindowDataParam.CropMode = "round";
        Assert.Contains("crop_mode is 'round'", Error(mode));
        WriteList("1 0.9 2 1 50 4", "3 0.1 0 0 3 3");
        LayerParameter outside = Parameter(batch: 1, crop: 4);
        outside.WindowDataParam.FgFraction = 1;
        using DataRun run = Run(outside);
        Assert.Contains("lies outside the image", Assert.Throws<CnnException>(() => run.Pass(0)).Message);

        static string Error(LayerParameter parameter) => Assert.Throws<CnnException>(() => Run(parameter)).Message;
    }

    private static DataRun Run(LayerParameter parameter, long seed = 1) =>
        new(context => new WindowDataLayer(context), parameter, seed: seed);

    private static float[] Part(PlanarImage image, int x, int y, int width, int height) =>
    [
        .. from c in Enumerable.Range(0, 3)
           from row in Enumerable.Range(y, height)
           from column in Enumerable.Range(x, width)
           select (float)image.Plane(c)[(row * image.Width) + column],
    ];

    private PlanarImage WriteImage() => ImageFiles.Write(folder["a.png"], 1, 3, 9, 10);

    private void WriteList(params string[] windows) => folder.Write(
        "windows.txt", $"# 0\n{folder["a.png"]}\n3\n9\n10\n{windows.Length}\n{string.Join('\n', windows)}\n");

    private LayerParameter Parameter(uint batch, uint crop) => new()
    {
        Name = "data",
        Type = "WindowData",
        TransformParam = new TransformationParameter { CropSize = crop },
        WindowDataParam = new WindowDataParameter { Source = folder["windows.txt"], BatchSize = batch },
    };
}
