using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Layers.Kernels;

/// <summary>
/// Tiles of up to 14 rows by 32 columns with AVX-512: 28 accumulators, two vectors of the right panel and one broadcast
/// fill 31 of the 32 registers, and 16 loads feed 28 multiply-adds.
/// </summary>
internal static unsafe class TileKernel512
{
    /// <summary>Floats in a vector.</summary>
    public const int Width = 16;

    /// <summary>The tallest tile.</summary>
    public const int MaxRows = 14;

    /// <summary>See <see cref="TileKernels"/>. Rows and vectors are constants to the compiler, which drops what a tile lacks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRows, TVectors>(
        nint k, float* a, nint aStep, float* b, float* c, nint ldc, float* add, nint addStride, bool addPerRow)
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        Vector512<float> p0 = default, q0 = default;
        Vector512<float> p1 = default, q1 = default;
        Vector512<float> p2 = default, q2 = default;
        Vector512<float> p3 = default, q3 = default;
        Vector512<float> p4 = default, q4 = default;
        Vector512<float> p5 = default, q5 = default;
        Vector512<float> p6 = default, q6 = default;
        Vector512<float> p7 = default, q7 = default;
        Vector512<float> p8 = default, q8 = default;
        Vector512<float> p9 = default, q9 = default;
        Vector512<float> p10 = default, q10 = default;
        Vector512<float> p11 = default, q11 = default;
        Vector512<float> p12 = default, q12 = default;
        Vector512<float> p13 = default, q13 = default;
        for (; k > 0; k--)
        {
            var b0 = Vector512.Load(b);
            var b1 = TVectors.Value > 1 ? Vector512.Load(b + 16) : b0;
            var x0 = Vector512.Create(a[0]);
            p0 = Avx512F.FusedMultiplyAdd(x0, b0, p0);
            if (TVectors.Value > 1)
            {
                q0 = Avx512F.FusedMultiplyAdd(x0, b1, q0);
            }

            if (TRows.Value > 1)
            {
                var x1 = Vector512.Create(a[1]);
                p1 = Avx512F.FusedMultiplyAdd(x1, b0, p1);
                if (TVectors.Value > 1)
                {
                    q1 = Avx512F.FusedMultiplyAdd(x1, b1, q1);
                }
            }

            if (TRows.Value > 2)
            {
                var x2 = Vector512.Create(a[2]);
                p2 = Avx512F.FusedMultiplyAdd(x2, b0, p2);
                if (TVectors.Value > 1)
                {
                    q2 = Avx512F.FusedMultiplyAdd(x2, b1, q2);
                }
            }

            if (TRows.Value > 3)
            {
                var x3 = Vector512.Create(a[3]);
                p3 = Avx512F.FusedMultiplyAdd(x3, b0, p3);
                if (TVectors.Value > 1)
                {
                    q3 = Avx512F.FusedMultiplyAdd(x3, b1, q3);
                }
            }

            if (TRows.Value > 4)
            {
                var x4 = Vector512.Create(a[4]);
                p4 = Avx512F.FusedMultiplyAdd(x4, b0, p4);
                if (TVectors.Value > 1)
                {
                    q4 = Avx512F.FusedMultiplyAdd(x4, b1, q4);
                }
            }

            if (TRows.Value > 5)
            {
                var x5 = Vector512.Create(a[5]);
                p5 = Avx512F.FusedMultiplyAdd(x5, b0, p5);
                if (TVectors.Value > 1)
                {
                    q5 = Avx512F.FusedMultiplyAdd(x5, b1, q5);
                }
            }

            if (TRows.Value > 6)
            {
                var x6 = Vector512.Create(a[6]);
                p6 = Avx512F.FusedMultiplyAdd(x6, b0, p6);
                if (TVectors.Value > 1)
                {
                    q6 = Avx512F.FusedMultiplyAdd(x6, b1, q6);
                }
            }

            if (TRows.Value > 7)
            {
                var x7 = Vector512.Create(a[7]);
                p7 = Avx512F.FusedMultiplyAdd(x7, b0, p7);
                if (TVectors.Value > 1)
                {
                    q7 = Avx512F.FusedMultiplyAdd(x7, b1, q7);
                }
            }

            if (TRows.Value > 8)
            {
                var x8 = Vector512.Create(a[8]);
                p8 = Avx512F.FusedMultiplyAdd(x8, b0, p8);
                if (TVectors.Value > 1)
                {
                    q8 = Avx512F.FusedMultiplyAdd(x8, b1, q8);
                }
            }

            if (TRows.Value > 9)
            {
                var x9 = Vector512.Create(a[9]);
                p9 = Avx512F.FusedMultiplyAdd(x9, b0, p9);
                if (TVectors.Value > 1)
                {
                    q9 = Avx512F.FusedMultiplyAdd(x9, b1, q9);
                }
            }

            if (TRows.Value > 10)
            {
                var x10 = Vector512.Create(a[10]);
                p10 = Avx512F.FusedMultiplyAdd(x10, b0, p10);
                if (TVectors.Value > 1)
                {
                    q10 = Avx512F.FusedMultiplyAdd(x10, b1, q10);
                }
            }

            if (TRows.Value > 11)
            {
                var x11 = Vector512.Create(a[11]);
                p11 = Avx512F.FusedMultiplyAdd(x11, b0, p11);
                if (TVectors.Value > 1)
                {
                    q11 = Avx512F.FusedMultiplyAdd(x11, b1, q11);
                }
            }

            if (TRows.Value > 12)
            {
                var x12 = Vector512.Create(a[12]);
                p12 = Avx512F.FusedMultiplyAdd(x12, b0, p12);
                if (TVectors.Value > 1)
                {
                    q12 = Avx512F.FusedMultiplyAdd(x12, b1, q12);
                }
            }

            if (TRows.Value > 13)
            {
                var x13 = Vector512.Create(a[13]);
                p13 = Avx512F.FusedMultiplyAdd(x13, b0, p13);
                if (TVectors.Value > 1)
                {
                    q13 = Avx512F.FusedMultiplyAdd(x13, b1, q13);
                }
            }

            a += aStep;
            b += TVectors.Value * 16;
        }

        if (add != null && addPerRow)
        {
            var y0 = Vector512.Create(add[0]);
            p0 += y0;
            q0 += y0;

            if (TRows.Value > 1)
            {
                var y1 = Vector512.Create(add[1]);
                p1 += y1;
                q1 += y1;
            }

            if (TRows.Value > 2)
            {
                var y2 = Vector512.Create(add[2]);
                p2 += y2;
                q2 += y2;
            }

            if (TRows.Value > 3)
            {
                var y3 = Vector512.Create(add[3]);
                p3 += y3;
                q3 += y3;
            }

            if (TRows.Value > 4)
            {
                var y4 = Vector512.Create(add[4]);
                p4 += y4;
                q4 += y4;
            }

            if (TRows.Value > 5)
            {
                var y5 = Vector512.Create(add[5]);
                p5 += y5;
                q5 += y5;
            }

            if (TRows.Value > 6)
            {
                var y6 = Vector512.Create(add[6]);
                p6 += y6;
                q6 += y6;
            }

            if (TRows.Value > 7)
            {
                var y7 = Vector512.Create(add[7]);
                p7 += y7;
                q7 += y7;
            }

            if (TRows.Value > 8)
            {
                var y8 = Vector512.Create(add[8]);
                p8 += y8;
                q8 += y8;
            }

            if (TRows.Value > 9)
            {
                var y9 = Vector512.Create(add[9]);
                p9 += y9;
                q9 += y9;
            }

            if (TRows.Value > 10)
            {
                var y10 = Vector512.Create(add[10]);
                p10 += y10;
                q10 += y10;
            }

            if (TRows.Value > 11)
            {
                var y11 = Vector512.Create(add[11]);
                p11 += y11;
                q11 += y11;
            }

            if (TRows.Value > 12)
            {
                var y12 = Vector512.Create(add[12]);
                p12 += y12;
                q12 += y12;
            }

            if (TRows.Value > 13)
            {
                var y13 = Vector512.Create(add[13]);
                p13 += y13;
                q13 += y13;
            }
        }
        else if (add != null)
        {
            var y0 = add;
            p0 += Vector512.Load(y0);
            if (TVectors.Value > 1)
            {
                q0 += Vector512.Load(y0 + 16);
            }

            if (TRows.Value > 1)
            {
                var y1 = add + addStride;
                p1 += Vector512.Load(y1);
                if (TVectors.Value > 1)
                {
                    q1 += Vector512.Load(y1 + 16);
                }
            }

            if (TRows.Value > 2)
            {
                var y2 = add + (2 * addStride);
                p2 += Vector512.Load(y2);
                if (TVectors.Value > 1)
                {
                    q2 += Vector512.Load(y2 + 16);
                }
            }

            if (TRows.Value > 3)
            {
                var y3 = add + (3 * addStride);
                p3 += Vector512.Load(y3);
                if (TVectors.Value > 1)
                {
                    q3 += Vector512.Load(y3 + 16);
                }
            }

            if (TRows.Value > 4)
            {
                var y4 = add + (4 * addStride);
                p4 += Vector512.Load(y4);
                if (TVectors.Value > 1)
                {
                    q4 += Vector512.Load(y4 + 16);
                }
            }

            if (TRows.Value > 5)
            {
                var y5 = add + (5 * addStride);
                p5 += Vector512.Load(y5);
                if (TVectors.Value > 1)
                {
                    q5 += Vector512.Load(y5 + 16);
                }
            }

            if (TRows.Value > 6)
            {
                var y6 = add + (6 * addStride);
                p6 += Vector512.Load(y6);
                if (TVectors.Value > 1)
                {
                    q6 += Vector512.Load(y6 + 16);
                }
            }

            if (TRows.Value > 7)
            {
                var y7 = add + (7 * addStride);
                p7 += Vector512.Load(y7);
                if (TVectors.Value > 1)
                {
                    q7 += Vector512.Load(y7 + 16);
                }
            }

            if (TRows.Value > 8)
            {
                var y8 = add + (8 * addStride);
                p8 += Vector512.Load(y8);
                if (TVectors.Value > 1)
                {
                    q8 += Vector512.Load(y8 + 16);
                }
            }

            if (TRows.Value > 9)
            {
                var y9 = add + (9 * addStride);
                p9 += Vector512.Load(y9);
                if (TVectors.Value > 1)
                {
                    q9 += Vector512.Load(y9 + 16);
                }
            }

            if (TRows.Value > 10)
            {
                var y10 = add + (10 * addStride);
                p10 += Vector512.Load(y10);
                if (TVectors.Value > 1)
                {
                    q10 += Vector512.Load(y10 + 16);
                }
            }

            if (TRows.Value > 11)
            {
                var y11 = add + (11 * addStride);
                p11 += Vector512.Load(y11);
                if (TVectors.Value > 1)
                {
                    q11 += Vector512.Load(y11 + 16);
                }
            }

            if (TRows.Value > 12)
            {
                var y12 = add + (12 * addStride);
                p12 += Vector512.Load(y12);
                if (TVectors.Value > 1)
                {
                    q12 += Vector512.Load(y12 + 16);
                }
            }

            if (TRows.Value > 13)
            {
                var y13 = add + (13 * addStride);
                p13 += Vector512.Load(y13);
                if (TVectors.Value > 1)
                {
                    q13 += Vector512.Load(y13 + 16);
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

        if (TRows.Value > 6)
        {
            Store<TVectors>(c + (6 * ldc), p6, q6);
        }

        if (TRows.Value > 7)
        {
            Store<TVectors>(c + (7 * ldc), p7, q7);
        }

        if (TRows.Value > 8)
        {
            Store<TVectors>(c + (8 * ldc), p8, q8);
        }

        if (TRows.Value > 9)
        {
            Store<TVectors>(c + (9 * ldc), p9, q9);
        }

        if (TRows.Value > 10)
        {
            Store<TVectors>(c + (10 * ldc), p10, q10);
        }

        if (TRows.Value > 11)
        {
            Store<TVectors>(c + (11 * ldc), p11, q11);
        }

        if (TRows.Value > 12)
        {
            Store<TVectors>(c + (12 * ldc), p12, q12);
        }

        if (TRows.Value > 13)
        {
            Store<TVectors>(c + (13 * ldc), p13, q13);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVectors>(float* c, Vector512<float> p, Vector512<float> q)
        where TVectors : struct, ICount
    {
        p.Store(c);
        if (TVectors.Value > 1)
        {
            q.Store(c + 16);
        }
    }
}
