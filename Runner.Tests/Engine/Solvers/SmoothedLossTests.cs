using Cnn.Engine.Solvers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers;

[Trait("Category", "Unit")]
public class SmoothedLossTests
{
    [Fact]
    public void TheValueIsTheMeanOfTheLastLosses()
    {
        var smoothed = new SmoothedLoss(3);
        float[] values = [.. new float[] { 6, 4, 2, 0, 7 }.Select(loss =>
        {
            smoothed.Add(loss);
            return smoothed.Value;
        })];
        Assert.Equal([6, 5, 4, 2, 3], values, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void ASnapshotKeepsTheWindow(int before)
    {
        float[] losses = [6, 4, 2, 0, 7, 1, 9, 3];
        var straight = new SmoothedLoss(3);
        var first = new SmoothedLoss(3);
        foreach (float loss in losses[..before])
        {
            straight.Add(loss);
            first.Add(loss);
        }

        var state = new PlateauState();
        first.Save(state);
        var resumed = new SmoothedLoss(3);
        resumed.Restore(state);

        Assert.Equal(Math.Min(before, 3), state.Loss.Count);
        Assert.Equal(straight.Value, resumed.Value);
        foreach (float loss in losses[before..])
        {
            straight.Add(loss);
            resumed.Add(loss);
            Assert.Equal(straight.Value, resumed.Value);
        }
    }

    [Fact]
    public void ASnapshotOfAnotherWindowIsNotTaken()
    {
        var first = new SmoothedLoss(2);
        Array.ForEach([1, 2, 3], loss => first.Add(loss));
        var state = new PlateauState();
        first.Save(state);
        var resumed = new SmoothedLoss(3);

        resumed.Restore(state);
        resumed.Add(8);

        Assert.Equal(8, resumed.Value);
    }
}
