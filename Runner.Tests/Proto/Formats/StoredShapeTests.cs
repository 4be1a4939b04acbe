using global::Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Tests.Proto.Formats;

/// <summary>Caffe's rule for the shape of a BlobProto: Blob::ShapeEquals and Blob::FromProto.</summary>
[Trait("Category", "Unit")]
public class StoredShapeTests
{
    [Fact]
    public void AnyOldFieldMakesTheShapeTheFourOfThem()
    {
        StoredShape shape = StoredShape.Of(new BlobProto { Width = 5, Shape = new BlobShape { Dim = { 7 } } });

        Assert.True(shape.IsLegacy);
        Assert.Equal([0, 0, 0, 5], shape.Axes);
        Assert.Equal("0 0 0 5", shape.ToString());
    }

    [Fact]
    public void WithoutThemTheShapeIsTheOneThatIsWritten()
    {
        StoredShape shape = StoredShape.Of(new BlobProto { Shape = new BlobShape { Dim = { 20, 1, 5, 5 } } });

        Assert.False(shape.IsLegacy);
        Assert.Equal("20 1 5 5", shape.ToString());
        Assert.Equal(500, shape.Count);
        Assert.Empty(StoredShape.Of(new BlobProto()).Axes);
        Assert.Equal(1, StoredShape.Of(new BlobProto()).Count);
    }

    [Theory]
    [InlineData(new[] { 3, 4 }, true)]
    [InlineData(new[] { 1, 3, 4 }, true)]
    [InlineData(new[] { 1, 1, 3, 4 }, true)]
    [InlineData(new[] { 3, 4, 1 }, false)]
    [InlineData(new[] { 12 }, false)]
    [InlineData(new[] { 1, 1, 1, 3, 4 }, false)]
    public void AnOldShapeFitsWhatIsItAfterOnesOnTheLeft(int[] array, bool fits) =>
        Assert.Equal(fits, new StoredShape([1, 1, 3, 4], isLegacy: true).Fits(array));

    [Theory]
    [InlineData(new[] { 1, 1, 3, 4 }, true)]
    [InlineData(new[] { 3, 4 }, false)]
    [InlineData(new[] { 1, 1, 4, 3 }, false)]
    public void ANewShapeFitsWhatHasTheSameAxes(int[] array, bool fits) =>
        Assert.Equal(fits, new StoredShape([1, 1, 3, 4]).Fits(array));

    // HDF5 files of Caffe hold a single number with an axis of one.
    [Fact]
    public void ASingleNumberMayBeStoredWithAnAxisOfOne()
    {
        Assert.True(new StoredShape([1]).Fits([]));
        Assert.True(new StoredShape([]).Fits([]));
        Assert.True(new StoredShape([1, 1, 1, 1], isLegacy: true).Fits([]));
        Assert.False(new StoredShape([2]).Fits([]));
        Assert.False(new StoredShape([1, 1]).Fits([]));
        Assert.False(new StoredShape([]).Fits([1]));
    }

    [Fact]
    public void AxesThatAreImpossibleMakeNoCount()
    {
        Assert.Equal(-1, new StoredShape([2, -1]).Count);
        Assert.Equal(long.MaxValue, new StoredShape([long.MaxValue, 3, 5]).Count);
        Assert.Equal(0, new StoredShape([long.MaxValue, 0, 5]).Count);
    }
}
