using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Layers.Kernels;

/// <summary>
/// Tiles of up to 6 rows by 16 columns with AVX2: 12 accumulators, two vectors of the right panel and one broadcast fill
/// 15 of the 16 registers.
/// </summary>
internal static unsafe class TileKernel256
{
    /// <summary>Floats in a vector.</summary>
    public const int Width = 8;

    /// <summary>The tallest tile.</summary>
    public const int MaxRows = 6;

    /// <summary>See <see cref="TileKernels"/>. Rows and vectors are constants to the compiler, which drops what a tile lacks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRows, TVectors>(
        nint k, float* a, nint aStep, float* b, float* c, nint ldc, float* add, nint addStride, bool addPerRow)
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        Vector256<float> p0 = default, q0 = default;
        Vector256<float> p1 = default, q1 = default;
        Vector256<float> p2 = default, q2 = default;
        Vector256<float> p3 = default, q3 = default;
        Vector256<float> p4 = default, q4 = default;
        Vector256<float> p5 = default, q5 = default;
        for (; k > 0; k--)
        {
            var b0 = Vector256.Load(b);
            var b1 = TVectors.Value > 1 ? Vector256.Load(b + 8) : b0;
            var x0 = Vector256.Create(a[0]);
            p0 = Fma.MultiplyAdd(x0, b0, p0);
            if (TVectors.Value > 1)
            {
                q0 = Fma.MultiplyAdd(x0, b1, q0);
            }

            if (TRows.Value > 1)
            {
                var x1 = Vector256.Create(a[1]);
                p1 = Fma.MultiplyAdd(x1, b0, p1);
                if (TVectors.Value > 1)
                {
                    q1 = Fma.MultiplyAdd(x1, b1, q1);
                }
            }

            if (TRows.Value > 2)
            {
                var x2 = Vector256.Create(a[2]);
                p2 = Fma.MultiplyAdd(x2, b0, p2);
                if (TVectors.Value > 1)
                {
                    q2 = Fma.MultiplyAdd(x2, b1, q2);
                }
            }

            if (TRows.Value > 3)
            {
                var x3 = Vector256.Create(a[3]);
                p3 = Fma.MultiplyAdd(x3, b0, p3);
                if (TVectors.Value > 1)
                {
                    q3 = Fma.MultiplyAdd(x3, b1, q3);
                }
            }

            if (TRows.Value > 4)
            {
                var x4 = Vector256.Create(a[4]);
                p4 = Fma.MultiplyAdd(x4, b0, p4);
                if (TVectors.Value > 1)
                {
                    q4 = Fma.MultiplyAdd(x4, b1, q4);
                }
            }

            if (TRows.Value > 5)
            {
                var x5 = Vector256.Create(a[5]);
                p5 = Fma.MultiplyAdd(x5, b0, p5);
                if (TVectors.Value > 1)
                {
                    q5 = Fma.MultiplyAdd(x5, b1, q5);
                }
            }

            a += aStep;
            b += TVectors.Value * 8;
        }

        if (add != null && addPerRow)
        {
            var y0 = Vector256.Create(add[0]);
            p0 += y0;
            q0 += y0;

            if (TRows.Value > 1)
            {
                var y1 = Vector256.Create(add[1]);
                p1 += y1;
                q1 += y1;
            }

            if (TRows.Value > 2)
            {
                var y2 = Vector256.Create(add[2]);
                p2 += y2;
                q2 += y2;
            }

            if (TRows.Value > 3)
            {
                var y3 = Vector256.Create(add[3]);
                p3 += y3;
                q3 += y3;
            }

            if (TRows.Value > 4)
            {
                var y4 = Vector256.Create(add[4]);
                p4 += y4;
                q4 += y4;
            }

            if (TRows.Value > 5)
            {
                var y5 = Vector256.Create(add[5]);
                p5 += y5;
                q5 += y5;
            }
        }
        else if (add != null)
        {
            var y0 = add;
            p0 += Vector256.Load(y0);
            if (TVectors.Value > 1)
            {
                q0 += Vector256.Load(y0 + 8);
            }

            if (TRows.Value > 1)
            {
                var y1 = add + addStride;
                p1 += Vector256.Load(y1);
                if (TVectors.Value > 1)
                {
                    q1 += Vector256.Load(y1 + 8);
                }
            }

            if (TRows.Value > 2)
            {
                var y2 = add + (2 * addStride);
                p2 += Vector256.Load(y2);
                if (TVectors.Value > 1)
                {
                    q2 += Vector256.Load(y2 + 8);
                }
            }

            if (TRows.Value > 3)
            {
                var y3 = add + (3 * addStride);
                p3 += Vector256.Load(y3);
                if (TVectors.Value > 1)
                {
                    q3 += Vector256.Load(y3 + 8);
                }
            }

            if (TRows.Value > 4)
            {
                var y4 = add + (4 * addStride);
                p4 += Vector256.Load(y4);
                if (TVectors.Value > 1)
                {
                    q4 += Vector256.Load(y4 + 8);
                }
            }

            if (TRows.Value > 5)
            {
                var y5 = add + (5 * addStride);
                p5 += Vector256.Load(y5);
                if (TVectors.Value > 1)
                {
                    q5 += Vector256.Load(y5 + 8);
                }
            }
        }

        Store<TVectors>(c, p0, q0);
        if (TRows.Value > 1)
        {
            Store<TVectors>(c + ldc, p1, q1);
        }

        if (TRows.Value > 2)
        {
            Store<TVectors>(c + (2 * ldc), p2, q2);
        }

        if (TRows.Value > 3)
        {
            Store<TVectors>(c + (3 * ldc), p3, q3);
        }

        if (TRows.Value > 4)
        {
            Store<TVectors>(c + (4 * ldc), p4, q4);
        }

        if (TRows.Value > 5)
        {
            Store<TVectors>(c + (5 * ldc), p5, q5);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVectors>(float* c, Vector256<float> p, Vector256<float> q)
        where TVectors : struct, ICount
    {
        p.Store(c);
        if (TVectors.Value > 1)
        {
            q.Store(c + 8);
        }
    }
}
