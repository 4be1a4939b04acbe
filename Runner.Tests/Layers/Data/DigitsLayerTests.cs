using Cnn.Layers.Data;
using Cnn.Layers.Data.Digits;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data;

[Trait("Category", "Unit")]
public sealed class DigitsLayerTests
{
    [Fact]
    public void ABatchIsThePartOfTheStreamThatThePassSays()
    {
        using var run = new DataRun(context => new DigitsLayer(context), Parameter(8, first: 1000));
        run.Pass(3);
        Assert.Equal([8, 1, 28, 28], run.Tops[0].Shape);
        var expected = new byte[784];
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(run.Labels[i], DigitRenderer.Draw(DigitRenderer.Key(5), (ulong)(1024 + i), expected));
            Assert.Equal(expected.Select(value => value * 0.00390625f), run.Images.Skip(784 * i).Take(784));
        }
    }

    [Fact]
    public void AnEpochStartsAgain()
    {
        using var run = new DataRun(context => new DigitsLayer(context), Parameter(8, count: 6));
        run.Pass(0);
        Assert.Equal(run.Labels[..2], run.Labels[6..]);
        Assert.Equal(run.Images[..1568], run.Images[(6 * 784)..]);
    }

    [Fact]
    public void AnyNumberOfThreadsDrawsTheSame()
    {
        using var one = new DataRun(context => new DigitsLayer(context), Parameter(50), threads: 1);
        using var three = new DataRun(context => new DigitsLayer(context), Parameter(50), threads: 3);
        one.Pass(1);
        three.Pass(1);
        Assert.Equal(one.Images, three.Images);
        Assert.Equal(one.Labels, three.Labels);
    }

    [Fact]
    public void ASteadyPassAllocatesNothing()
    {
        using var run = new DataRun(context => new DigitsLayer(context), Parameter(8), threads: 1);
        int pass = 0;
        Assert.Equal(0, Allocations.OnThisThread(() => run.Pass(pass++)));
    }

    [Fact]
    public void ABatchSizeIsNeeded() => Assert.Contains(
        "batch_size", Assert.Throws<CnnException>(() => new DataRun(c => new DigitsLayer(c), Parameter(0))).Message);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(4, 3)]
    public void ACanvasHasBoxesOfTheBatch(int prefetch, int threads)
    {
        LayerParameter parameter = OfCanvas(4, DigitCanvasParameter.Types.Target.Boxes);
        parameter.DigitsParam.Prefetch = (uint)prefetch;
        using var run = new DataRun(context => new DigitsLayer(context), parameter, threads);
        var canvas = new DigitCanvas(parameter.DigitsParam.Canvas, 5);
        run.Pass(1);
        run.Pass(2);
        Assert.Equal([4, 1, 64, 80], run.Tops[0].Shape);
        float[] labels = run.Labels;
        for (int i = 0; i < 4; i++)
        {
            canvas.Draw((ulong)(8 + i));
            Assert.Equal(
                canvas.Image.Pixels.ToArray().Select(value => value * 0.00390625f),
                run.Images.Skip(64 * 80 * i).Take(64 * 80));
            foreach (var item in canvas.Objects)
            {
                Assert.Equal(
                    [
                        i, item.Group, item.Instance,
                        item.Box.XMin, item.Box.YMin, item.Box.XMax, item.Box.YMax, 0,
                    ],
                    labels[..8]);
                labels = labels[8..];
            }
        }

        Assert.Empty(labels);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(4, 3)]
    public void ACanvasHasTheClassesOfItsPixels(int prefetch, int threads)
    {
        LayerParameter parameter = OfCanvas(4, DigitCanvasParameter.Types.Target.Classes);
        parameter.DigitsParam.Prefetch = (uint)prefetch;
        using var run = new DataRun(context => new DigitsLayer(context), parameter, threads);
        var canvas = new DigitCanvas(parameter.DigitsParam.Canvas, 5);
        run.Pass(1);
        run.Pass(2);
        Assert.Equal([4, 1, 64, 80], run.Tops[1].Shape);
        for (int i = 0; i < 4; i++)
        {
            canvas.Draw((ulong)(8 + i));
            Assert.Equal(
                canvas.Classes.ToArray().Select(value => (float)value), run.Labels.Skip(64 * 80 * i).Take(64 * 80));
        }
    }

    [Fact]
    public void ASteadyPassOfACanvasAllocatesNothing()
    {
        using var run = new DataRun(
            context => new DigitsLayer(context), OfCanvas(8, DigitCanvasParameter.Types.Target.Classes), threads: 1);
        int pass = 0;
        Assert.Equal(0, Allocations.OnThisThread(() => run.Pass(pass++)));
    }

    [Theory]
    [InlineData("height: 5000", "height is 5000")]
    [InlineData("width: 7", "width is 7")]
    [InlineData("height: 40", "max_size is 48")]
    [InlineData("min_size: 60", "min_size is 60")]
    [InlineData("max_digits: 0", "max_digits is 0")]
    [InlineData("min_digits: 6", "min_digits is 6")]
    public void ImpossibleSizesAreNamed(string canvas, string expected) =>
        Assert.Contains(expected, ErrorOf($"canvas {{ {canvas} }}", ""), StringComparison.Ordinal);

    [Theory]
    [InlineData("mirror: true")]
    [InlineData("crop_size: 8")]
    [InlineData("crop_h: 8 crop_w: 8")]
    [InlineData("pad: 1")]
    [InlineData("distortion { rotation: 5 }")]
    [InlineData("random_resized_crop { size: 12 }")]
    [InlineData("resize_param { height: 30 width: 30 }")]
    public void WhatMovesPixelsIsRefused(string transform) => Assert.Contains(
        $"{transform[..transform.IndexOfAny([' ', ':'])]} moves pixels and not what 'label' tells of them",
        ErrorOf("canvas { }", transform),
        StringComparison.Ordinal);

    private static string ErrorOf(string options, string transform)
    {
        LayerParameter parameter = TextFormat.Parse<LayerParameter>(
            $"name: 'data' type: 'Digits' top: 'data' top: 'label' transform_param {{ {transform} }} "
            + $"digits_param {{ batch_size: 2 {options} }}",
            "net.prototxt");
        return Assert.Throws<CnnException>(() => new DataRun(c => new DigitsLayer(c), parameter).Dispose()).Message;
    }

    private static LayerParameter OfCanvas(uint batch, DigitCanvasParameter.Types.Target target)
    {
        LayerParameter parameter = Parameter(batch);
        parameter.DigitsParam.Canvas = new DigitCanvasParameter { Height = 64, Width = 80, Target = target };
        return parameter;
    }

    private static LayerParameter Parameter(uint batch, ulong first = 0, ulong count = 0) => new()
    {
        Name = "data",
        Type = "Digits",
        DigitsParam = new DigitsParameter { BatchSize = batch, Seed = 5, First = first, Count = count },
        TransformParam = new TransformationParameter { Scale = 0.00390625f },
    };
}
