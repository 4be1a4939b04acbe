using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Layers;

[Trait("Category", "Unit")]
public class BlobTests
{
    [Fact]
    public void ANewBlobIsEmpty()
    {
        var blob = new Blob();

        Assert.Equal([0], blob.Shape.ToArray());
        Assert.Equal(0, blob.Count);
        Assert.Equal(0, blob.Data.Length);
        Assert.Equal(0, blob.Diff.Length);
    }

    [Fact]
    public void ABlobWithoutAxesIsAScalar()
    {
        var blob = new Blob([]);

        Assert.Equal(0, blob.AxisCount);
        Assert.Equal(1, blob.Count);
        Assert.Equal("(1)", blob.ShapeText);
        Assert.Equal([0f], blob.Data.ToArray());
    }

    [Fact]
    public void ValuesAndGradientAreZeroAtFirstAndApart()
    {
        var blob = new Blob(2, 3);
        Assert.False(blob.HasDiff);

        blob.Data.Fill(5);

        Assert.False(blob.HasDiff);
        Assert.Equal(new float[6], blob.Diff.ToArray());
        Assert.True(blob.HasDiff);
        Assert.Equal([5, 5, 5, 5, 5, 5], blob.Data.ToArray());
    }

    [Theory]
    [InlineData(new[] { 64, 1, 28, 28 }, "64 1 28 28 (50176)")]
    [InlineData(new[] { 3 }, "3 (3)")]
    [InlineData(new[] { 2, 0, 5 }, "2 0 5 (0)")]
    public void TheShapeIsPrintedAsCaffePrintsIt(int[] shape, string text) =>
        Assert.Equal(text, new Blob(shape).ShapeText);

    [Fact]
    public void AxesCountFromTheEndToo()
    {
        var blob = new Blob(2, 3, 5, 7);

        Assert.Equal([2, 3, 5, 7], [blob.Dim(0), blob.Dim(1), blob.Dim(2), blob.Dim(3)]);
        Assert.Equal([2, 3, 5, 7], [blob.Dim(-4), blob.Dim(-3), blob.Dim(-2), blob.Dim(-1)]);
    }

    [Theory]
    [InlineData(0, 4, 210)]
    [InlineData(1, 3, 15)]
    [InlineData(2, 2, 1)]
    [InlineData(4, 4, 1)]
    [InlineData(2, int.MaxValue, 35)]
    public void ACountOfAxesIsTheProductOfTheirDimensions(int start, int end, int count) =>
        Assert.Equal(count, new Blob(2, 3, 5, 7).CountOf(start, end));

    [Fact]
    public void TheOldFourAxesAreOneWhereABlobHasFewer()
    {
        var blob = new Blob(6, 4);

        Assert.Equal([6, 4, 1, 1], [blob.LegacyDim(0), blob.LegacyDim(1), blob.LegacyDim(2), blob.LegacyDim(3)]);
    }

    [Fact]
    public unsafe void ShrinkingAndGrowingBackKeepsMemoryAndValues()
    {
        var blob = new Blob(4, 5);
        for (int i = 0; i < blob.Count; i++)
        {
            blob.Data[i] = i;
        }

        float* first = blob.DataPointer;
        blob.Reshape(2, 3);
        Assert.Equal([0, 1, 2, 3, 4, 5], blob.Data.ToArray());
        blob.Reshape(5, 4);

        Assert.True(first == blob.DataPointer);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (float)i), blob.Data.ToArray());
        Assert.Equal([5, 4], blob.Shape.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public unsafe void MemoryIsAlignedTo64Bytes(int count)
    {
        var blob = new Blob(count);

        Assert.Equal(0, (nint)blob.DataPointer % 64);
        Assert.Equal(0, (nint)blob.DiffPointer % 64);
    }

    [Fact]
    public void AClearedGradientReadsZero()
    {
        var blob = new Blob(2, 2);
        blob.Diff.Fill(3);

        blob.ClearDiff();

        Assert.Equal(new float[4], blob.Diff.ToArray());
        blob.Diff[1] = 2;
        Assert.Equal([0, 2, 0, 0], blob.Diff.ToArray());
    }

    [Fact]
    public void AClearedGradientIsZeroWhereItGrewToo()
    {
        var blob = new Blob(2);
        blob.Diff.Fill(3);
        blob.ClearDiff();

        blob.Reshape(100);

        Assert.Equal(new float[100], blob.Diff.ToArray());
    }

    [Fact]
    public unsafe void AKernelThatAddsIsToldOfAClearedGradientOnce()
    {
        var blob = new Blob(3);
        blob.Diff.Fill(3);
        blob.ClearDiff();

        blob.SumOfDiff(out bool isZero);
        Assert.True(isZero);
        blob.SumOfDiff(out isZero);
        Assert.False(isZero);
    }

    [Fact]
    public void WhatIsSharedIsSharedAfterTheOwnerGrew()
    {
        var owner = new Blob(2, 3);
        var sharer = new Blob(6);
        sharer.ShareData(owner);
        sharer.ShareDiff(owner);
        owner.Reshape(1000);
        sharer.Reshape(1000);

        owner.Data[999] = 4;
        sharer.Diff[998] = 5;

        Assert.True(sharer.SharesDataWith(owner));
        Assert.Equal(4, sharer.Data[999]);
        Assert.Equal(5, owner.Diff[998]);
    }

    [Fact]
    public void ValuesMayBeSharedWithoutTheGradient()
    {
        var owner = new Blob(3);
        var sharer = new Blob(3);
        sharer.ShareData(owner);

        owner.Diff.Fill(1);

        Assert.Equal(new float[3], sharer.Diff.ToArray());
    }

    [Fact]
    public void OnlyBlobsOfOneCountShare()
    {
        var error = Assert.Throws<ArgumentException>(() => new Blob(2, 3).ShareData(new Blob(7)));

        Assert.Contains("7 (7)", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 3 (6)", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Blob(2, 3).ShareDiff(new Blob(7)));
    }

    [Fact]
    public void BlobsHaveOneShapeWhereAllAxesAgree()
    {
        var blob = new Blob(2, 3);

        Assert.True(blob.HasShapeOf(new Blob(2, 3)));
        Assert.False(blob.HasShapeOf(new Blob(3, 2)));
        Assert.False(blob.HasShapeOf(new Blob(2, 3, 1)));
        var like = new Blob();
        like.ReshapeLike(blob);
        Assert.True(like.HasShapeOf(blob));
    }

    [Theory]
    [InlineData(new[] { 2, -1 }, "not -1")]
    [InlineData(new[] { 65536, 65536 }, "65536 x 65536")]
    [InlineData(new[] { int.MaxValue, int.MaxValue, int.MaxValue }, "values")]
    public void AShapeThatNoBlobHasIsRefusedAndTheBlobStaysAsItWas(int[] shape, string named)
    {
        var blob = new Blob(2, 3);
        blob.Data[5] = 1;

        var error = Assert.Throws<CnnException>(() => blob.Reshape(shape));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal([2, 3], blob.Shape.ToArray());
        Assert.Equal(1, blob.Data[5]);
    }

    [Fact]
    public void ABlobHas32AxesAtMost()
    {
        Assert.Equal(32, new Blob([.. Enumerable.Repeat(1, 32)]).AxisCount);
        Assert.Throws<CnnException>(() => new Blob([.. Enumerable.Repeat(1, 33)]));
    }
}
