using Cnn.Engine.Runs;
using Cnn.Engine.Solvers.Recording;

namespace Cnn.Tests.Engine.Solvers.Recording;

[Trait("Category", "Unit")]
public class WorstMistakesTests
{
    [Fact]
    public void OfEquallySureOnesTheFirstAreKept()
    {
        var worst = new WorstMistakes();
        for (int i = 0; i < WorstMistakes.Most + 5; i++)
        {
            Offer(worst, 0.5, i, [i]);
        }

        Assert.Equal(Enumerable.Range(0, WorstMistakes.Most), Kept(worst).Select(m => m.Label));
    }

    [Fact]
    public void ASurerOneTakesThePlaceOfTheLast()
    {
        var worst = new WorstMistakes();
        for (int i = 0; i < WorstMistakes.Most; i++)
        {
            Offer(worst, 0.5, i, [i]);
        }

        Offer(worst, 0.75, 100, [1]);
        Offer(worst, double.NaN, 101, [1]);

        Assert.Equal(
            Enumerable.Range(0, WorstMistakes.Most - 1).Prepend(100), Kept(worst).Select(m => m.Label));
    }

    [Fact]
    public void EachHasItsOwnImageInTheNextTestToo()
    {
        var worst = new WorstMistakes();
        Offer(worst, 0.5, 0, [1, 0, 0]);
        Assert.Equal([255, 0, 0], Pictures.Decode(Kept(worst)[0].Image).Pixels.ToArray());

        worst.Clear();
        Offer(worst, 0.5, 0, [0, 1, 0]);
        Offer(worst, 0.25, 1, [0, 0, 1]);
        Assert.Equal([0, 255, 0], Pictures.Decode(Kept(worst)[0].Image).Pixels.ToArray());
        Assert.Equal([0, 0, 255], Pictures.Decode(Kept(worst)[1].Image).Pixels.ToArray());
    }

    private static void Offer(WorstMistakes worst, double confidence, int label, float[] image) =>
        worst.Offer(new FoundMistake(confidence, 0, label, label, 500, 1, 1, image.Length), image);

    private static IReadOnlyList<ClassMistake> Kept(WorstMistakes worst) =>
        worst.ToList(isRedFirst: false, areProbable: true);
}
