using Cnn.Fillers;
using Cnn.Layers.Detection.Boxes;

namespace Cnn.Tests.Layers.Detection.Boxes;

[Trait("Category", "Unit")]
public class ScoreOrderTests
{
    [Fact]
    public void KeysSortByDescendingScoreThenByIndex()
    {
        float[] scores =
        [
            0.5f, -0f, float.PositiveInfinity, 0, -2, 0.5f, float.MaxValue, -float.Epsilon,
            float.NegativeInfinity, 1e-9f,
        ];
        ulong[] keys = [.. scores.Select((score, i) => ScoreOrder.Key(score, i))];
        int[] expected = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i)];
        Assert.Equal(expected, keys.Order().Select(ScoreOrder.Index));
        Assert.All(keys, key => Assert.Equal(scores[ScoreOrder.Index(key)], ScoreOrder.Score(key)));
    }

    [Fact]
    public void TheFirstOfManyAreSortedToTheFront()
    {
        var random = new PhiloxRandom(3);
        foreach (int count in (int[])[0, 1, 2, 3, 10, 100, 1000])
        {
            for (int kind = 0; kind < 3; kind++)
            {
                ulong[] keys = [.. Enumerable.Range(0, count).Select(i => ScoreOrder.Key(
                    kind == 0 ? random.NextSingle() : kind == 1 ? i : random.Next(3), i))];
                ulong[] sorted = [.. keys.Order()];
                foreach (int first in (int[])[0, 1, count / 3, count - 1, count, count + 5])
                {
                    ulong[] copy = [.. keys];
                    int done = ScoreOrder.SortFirst(copy, Math.Max(0, first));
                    Assert.Equal(Math.Clamp(first, 0, count), done);
                    Assert.Equal(sorted[..done], copy[..done]);
                    Assert.Equal(sorted, copy.Order());
                }
            }
        }
    }
}
