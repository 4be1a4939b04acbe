using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <summary>
/// Arithmetic for custom layers: the library's GEMM, element-wise operations and sums over spans, on the threads of the
/// net. Every call checks lengths and overlaps. Results are bit-identical on any number of threads, and after the first
/// pass no call allocates.
/// </summary>
/// <remarks>
/// Create one in the layer's constructor and keep it. The result may be the same span as an operand, except in
/// <see cref="Gemm"/>; it must not overlap an operand in part. Random numbers come from <see cref="LayerRandom"/>.
/// </remarks>
/// <param name="context">The context that the layer was created with.</param>
public sealed unsafe partial class LayerMath(LayerContext context)
{
    private readonly WorkerPool pool = context.Pool;
    private AlignedBuffer? unscaled;

    /// <summary>
    /// Computes the general matrix product <c>C = alpha op(A) op(B) + beta C</c> over row-major matrices, where op
    /// transposes on request.
    /// </summary>
    /// <param name="transposeA">Whether A is stored as [k, m].</param>
    /// <param name="transposeB">Whether B is stored as [n, k].</param>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">Columns of op(A) and rows of op(B).</param>
    /// <param name="alpha">The factor of the product.</param>
    /// <param name="a">A, m times k values.</param>
    /// <param name="b">B, k times n values.</param>
    /// <param name="beta">The factor of the old values of C; 0 overwrites C whatever it holds, including NaN.</param>
    /// <param name="c">C, m times n values; overlaps neither A nor B.</param>
    /// <exception cref="CnnException">
    /// A length does not fit, C overlaps an operand, or the call comes from within a part of a parallel run.
    /// </exception>
    public void Gemm(
        bool transposeA,
        bool transposeB,
        int m,
        int n,
        int k,
        float alpha,
        ReadOnlySpan<float> a,
        ReadOnlySpan<float> b,
        float beta,
        Span<float> c)
    {
        RequireMatrix("A", a.Length, transposeA ? k : m, transposeA ? m : k);
        RequireMatrix("B", b.Length, transposeB ? n : k, transposeB ? k : n);
        RequireMatrix("C", c.Length, m, n);
        if (a.Overlaps(c) || b.Overlaps(c))
        {
            throw context.Error(
                $"Gemm: C overlaps {(a.Overlaps(c) ? "A" : "B")}", "give the result memory of its own");
        }

        RequireOutsideParts("Gemm");
        if (c.IsEmpty)
        {
            return;
        }

        bool isEmpty = k == 0 || alpha == 0;
        fixed (float* pa = a, pb = b, pc = c)
        {
            if (beta == 0 && isEmpty)
            {
                c.Clear();
            }
            else if (beta != 0 && beta != 1)
            {
                EltwiseKernel.Run(new Multiple(beta), pc, pc, pc, c.Length, pool);
            }

            if (isEmpty)
            {
                return;
            }

            if (alpha == 1 || beta == 0)
            {
                GemmKernel.Run(
                    pool, transposeA, transposeB, m, n, k, pa, transposeA ? m : k, pb, transposeB ? k : n, pc, n,
                    beta == 0 ? GemmAddend.Nothing : GemmAddend.Existing);
                if (alpha != 1)
                {
                    EltwiseKernel.Run(new Multiple(alpha), pc, pc, pc, c.Length, pool);
                }

                return;
            }

            if (unscaled is null || unscaled.Length < c.Length)
            {
                unscaled = new AlignedBuffer(c.Length);
            }

            GemmKernel.Run(
                pool, transposeA, transposeB, m, n, k, pa, transposeA ? m : k, pb, transposeB ? k : n,
                unscaled.Pointer, n);
            EltwiseKernel.Run(new WeightedSum(alpha, 1), unscaled.Pointer, pc, pc, c.Length, pool);
        }
    }

    /// <summary>Returns the sum of all values, added in double precision in a fixed order.</summary>
    /// <exception cref="CnnException">The call comes from within a part of a parallel run.</exception>
    public double Sum(ReadOnlySpan<float> x)
    {
        RequireOutsideParts("Sum");
        fixed (float* px = x)
        {
            return FixedOrderSum.Run(new SumOfValues(px, x.Length), ElementParts.Count(x.Length), pool);
        }
    }

    /// <summary>Returns the dot product of two spans, added in the same way.</summary>
    /// <exception cref="CnnException">
    /// The lengths differ, or the call comes from within a part of a parallel run.
    /// </exception>
    public double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        RequireLength("Dot", "b", b.Length, a.Length);
        RequireOutsideParts("Dot");
        fixed (float* pa = a, pb = b)
        {
            return FixedOrderSum.Run(new SumOfProducts(pa, pb, a.Length), ElementParts.Count(a.Length), pool);
        }
    }

    private void RequireMatrix(string name, int length, int rows, int columns)
    {
        if (rows < 0 || columns < 0)
        {
            throw context.Error($"Gemm: {name} cannot be [{rows}, {columns}]", "m, n and k are 0 or more");
        }

        if ((long)rows * columns != length)
        {
            throw context.Error(
                $"Gemm: {name} has {length} values, [{rows}, {columns}] has {(long)rows * columns}",
                "matrices are row-major and whole");
        }
    }

    private void RequireLength(string call, string name, int length, int expected)
    {
        if (length != expected)
        {
            throw context.Error($"{call}: {name} has {length} values, the first operand {expected}");
        }
    }

    // Kernels that share scratch memory between their workers cannot run several at the same time.
    private void RequireOutsideParts(string call)
    {
        if (pool.IsInPart)
        {
            throw context.Error(
                $"{call} is called from within a part of a parallel run",
                "call it outside; it uses all threads itself");
        }
    }
}
