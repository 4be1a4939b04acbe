using Cnn.Layers.Detection.Boxes;

namespace Cnn.Tests.Layers.Detection.Boxes;

[Trait("Category", "Unit")]
public class BoxTests
{
    private static readonly Box Left = new(0, 0, 0.5f, 1);
    private static readonly Box Middle = new(0.25f, 0, 0.75f, 1);
    private static readonly Box Right = new(0.5f, 0, 1, 1);
    private static readonly Box Turned = new(0.6f, 0.2f, 0.4f, 0.8f);

    [Fact]
    public void TheOverlapIsIntersectionOverUnion()
    {
        Assert.Equal(1f / 3, Box.Overlap(Left, Middle), 1e-6f);
        Assert.Equal(1, Box.Overlap(Left, Left));
        Assert.Equal(0, Box.Overlap(Left, Right));
        Assert.Equal(0, Box.Overlap(Turned, Middle));
        Assert.Equal(0, Box.Overlap(new Box(0.5f, 0, 0.5f, 1), Middle));
    }

    [Fact]
    public void InPixelsBothSidesAreCovered()
    {
        Assert.Equal(6, new Box(1, 1, 3, 2).Pixels);
        Assert.Equal(0, new Box(3, 1, 1, 2).Pixels);

        // Two columns of three are common of 2 x 3 and 2 x 3 pixels.
        Assert.Equal(3f / 9, Box.OverlapOfPixels(new Box(0, 0, 1, 2), new Box(1, 0, 2, 2)), 1e-6f);
        Assert.Equal(0, Box.OverlapOfPixels(new Box(0, 0, 1, 2), new Box(1.5f, 0, 2, 2)));
    }

    [Fact]
    public void ATurnedBoxHasNoArea()
    {
        Assert.Equal(0, Turned.Area);
        Assert.Equal(0.5f, Left.Area);
    }

    [Fact]
    public void CoverageIsAShareOfTheFirstBox()
    {
        Assert.Equal(0.5f, Box.Coverage(Left, Middle));
        Assert.Equal(0.25f, Box.Coverage(new Box(0, 0, 1, 1), new Box(0, 0, 0.5f, 0.5f)));
        Assert.Equal(0, Box.Coverage(new Box(0, 0, 0.1f, 0.1f), Right));
    }

    [Fact]
    public void ClippingCutsEachSide()
    {
        var box = new Box(-1, 0.5f, 2, 1.5f);
        Assert.True(box.ReachesOutside);
        Assert.Equal(new Box(0, 0.5f, 1, 1), box.Clipped);
        Assert.False(box.Clipped.ReachesOutside);
    }
}
