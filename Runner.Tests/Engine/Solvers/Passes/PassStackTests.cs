using Cnn.Engine.Solvers.Passes;

namespace Cnn.Tests.Engine.Solvers.Passes;

[Trait("Category", "Unit")]
public class PassStackTests
{
    [Theory]
    [InlineData(1, "0")]
    [InlineData(2, "(0+1)")]
    [InlineData(3, "((0+1)+2)")]
    [InlineData(4, "((0+1)+(2+3))")]
    [InlineData(6, "(((0+1)+(2+3))+(4+5))")]
    [InlineData(7, "(((0+1)+(2+3))+((4+5)+6))")]
    [InlineData(8, "(((0+1)+(2+3))+((4+5)+(6+7)))")]
    public void PassesAreAddedInATree(int passes, string expected)
    {
        var stack = new PassStack(passes);
        var sums = new Stack<string>();
        for (int pass = 0; pass < passes; pass++)
        {
            Add(sums, $"{pass}", stack.Push(new PassNode(0, pass)));
        }

        Assert.Equal(expected, Assert.Single(sums));
        Assert.Single(stack.Waiting);
    }

    [Fact]
    public void TheTreeIsTheSameHoweverThePassesAreSharedOut()
    {
        for (int passes = 1; passes <= 24; passes++)
        {
            string alone = Sum(passes, 1);
            Assert.All(
                Enumerable.Range(1, passes).Where(p => passes % p == 0), p => Assert.Equal(alone, Sum(passes, p)));
        }
    }

    [Fact]
    public void LogarithmicallyManySumsWait()
    {
        var stack = new PassStack(64);
        for (int pass = 0; pass < 64; pass++)
        {
            stack.Push(new PassNode(0, pass));
            Assert.InRange(stack.Waiting.Count, 1, 6);
        }
    }

    [Fact]
    public void TheRootHasTheLastPasses()
    {
        PassBlock[] blocks = [.. Enumerable.Range(0, 3).Select(rank => PassBlock.Of(6, rank, 3))];

        Assert.Equal([4, 2, 0], blocks.Select(b => b.First));
        Assert.All(blocks, b => Assert.Equal(2, b.Count));
    }

    // Each process adds its own passes first, then the owner of a slice adds what is left.
    private static string Sum(int passes, int size)
    {
        var total = new PassStack(passes);
        var sums = new Stack<string>();
        for (int rank = size - 1; rank >= 0; rank--)
        {
            var block = PassBlock.Of(passes, rank, size);
            var stack = new PassStack(passes);
            var local = new Stack<string>();
            for (int i = 0; i < block.Count; i++)
            {
                Add(local, $"{block.First + i}", stack.Push(new PassNode(0, block.First + i)));
            }

            Assert.Equal(stack.Waiting, block.Sums());
            foreach (var (node, text) in stack.Waiting.Zip(local.Reverse()))
            {
                Add(sums, text, total.Push(node));
            }
        }

        return Assert.Single(sums);
    }

    private static void Add(Stack<string> sums, string text, int merges)
    {
        for (; merges > 0; merges--)
        {
            text = $"({sums.Pop()}+{text})";
        }

        sums.Push(text);
    }
}
