using Cnn.Engine.Runs;
using CsCheck;

namespace Cnn.Tests.Engine.Runs;

[Trait("Category", "Unit")]
public class RunSeriesTests
{
    [Fact]
    public void TheFirstAndTheLastAreKeptAndTheOthersLieEvenly() => Gen.Select(Gen.Int[1, 12], Gen.Int[1, 300]).Sample(
        (capacity, count) =>
        {
            var series = new RunSeries<string>("s", capacity);
            for (int i = 0; i < count; i++)
            {
                series.Add(10 * i, $"{i}");
                Assert.Equal(10 * i, series.Items[^1].Iteration);
            }

            long[] numbers = [.. series.Items.Select(i => i.Iteration / 10)];
            Assert.All(series.Items, i => Assert.Equal($"{i.Iteration / 10}", i.Value));
            Assert.InRange(numbers.Length, 1, capacity + 1);
            Assert.Equal((0L, count - 1L), (numbers[0], numbers[^1]));
            long step = numbers.Length > 2 ? numbers[1] - numbers[0] : 1;
            Assert.All(numbers[..^1].Index(), n => Assert.Equal(n.Index * step, n.Item));
            return true;
        });

    [Fact]
    public void ARepeatedIterationReplacesWhatFollows()
    {
        var series = new RunSeries<int>("s", 4);
        for (int i = 0; i < 9; i++)
        {
            series.Add(i, i);
        }

        series.Add(5, 50);
        series.Add(6, 60);

        Assert.Equal([0L, 4, 5, 6], series.Items.Select(i => i.Iteration));
        Assert.Equal([0, 4, 50, 60], series.Items.Select(i => i.Value));
    }

    [Fact]
    public void ACopyIsOfItsOwn()
    {
        var series = new RunSeries<int>("s", 4);
        series.Add(0, 0);
        RunSeries<int> copy = series.Copy();

        series.Add(1, 1);

        Assert.Single(copy.Items);
    }
}
