using Cnn.Layers;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Tests.Layers.Kernels.Gemm;

[Trait("Category", "Kernel")]
public sealed unsafe class GemmGuardTests
{
    private readonly AlignedBuffer memory = new(400);

    [Fact]
    public void OperandsApartAreInOrder() =>
        Assert.Null(Gemm(a: 0, lda: 5, b: 100, ldb: 6, c: 200, ldc: 6));

    [Theory]
    [InlineData(0, 4, 100, 6, 200, 6, "lda is 4, less than a row of 5")]
    [InlineData(0, 5, 100, 5, 200, 6, "ldb is 5, less than a row of 6")]
    [InlineData(0, 5, 100, 6, 200, 5, "ldc is 5, less than a row of 6")]
    [InlineData(0, 5, 100, 6, 19, 6, "C lies on A")]
    [InlineData(0, 5, 100, 6, 129, 6, "C lies on B")]
    [InlineData(0, 20, 100, 6, 4, 20, "C lies on A")]
    [InlineData(10, 20, 100, 6, 5, 20, "C lies on A")]
    public void RowsThatOverlapAreFound(int a, int lda, int b, int ldb, int c, int ldc, string expected) =>
        Assert.Equal(expected, Gemm(a, lda, b, ldb, c, ldc));

    [Fact]
    public void RowsBesideEachOtherAreApart() =>
        Assert.Null(Gemm(a: 0, lda: 20, b: 100, ldb: 6, c: 5, ldc: 20));

    [Fact]
    public void ABiasThatIsMissingOrOverwrittenIsFound()
    {
        float* p = memory.Pointer;
        Assert.Equal("RowBias without a bias", Bias(null));
        Assert.Equal("C lies on the bias", Bias(p + 201));
        Assert.Null(Bias(p + 224));
        GC.KeepAlive(memory);

        string? Bias(float* bias) => GemmGuard.FaultOfGemm(
            false, false, 4, 6, 5, memory.Pointer, 5, memory.Pointer + 100, 6, memory.Pointer + 200, 6,
            GemmAddend.RowBias,
            bias);
    }

    [Fact]
    public void PanelsThatVectorsWouldStraddleAreFound()
    {
        Assert.Null(GemmGuard.FaultOfPanels(3, 4, 5, 1, memory.Pointer, 4, GemmAddend.Nothing, null));
        Assert.Contains(
            "whole vector", GemmGuard.FaultOfPanels(3, 4, 5, 1, memory.Pointer + 1, 4, GemmAddend.Nothing, null));
        Assert.Contains(
            "a tile at most", GemmGuard.FaultOfPanels(3, 4, 5, 99, memory.Pointer, 4, GemmAddend.Nothing, null));
        GC.KeepAlive(memory);
    }

    [Fact]
    public void AConvolutionsResultOnItsImagesIsFound()
    {
        float* p = memory.Pointer;
        Assert.Null(GemmGuard.FaultOfResult(2, p, 50, p + 50, 10, null, 10));
        Assert.Contains("first operand", GemmGuard.FaultOfResult(2, p, 51, p + 50, 10, null, 10));
        Assert.Contains("second operand", GemmGuard.FaultOfResult(2, p, 51, null, 10, p + 50, 10));
        Assert.Contains("images is -1", GemmGuard.FaultOfResult(-1, p, 51, null, 10, null, 10));
        GC.KeepAlive(memory);
    }

    // 4 x 5 by 5 x 6.
    private string? Gemm(int a, int lda, int b, int ldb, int c, int ldc) => GemmGuard.FaultOfGemm(
        false, false, 4, 6, 5, memory.Pointer + a, lda, memory.Pointer + b, ldb, memory.Pointer + c, ldc,
        GemmAddend.Nothing, null);
}
