using Cnn.Layers.Data.Transform;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data.Transform;

[Trait("Category", "Unit")]
public sealed class CutoutTests
{
    private static readonly ImageShape Shape = new(2, 12, 10);
    private static readonly byte[] White = [.. Enumerable.Repeat((byte)200, Shape.Count)];

    [Fact]
    public void ASquareAroundEachPixelComesAndItsOutsideIsCutOff()
    {
        TransformPlan plan = Transforms.Plan("cutout { size: 3 }", Shape);
        var centres = new HashSet<(int, int, int)>();
        for (int i = 0; i < 4000; i++)
        {
            int[] covered = Covered(plan.Run(White, i));
            Assert.True(covered.Length is 8 or 12 or 18);
            Assert.Equal(covered[..(covered.Length / 2)], covered[(covered.Length / 2)..].Select(place => place - 120));
            centres.Add((covered[0], covered[^1], covered.Length));
        }

        Assert.Equal(12 * 10, centres.Count);
    }

    [Fact]
    public void TheFillIsTheMeanUnlessGiven()
    {
        Assert.Equal(2 * 12 * 10, Ones("mean_value: 100 scale: 0.01 cutout { size: 0 }").Count(value => value == 1));
        float[] image = Ones("mean_value: 100 scale: 0.01 cutout { size: 40 }");
        Assert.All(image, value => Assert.Equal(0, value));
        Assert.All(Ones("mean_value: 100 scale: 0.01 cutout { size: 40 fill: -0.5 }"), v => Assert.Equal(-0.5f, v));

        static float[] Ones(string text) => Transforms.Plan(text, Shape).Run(White);
    }

    [Fact]
    public void ItComesAfterTheCrop()
    {
        TransformPlan plan = Transforms.Plan("crop_size: 4 cutout { size: 8 }", Shape);
        Assert.Equal(32, plan.Output.Count);
        double covered = Enumerable.Range(0, 500).Average(i => plan.Run(White, i).Count(value => value == 0));

        // Of centres 0 to 3 the first and the last cover 4 of 4 rows, with 4 before and 3 after.
        Assert.Equal(32, covered);
    }

    [Fact]
    public void SeveralSquaresHaveSidesBetweenTheTwo()
    {
        var shape = new ImageShape(1, 60, 60);
        TransformPlan plan = Transforms.Plan("cutout { size: 6 min_size: 2 }", shape);
        byte[] white = [.. Enumerable.Repeat((byte)1, shape.Count)];
        int[] areas = [.. Enumerable.Range(0, 1000).Select(i => Covered(plan.Run(white, i)).Length)];
        foreach (int side in (int[])[2, 3, 4, 5, 6])
        {
            Assert.InRange(areas.Count(area => area == side * side), 130, 230);
        }

        TransformPlan three = Transforms.Plan("cutout { count: 3 size: 2 }", shape);
        Assert.InRange(Enumerable.Range(0, 500).Average(i => Covered(three.Run(white, i)).Length), 11.5, 12);
    }

    [Fact]
    public void AShareIsOfTheShorterSide()
    {
        TransformPlan plan = Transforms.Plan("cutout { share: 0.2 }", new ImageShape(1, 30, 20));
        byte[] white = [.. Enumerable.Repeat((byte)1, 600)];
        Assert.Equal(16, Enumerable.Range(0, 50).Max(i => Covered(plan.Run(white, i)).Length));
    }

    [Fact]
    public void AnImageIsCoveredTheSameWheneverItIsDrawn()
    {
        TransformPlan plan = Transforms.Plan("cutout { size: 3 }", Shape);
        Assert.Equal(plan.Run(White, 5), Transforms.Plan("cutout { size: 3 }", Shape).Run(White, 5));
        Assert.Equal(plan.Run(White, 5), plan.Run(Transforms.Floats(White), 5));
        Assert.NotEqual(plan.Run(White, 5), plan.Run(White, 6));
        Assert.NotEqual(plan.Run(White, 5), Transforms.Plan("cutout { size: 3 }", Shape, seed: 2).Run(White, 5));
    }

    [Fact]
    public void TestingCoversNothing() => Assert.DoesNotContain(
        0, Transforms.Plan("cutout { size: 9 }", Shape, Phase.Test).Run(White));

    [Theory]
    [InlineData("cutout", "cutout gives neither size nor share", "cutout { count: 2 }")]
    [InlineData("share", "size and share are both given in cutout", "cutout { size: 2 share: 0.5 }")]
    [InlineData("min_size", "min_size and share are both given in cutout", "cutout { min_size: 2 share: 0.5 }")]
    [InlineData("count", "count is 0", "cutout { size: 2 count: 0 }")]
    [InlineData("count", "count is 257", "cutout { size: 2 count: 257 }")]
    [InlineData("size", "size is 20000", "cutout { size: 20000 }")]
    [InlineData("min_size", "min_size is 3", "cutout { size: 2 min_size: 3 }")]
    [InlineData("share", "share is 1.5", "cutout { share: 1.5 }")]
    [InlineData("fill", "fill is NaN", "cutout { size: 2 fill: nan }")]
    public void MistakesAreExplainedWhereTheyAre(string field, string expected, string text) =>
        Transforms.AssertError(text, Shape, field, expected);

    private static int[] Covered(float[] image) => [.. Enumerable.Range(0, image.Length).Where(i => image[i] == 0)];
}
