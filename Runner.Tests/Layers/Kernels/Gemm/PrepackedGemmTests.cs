using Cnn.Layers;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Gemm;

[Trait("Category", "Kernel")]
public unsafe class PrepackedGemmTests
{
    private static readonly int[] Sizes = [1, 2, 3, 5, 13, 16, 17, 31, 33, 64];

    [Fact]
    public void AgreesWithTheReferenceOnEdgeSizes()
    {
        ulong seed = 1;
        foreach (int m in Sizes)
        {
            foreach (int n in Sizes)
            {
                Compare(
                    m, n, Sizes[(int)(seed * 7 % (ulong)Sizes.Length)], seed % 2 == 0,
                    (GemmAddend)(seed / 2 % 2), seed++);
            }
        }
    }

    [Theory]
    [InlineData(20, 1600, 400, true)]
    [InlineData(20, 400, 1600, false)]
    [InlineData(3, 33, 1157, true)]
    [InlineData(300, 70, 385, false)]
    [InlineData(1, 900, 770, true)]
    public void AgreesWithTheReferenceAcrossBlocks(int m, int n, int k, bool transposed)
    {
        Compare(m, n, k, transposed, GemmAddend.Nothing, 5);
        Compare(m, n, k, transposed, GemmAddend.Existing, 6);
    }

    private static void Compare(int m, int n, int k, bool transposed, GemmAddend addTo, ulong seed)
    {
        using var one = new WorkerPool(1);
        using var three = new WorkerPool(3);
        AlignedBuffer b = Numbers.Random(n * k, seed), packed = new((int)PrepackedGemm.PackedSize(n, k));
        AlignedBuffer again = new(packed.Length), expected = Numbers.Random((m * n) + 40, seed + 3000);
        AlignedBuffer first = new(expected.Length), second = new(expected.Length);
        expected.Span.CopyTo(first.Span);
        expected.Span.CopyTo(second.Span);
        var product = new PrepackedGemm(transposed, n, k, b.Pointer, packed.Pointer);
        var sameProduct = new PrepackedGemm(transposed, n, k, b.Pointer, again.Pointer);
        product.Pack(one, m);
        sameProduct.Pack(three, m);
        for (ulong step = 0; step < 2; step++)
        {
            AlignedBuffer a = Numbers.Random(m * k, seed + step + 10);
            GemmReference.Run(
                false, transposed, m, n, k, a.Pointer, k, b.Pointer, transposed ? k : n, expected.Pointer, n, addTo,
                null);
            product.Run(one, m, a.Pointer, first.Pointer, addTo);
            sameProduct.Run(three, m, a.Pointer, second.Pointer, addTo);
        }

        string what = $"{m} x {n} x {k}, transposed {transposed}, {addTo}";
        Numbers.AssertClose(expected.Span, first.Span, 2 * k, what);
        Assert.True(first.Span.SequenceEqual(second.Span), $"{what}: differs on three threads");

        // The GEMMs hold only their addresses.
        GC.KeepAlive(b);
        GC.KeepAlive(packed);
        GC.KeepAlive(again);
    }
}
