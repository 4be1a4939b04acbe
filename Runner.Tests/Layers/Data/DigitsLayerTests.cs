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

    private static LayerParameter Parameter(uint batch, ulong first = 0, ulong count = 0) => new()
    {
        Name = "data",
        Type = "Digits",
        DigitsParam = new DigitsParameter { BatchSize = batch, Seed = 5, First = first, Count = count },
        TransformParam = new TransformationParameter { Scale = 0.00390625f },
    };
}
