using Cnn.Layers;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Gemm;

[Trait("Category", "Kernel")]
public unsafe class GemmTests
{
    private static readonly int[] Sizes = [1, 2, 3, 4, 5, 7, 8, 13, 15, 16, 17, 29, 31, 32, 33, 47, 64, 97];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void AgreesWithTheReferenceOnEdgeSizes(bool transposeA, bool transposeB)
    {
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        ulong seed = 1;
        foreach (int m in Sizes)
        {
            foreach (int n in Sizes)
            {
                int k = Sizes[(int)(seed * 7 % (ulong)Sizes.Length)];
                Compare(one, two, transposeA, transposeB, m, n, k, (int)(seed % 3) * 5, (GemmAddend)(seed % 4), seed++);
            }
        }
    }

    [Theory]
    [InlineData(50, 500, 64)]
    [InlineData(20, 576, 25)]
    [InlineData(64, 10, 500)]
    [InlineData(101, 203, 1031)]
    [InlineData(300, 700, 389)]
    [InlineData(1, 1000, 700)]
    [InlineData(1000, 1, 700)]
    [InlineData(3, 9000, 385)]
    [InlineData(7000, 5, 384)]
    [InlineData(2, 700, 701)]
    [InlineData(6, 1025, 515)]
    [InlineData(9, 259, 1037)]
    [InlineData(16, 643, 1200)]
    [InlineData(24, 518, 2999)]
    [InlineData(37, 301, 806)]
    [InlineData(5, 9001, 15)]
    [InlineData(7, 20000, 7)]
    [InlineData(64, 70, 2003)]
    [InlineData(64, 63, 2100)]
    [InlineData(64, 129, 1033)]
    [InlineData(643, 1031, 1)]
    [InlineData(643, 515, 3)]
    [InlineData(130, 1029, 10)]
    [InlineData(257, 520, 16)]
    public void AgreesWithTheReferenceAcrossBlocks(int m, int n, int k)
    {
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        Spoil(one);
        Spoil(two);
        for (int way = 0; way < 16; way++)
        {
            Compare(one, two, (way & 1) != 0, (way & 2) != 0, m, n, k, 3, (GemmAddend)(way / 4), (ulong)way + 99);
        }
    }

    [Theory]
    [InlineData(0, 5, 5)]
    [InlineData(5, 0, 5)]
    [InlineData(5, 7, 0)]
    [InlineData(1, 7, 0)]
    [InlineData(5, 1, 0)]
    public void EmptyOperandsLeaveOnlyTheAddend(int m, int n, int k)
    {
        using var one = new WorkerPool(1);
        using var two = new WorkerPool(2);
        for (int way = 0; way < 16; way++)
        {
            Compare(one, two, (way & 1) != 0, (way & 2) != 0, m, n, k, 0, (GemmAddend)(way / 4), 5);
        }
    }

    [Theory]
    [InlineData(1, 13, 9)]
    [InlineData(1, 301, 40)]
    [InlineData(1, 1029, 700)]
    [InlineData(5, 37, 19)]
    [InlineData(7, 259, 1037)]
    [InlineData(29, 47, 401)]
    public void AValueDoesNotDependOnWhereItStands(int m, int n, int k)
    {
        // All columns of B are equal, and so are all rows of its transpose.
        using var pool = new WorkerPool(2);
        AlignedBuffer a = Numbers.Random(m * k, 1), column = Numbers.Random(k, 2);
        AlignedBuffer b = new(k * n), transposed = new(k * n), c = new(m * n), turned = new(m * n);
        for (int j = 0; j < n; j++)
        {
            for (int p = 0; p < k; p++)
            {
                b.Span[(p * n) + j] = transposed.Span[(j * k) + p] = column.Span[p];
            }
        }

        foreach (bool transposeB in (bool[])[false, true])
        {
            GemmKernel.Run(
                pool, false, transposeB, m, n, k, a.Pointer, k, transposeB ? transposed.Pointer : b.Pointer,
                transposeB ? k : n,
                c.Pointer, n);
            for (int i = 0; i < m; i++)
            {
                Assert.All(c.Span.Slice(i * n, n).ToArray(), value => Assert.Equal(c.Span[i * n], value));
            }
        }

        // The transposed result C' = B' A', whose rows are then equal.
        GemmKernel.Run(pool, true, true, n, m, k, b.Pointer, n, a.Pointer, k, turned.Pointer, m);
        for (int i = 0; i < m; i++)
        {
            float first = turned.Span[i];
            Assert.All(Enumerable.Range(0, n), j => Assert.Equal(first, turned.Span[(j * m) + i]));
        }

        GC.KeepAlive((a, b, transposed));
    }

    // What other layers leave in the shared scratch must not count.
    private static void Spoil(WorkerPool pool)
    {
        for (int worker = 0; worker < pool.ThreadCount; worker++)
        {
            foreach (ScratchSlot slot in Enum.GetValues<ScratchSlot>())
            {
                new Span<float>(pool.Scratch(worker, slot, 500_000), 500_000).Fill(float.NaN);
            }
        }
    }

    private static void Compare(
        WorkerPool one, WorkerPool two, bool transposeA, bool transposeB, int m, int n, int k, int pad,
        GemmAddend addTo,
        ulong seed)
    {
        string what = $"{m} x {n} x {k}, transposed {transposeA} {transposeB}, {addTo}, padded {pad}";
        int lda = (transposeA ? m : k) + pad, ldb = (transposeB ? k : n) + pad, ldc = n + pad;
        AlignedBuffer a = Numbers.Random((transposeA ? k : m) * lda, seed);
        AlignedBuffer b = Numbers.Random((transposeB ? n : k) * ldb, seed + 1000);
        AlignedBuffer bias = Numbers.Random(Math.Max(m, n), seed + 2000);
        AlignedBuffer expected = Numbers.Random((m * ldc) + 40, seed + 3000);
        var (first, second) = (new AlignedBuffer(expected.Length), new AlignedBuffer(expected.Length));
        expected.Span.CopyTo(first.Span);
        expected.Span.CopyTo(second.Span);

        GemmReference.Run(
            transposeA, transposeB, m, n, k, a.Pointer, lda, b.Pointer, ldb, expected.Pointer, ldc, addTo,
            bias.Pointer);
        GemmKernel.Run(
            one, transposeA, transposeB, m, n, k, a.Pointer, lda, b.Pointer, ldb, first.Pointer, ldc, addTo,
            bias.Pointer);
        GemmKernel.Run(
            two, transposeA, transposeB, m, n, k, a.Pointer, lda, b.Pointer, ldb, second.Pointer, ldc, addTo,
            bias.Pointer);

        Numbers.AssertClose(expected.Span, first.Span, k, what);
        Assert.True(first.Span.SequenceEqual(second.Span), $"{what}: differs on two threads");
        for (int i = 0; i < m; i++)
        {
            Assert.True(
                expected.Span.Slice((i * ldc) + n, pad).SequenceEqual(first.Span.Slice((i * ldc) + n, pad)),
                $"{what}: wrote beside row {i}");
        }

        Assert.True(expected.Span[(m * ldc)..].SequenceEqual(first.Span[(m * ldc)..]), $"{what}: wrote past the end");

        // The GEMMs are given addresses, which do not keep memory alive.
        GC.KeepAlive((a, b, bias, first, second, expected));
    }
}
