using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Layers;

[Trait("Category", "Unit")]
public class BlobCountTests
{
    [Fact]
    public void TheCountOfSomeAxesIsTheirProduct()
    {
        var blob = new Blob(2, 3, 4, 5);
        Assert.Equal(120, blob.CountOf(0));
        Assert.Equal(12, blob.CountOf(1, 3));
        Assert.Equal(1, blob.CountOf(2, 2));
        Assert.Equal(1, blob.CountOf(4));
        Assert.Equal(0, new Blob(3, 0, 5).CountOf(0));
    }

    [Fact]
    public void ACountThatDoesNotFitIsAnErrorThoughTheBlobIsEmpty()
    {
        var blob = new Blob(0, 65_536, 65_536, 3);
        Assert.Equal(0, blob.Count);
        var error = Assert.Throws<CnnException>(() => blob.CountOf(1));
        Assert.Equal("dimensions 1 to 3 of a blob of 0 x 65536 x 65536 x 3 make 2^31 values or more", error.Message);
        Assert.Equal(0, new Blob(0, 65_536, 65_536, 0).CountOf(1));
    }
}
