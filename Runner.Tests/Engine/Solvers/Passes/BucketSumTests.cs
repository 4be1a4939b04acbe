using Cnn.Engine.Distributed;
using Cnn.Engine.Solvers.Passes;
using Cnn.Layers;
using Cnn.Tests.Engine.Distributed;

namespace Cnn.Tests.Engine.Solvers.Passes;

[Trait("Category", "Unit")]
public unsafe class BucketSumTests
{
    [Theory]
    [InlineData(2, 2, 1000)]
    [InlineData(4, 2, 1, 5)]
    [InlineData(6, 2, 100, 3, 4097)]
    [InlineData(6, 3, 40_000)]
    [InlineData(5, 5, 7, 8)]
    [InlineData(12, 4, 33, 1, 100)]
    [InlineData(14, 2, 3000)]
    public void EveryRankGetsTheSumInTheOrderOfTheTree(int passes, int size, params int[] lengths)
    {
        float[] expected = Expected(passes, lengths.Sum());
        float[][] found = InProcessJob.Run(size, group => Sum(group, passes, lengths));

        Assert.All(found, sum => Assert.Equal(expected, sum));
    }

    private static float[] Sum(ProcessGroup group, int passes, int[] lengths)
    {
        GradientSegment[] segments = [.. lengths.Select((length, i) => new GradientSegment(i, 0, length))];
        using var operation = new BucketSum(new GradientBucket(segments, 0), passes, group.Rank, group.Size);
        float[] sum = [];

        // Twice, as in two iterations.
        for (int iteration = 0; iteration < 2; iteration++)
        {
            Blob[] pieces = [.. Pieces(PassBlock.Of(passes, group.Rank, group.Size), lengths.Sum()).Select(AsDiff)];
            Assert.Equal(pieces.Length, operation.Pieces);
            for (int piece = 0; piece < pieces.Length; piece++)
            {
                int at = 0;
                for (int i = 0; i < lengths.Length; i++)
                {
                    operation.Set(piece, i, pieces[piece], at);
                    at += lengths[i];
                }
            }

            group.Post(operation);
            group.Await(operation);
            sum = pieces[^1].Diff.ToArray();
        }

        return sum;
    }

    private static Blob AsDiff(AlignedBuffer values)
    {
        var blob = new Blob(values.Length);
        values.Span.CopyTo(blob.Diff);
        return blob;
    }

    private static AlignedBuffer[] Pieces(PassBlock block, int count)
    {
        var stack = new PassStack(block.Passes);
        var sums = new Stack<AlignedBuffer>();
        for (int i = 0; i < block.Count; i++)
        {
            var values = new AlignedBuffer(count);
            Fill(values.Span, block.First + i);
            for (int merges = stack.Push(new PassNode(0, block.First + i)); merges > 0; merges--)
            {
                Add(values.Span, sums.Pop().Span);
            }

            sums.Push(values);
        }

        return [.. sums.Reverse()];
    }

    private static float[] Expected(int passes, int count) =>
        Assert.Single(Pieces(PassBlock.Of(passes, 0, 1), count)).Span.ToArray();

    // Values whose sum depends on the order.
    private static void Fill(Span<float> values, int pass)
    {
        var random = new Random(pass);
        foreach (ref float value in values)
        {
            value = (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(7)));
        }
    }

    private static void Add(Span<float> target, ReadOnlySpan<float> source)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] += source[i];
        }
    }
}
