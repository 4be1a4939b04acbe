using Cnn.Campaigns.References;

namespace Cnn.Tests.Campaigns.References;

public sealed class RoundingTests
{
    private const double Near = 0.5 + 1e-7;

    [Fact]
    [Trait("Category", "Unit")]
    public void ValuesThatAreNearEachOtherAreNotCompared()
    {
        Assert.True(Rounding.IsAbove(0.51, 0.5));
        Assert.False(Rounding.IsAbove(0.5, 0.51));
        Assert.Throws<UndecidedException>(() => Rounding.IsAbove(Near, 0.5));
        Assert.Throws<UndecidedException>(() => Rounding.IsAbove(0.5, 0.5));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void EqualValuesAreAtLeastEachOther()
    {
        Assert.True(Rounding.IsAtLeast(0.5, 0.5));
        Assert.Throws<UndecidedException>(() => Rounding.IsAtLeast(0.5, Near));
    }

    [Theory]
    [InlineData(1.5, 1)]
    [InlineData(1.6, 1)]
    [InlineData(2, 2)]
    [InlineData(-0.5, 0)]
    [InlineData(7.3, 3)]
    [Trait("Category", "Unit")]
    public void APlaceIsInACellOrAtTheEdge(double place, int cell) => Assert.Equal(cell, Rounding.Cell(place, 4));

    [Fact]
    [Trait("Category", "Unit")]
    public void APlaceAtABorderIsInNoCell() =>
        Assert.Throws<UndecidedException>(() => Rounding.Cell(2 - 1e-7, 4));

    [Fact]
    [Trait("Category", "Unit")]
    public void TheFirstOfEqualValuesIsTheLargest()
    {
        (string Name, double Key)[] values = [("a", 0.2), ("b", 0.5), ("c", 0.5), ("d", 0.1)];
        Assert.Equal("b", Rounding.Largest(values.Select(v => v.Name), Key));
        Assert.Null(Rounding.Largest(Array.Empty<string>(), Key));

        values[2].Key = Near;
        Assert.Throws<UndecidedException>(() => Rounding.Largest(values.Select(v => v.Name), Key));

        double Key(string name) => values.First(v => v.Name == name).Key;
    }
}
