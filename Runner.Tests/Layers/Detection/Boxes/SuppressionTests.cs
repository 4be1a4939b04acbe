using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Detection.Boxes;

namespace Cnn.Tests.Layers.Detection.Boxes;

/// <summary>The boxes that the vectors leave are those that the specification leaves.</summary>
[Trait("Category", "Kernel")]
public sealed unsafe class SuppressionTests
{
    [Theory]
    [InlineData(0.3f, 1f, 0f)]
    [InlineData(0f, 1f, 0f)]
    [InlineData(0.9f, 0.95f, 0f)]
    [InlineData(0.7f, 0.5f, 0f)]
    [InlineData(0.45f, 1f, 0.01f)]
    [InlineData(1.5f, 1f, 0f)]
    public void TheVectorsLeaveWhatTheSpecificationLeaves(float threshold, float eta, float minArea)
    {
        var random = new PhiloxRandom(7);
        foreach (int count in (int[])[0, 1, 2, 15, 16, 17, 33, 400])
        {
            var boxes = new Box[count];
            for (int i = 0; i < count; i++)
            {
                float x = random.NextSingle(), y = random.NextSingle();

                // Some boxes are turned, empty, or the same as another.
                boxes[i] = i % 7 == 3 ? boxes[i / 2]
                    : new Box(x, y, x + (0.5f * random.NextSingle()) - 0.03f, y + (0.4f * random.NextSingle()));
            }

            ulong[] keys = [.. Enumerable.Range(0, count).Select(i => ScoreOrder.Key(-i, i))];
            ulong[] expected = [.. keys];
            int stay = Suppression.Reference(expected, boxes, threshold, eta, minArea);
            var scratch = new AlignedBuffer((int)Suppression.ScratchSize(count));
            scratch.Span.Fill(float.NaN);
            fixed (Box* first = boxes)
            {
                int done = Suppression.Run(keys, (float*)first, 4, threshold, eta, minArea, scratch.Pointer);
                Assert.Equal(expected[..stay], keys[..done]);
            }
        }
    }
}
