using Cnn.Layers;
using Cnn.Layers.Kernels.ArgMax;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.ArgMax;

[Trait("Category", "Kernel")]
public unsafe class ArgMaxKernelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(33)]
    public void TheLargestAreThoseOfASortedListForEveryLength(int inner)
    {
        using var pool = new WorkerPool(1);
        for (int length = 1; length <= 70; length++)
        {
            // Few different values, so that there are ties, and some NaNs.
            AlignedBuffer x = Numbers.Random(2 * length * inner, (ulong)length);
            foreach (ref float value in x.Span)
            {
                value = value > 0.9f ? float.NaN : MathF.Round(value * 4);
            }

            foreach (int k in new[] { 1, Math.Min(3, length) })
            {
                int count = 2 * k * inner;
                AlignedBuffer indices = Numbers.Random(count + 1, 1), values = Numbers.Random(count + 1, 2);
                (indices.Span[count], values.Span[count]) = (Numbers.Guard, Numbers.Guard);
                ArgMaxKernel.Run(
                    x.Pointer, indices.Pointer, values.Pointer, 2, length, inner, k, (long)k * inner, pool);
                Assert.Equal((Numbers.Guard, Numbers.Guard), (indices.Span[count], values.Span[count]));
                for (int at = 0; at < 2 * inner; at++)
                {
                    int first = (at / inner * length * inner) + (at % inner);
                    int[] expected = [.. Enumerable.Range(0, length)
                        .OrderByDescending(c => !float.IsNaN(x.Span[first + (c * inner)]))
                        .ThenByDescending(c => x.Span[first + (c * inner)])
                        .ThenByDescending(c => c)
                        .Take(k)];
                    for (int rank = 0; rank < k; rank++)
                    {
                        int to = (((at / inner * k) + rank) * inner) + (at % inner);
                        Assert.Equal(expected[rank], (int)indices.Span[to]);
                        Assert.Equal(x.Span[first + (expected[rank] * inner)], values.Span[to]);
                    }
                }
            }
        }
    }
}
