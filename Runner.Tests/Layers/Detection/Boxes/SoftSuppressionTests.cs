using Cnn.Fillers;
using Cnn.Layers.Detection.Boxes;

namespace Cnn.Tests.Layers.Detection.Boxes;

/// <summary>DeepDetect's soft suppression, held against its list of scores and indices.</summary>
[Trait("Category", "Kernel")]
public sealed unsafe class SoftSuppressionTests
{
    [Theory]
    [InlineData(0.45f, 1f, 0.5f)]
    [InlineData(0.7f, 0.9f, 0.3f)]
    [InlineData(0.2f, 1f, 2f)]
    [InlineData(1.5f, 1f, 0.5f)]
    public void ItLeavesWhatTheListLeaves(float threshold, float eta, float theta)
    {
        var random = new PhiloxRandom(3);
        foreach (int count in (int[])[0, 1, 2, 17, 120])
        {
            var boxes = new Box[count];
            var scores = new float[count];
            for (int i = 0; i < count; i++)
            {
                float x = random.NextSingle(), y = random.NextSingle();
                boxes[i] = new Box(x, y, x + 0.3f, y + (0.4f * random.NextSingle()));
                scores[i] = i % 5 == 4 ? scores[i - 1] : random.NextSingle();
            }

            ulong[] keys = [.. Enumerable.Range(0, count).Select(i => ScoreOrder.Key(scores[i], i)).Order()];
            int[] expected = List(keys, boxes, threshold, eta, theta);
            ulong[] scratch = new ulong[Math.Max(1, 2 * count)];
            fixed (Box* first = boxes)
            {
                fixed (ulong* memory = scratch)
                {
                    int stay = SoftSuppression.Run(keys, (float*)first, 4, threshold, eta, theta, memory);
                    Assert.Equal(expected, keys[..stay].Select(ScoreOrder.Index));
                    Assert.Equal(expected.Select(i => scores[i]), keys[..stay].Select(ScoreOrder.Score));
                }
            }
        }
    }

    private static int[] List(ulong[] keys, Box[] boxes, float threshold, float eta, float theta)
    {
        List<(float Score, int Index)> list = [.. keys.Select(k => (ScoreOrder.Score(k), ScoreOrder.Index(k)))];
        var found = new List<int>();
        while (list.Count > 0)
        {
            var (score, index) = list[0];
            bool stays = true;
            for (int k = 0; k < found.Count && stays; k++)
            {
                float overlap = Box.Overlap(boxes[index], boxes[found[k]]);
                list.Add(((float)(score * Math.Exp(-(overlap * overlap) / theta)), index));
                list.RemoveAt(0);
                list = [.. list.OrderByDescending(entry => entry.Score)];
                stays = overlap <= threshold;
            }

            if (stays)
            {
                found.Add(index);
            }

            list.RemoveAt(0);
            if (stays && eta < 1 && threshold > 0.5f)
            {
                threshold *= eta;
            }
        }

        return [.. found];
    }
}
