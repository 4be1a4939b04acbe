using Cnn.Engine.Graph;
using Cnn.Engine.Inspection;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Engine.Inspection;

[Trait("Category", "Unit")]
public sealed class FilterSheetTests
{
    [Fact]
    public void ZeroIsTheMiddleGreyAndTheLargestWeightOfAFilterIsWhiteOrBlack()
    {
        TileSheet sheet = FilterSheet.Tiles(Filled([2, 1, 1, 2], 0, 2, -8, 4));

        Assert.Equal((2, 2, 2, 1), (sheet.Count, sheet.Total, sheet.TileWidth, sheet.TileHeight));
        Assert.Equal([128, 255], sheet.Tile(0)[..2].ToArray());
        Assert.Equal([0, 191], sheet.Tile(1)[..2].ToArray());
        Assert.Equal((-8, 8), (sheet.Least, sheet.Greatest));
    }

    [Fact]
    public void AFilterOverThreeChannelsIsOneTileInColour()
    {
        TileSheet sheet = FilterSheet.Tiles(Filled([1, 3, 1, 2], 1, 0, 0, -1, 0.5f, 0));

        Assert.Equal(1, sheet.Count);
        Assert.Equal([255, 128, 128, 0, 191, 128], sheet.Tile(0).ToArray());
    }

    [Fact]
    public void OfOtherChannelsEachHasATileAndAFilterIsARowInOneScale()
    {
        TileSheet sheet = FilterSheet.Tiles(Filled([2, 2, 1, 2], 1, 0, 2, 0, 0, 3, 0, -3));

        Assert.Equal((4, 2, 2), (sheet.Count, sheet.Columns, sheet.Rows));
        Assert.Equal(191, sheet.Tile(0)[0]);
        Assert.Equal(255, sheet.Tile(1)[0]);
        Assert.Equal(0, sheet.Tile(3)[1]);
    }

    [Theory]
    [InlineData(0, 128)]
    [InlineData(3, 255)]
    [InlineData(-3, 0)]
    [InlineData(float.NaN, 128)]
    public void ConstantWeightsHaveOneColour(float weight, byte level)
    {
        TileSheet sheet = FilterSheet.Tiles(Filled([1, 1, 2, 2], weight, weight, weight, weight));

        Assert.All(sheet.Tile(0).ToArray(), value => Assert.Equal(level, value));
    }

    [Fact]
    public void InfiniteWeightsAreAtTheEndsAndDoNotHideTheOthers()
    {
        TileSheet sheet = FilterSheet.Tiles(
            Filled([1, 1, 1, 4], float.PositiveInfinity, float.NegativeInfinity, 1, -1));

        Assert.Equal([255, 0, 255, 0], sheet.Tile(0)[..4].ToArray());
    }

    [Fact]
    public void TheFirstFiltersAndChannelsAreShownWhereThereAreTooMany()
    {
        TileSheet sheet = FilterSheet.Tiles(new Blob(50, 20, 5, 5), most: 16);

        Assert.Equal((16, 4, 1000), (sheet.Count, sheet.Columns, sheet.Total));
    }

    [Fact]
    public void TheImageHasTransparentGapsBetweenEnlargedTiles()
    {
        PlanarImage image = FilterSheet.Tiles(Filled([2, 1, 1, 2], 0, 2, -8, 4)).ToImage(scale: 2, gap: 1);

        Assert.Equal((4, 5, 4), (image.Channels, image.Height, image.Width));
        Assert.Equal([128, 128, 255, 255, 0, 0, 0, 0, 0, 0, 191, 191], image.Plane(0)[4..16].ToArray());
        Assert.Equal([255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255], image.Plane(3)[4..16].ToArray());
    }

    [Fact]
    public void AnImageIsLargeEnoughToBeLookedAt()
    {
        PlanarImage image = FilterSheet.Of(new Blob(20, 1, 5, 5));

        Assert.InRange(Math.Max(image.Width, image.Height), 300, 600);
    }

    [Theory]
    [InlineData(500, 800)]
    [InlineData(64, 64, 1, 1)]
    [InlineData(0, 3, 3, 3)]
    public void WeightsThatAreNoFiltersAreRefused(params int[] shape)
    {
        var weights = new Blob(shape);

        Assert.False(FilterSheet.Fits(weights));
        Assert.EndsWith(
            "are no filters; those of a convolution are: outputs x channels x height x width, larger than 1 x 1",
            Assert.Throws<CnnException>(() => FilterSheet.Of(weights)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AnInnerProductOnImagesHasFiltersOfTheirShape()
    {
        using Net net = SmallNet.Build(
            """
            layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 3 } }
            layer { name: "relu" type: "ReLU" bottom: "ip" top: "ip" }
            """);

        Blob filters = FilterSheet.FiltersOf(net.FindLayer("ip"));

        Assert.Equal([3, 1, 4, 4], filters.Shape.ToArray());
        Assert.True(filters.SharesDataWith(net.FindLayer("ip").Parameters[0]));
        Assert.StartsWith(
            "layer 'relu' (ReLU) has no filters to show: it has no weights",
            Assert.Throws<CnnException>(() => FilterSheet.FiltersOf(net.FindLayer("relu"))).Message,
            StringComparison.Ordinal);
    }

    private static Blob Filled(int[] shape, params float[] values)
    {
        var blob = new Blob(shape);
        values.CopyTo(blob.Data);
        return blob;
    }
}
