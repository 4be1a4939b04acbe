using Cnn.Engine.Solvers;

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
}
