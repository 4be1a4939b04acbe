using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// The micro-kernel: computes a tile of C of a few rows by one or two vectors, whose sums stay in registers. One source
/// serves every width. The tallest tile leaves registers for two vectors of the right panel and a broadcast: 14 rows
/// with the 32 registers of AVX-512 (28 sums; 16 loads feed 28 multiply-adds), 6 rows with the 16 registers of AVX2,
/// and 4 rows with 128-bit vectors, where machines without a fused multiply-add need registers for the products.
/// </summary>
/// <remarks>
/// The rows are written out, since an array of sums would live in memory. Rows, vectors and width are constants to the
/// compiler, which removes the code for rows and vectors that a tile lacks.
/// </remarks>
internal static unsafe class MicroKernel<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>Rows of the tallest tile.</summary>
    public static int MaxRows => TLanes.Width switch
    {
        16 => 14,
        8 => 6,
        _ => 4,
    };

    /// <summary>Computes a tile; see <see cref="MicroKernels"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRows, TVectors, TTaps>(GemmTile* tile)
        where TRows : struct, IConstant
        where TVectors : struct, IConstant
        where TTaps : struct, IConstant
    {
        TVector p0 = default, q0 = default, p1 = default, q1 = default;
        TVector p2 = default, q2 = default, p3 = default, q3 = default;
        TVector p4 = default, q4 = default, p5 = default, q5 = default;
        TVector p6 = default, q6 = default, p7 = default, q7 = default;
        TVector p8 = default, q8 = default, p9 = default, q9 = default;
        TVector p10 = default, q10 = default, p11 = default, q11 = default;
        TVector p12 = default, q12 = default, p13 = default, q13 = default;
        float* a = tile->A, b = tile->B;
        nint aStep = tile->AStep, bStep = tile->BStep;
        int* taps = tile->Taps;
        float* next = tile->Next;
        nint nextStep = tile->NextStep;
        for (nint k = tile->K; k > 0; k--)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch1(next);
                if (TRows.Value == 1 && TTaps.Value > 0)
                {
                    // A single row passes the whole next panel, two vectors at a time.
                    Sse.Prefetch1(next + 16);
                }

                next += nextStep;
            }

            TVector b0 = TLanes.Load(b), b1 = TVectors.Value > 1 ? TLanes.Load(b + TLanes.Width) : b0;
            float* at = TTaps.Value > 0 ? a + *taps++ : a;
            TVector x = TLanes.All(at[0]);
            p0 = TLanes.MultiplyAdd(x, b0, p0);
            q0 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q0) : q0;

            if (TRows.Value > 1)
            {
                x = TLanes.All(at[1]);
                p1 = TLanes.MultiplyAdd(x, b0, p1);
                q1 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q1) : q1;
            }

            if (TRows.Value > 2)
            {
                x = TLanes.All(at[2]);
                p2 = TLanes.MultiplyAdd(x, b0, p2);
                q2 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q2) : q2;
            }

            if (TRows.Value > 3)
            {
                x = TLanes.All(at[3]);
                p3 = TLanes.MultiplyAdd(x, b0, p3);
                q3 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q3) : q3;
            }

            if (TRows.Value > 4)
            {
                x = TLanes.All(at[4]);
                p4 = TLanes.MultiplyAdd(x, b0, p4);
                q4 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q4) : q4;
            }

            if (TRows.Value > 5)
            {
                x = TLanes.All(at[5]);
                p5 = TLanes.MultiplyAdd(x, b0, p5);
                q5 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q5) : q5;
            }

            if (TRows.Value > 6)
            {
                x = TLanes.All(at[6]);
                p6 = TLanes.MultiplyAdd(x, b0, p6);
                q6 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q6) : q6;
            }

            if (TRows.Value > 7)
            {
                x = TLanes.All(at[7]);
                p7 = TLanes.MultiplyAdd(x, b0, p7);
                q7 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q7) : q7;
            }

            if (TRows.Value > 8)
            {
                x = TLanes.All(at[8]);
                p8 = TLanes.MultiplyAdd(x, b0, p8);
                q8 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q8) : q8;
            }

            if (TRows.Value > 9)
            {
                x = TLanes.All(at[9]);
                p9 = TLanes.MultiplyAdd(x, b0, p9);
                q9 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q9) : q9;
            }

            if (TRows.Value > 10)
            {
                x = TLanes.All(at[10]);
                p10 = TLanes.MultiplyAdd(x, b0, p10);
                q10 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q10) : q10;
            }

            if (TRows.Value > 11)
            {
                x = TLanes.All(at[11]);
                p11 = TLanes.MultiplyAdd(x, b0, p11);
                q11 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q11) : q11;
            }

            if (TRows.Value > 12)
            {
                x = TLanes.All(at[12]);
                p12 = TLanes.MultiplyAdd(x, b0, p12);
                q12 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q12) : q12;
            }

            if (TRows.Value > 13)
            {
                x = TLanes.All(at[13]);
                p13 = TLanes.MultiplyAdd(x, b0, p13);
                q13 = TVectors.Value > 1 ? TLanes.MultiplyAdd(x, b1, q13) : q13;
            }

            a += TTaps.Value > 0 ? 0 : aStep;
            b += bStep;
        }

        float* add = tile->Add;
        nint addStride = tile->AddStride;
        if (add != null && tile->AddPerRow)
        {
            TVector y = TLanes.All(add[0]);
            (p0, q0) = (TLanes.Add(p0, y), TLanes.Add(q0, y));

            if (TRows.Value > 1)
            {
                y = TLanes.All(add[1]);
                (p1, q1) = (TLanes.Add(p1, y), TLanes.Add(q1, y));
            }

            if (TRows.Value > 2)
            {
                y = TLanes.All(add[2]);
                (p2, q2) = (TLanes.Add(p2, y), TLanes.Add(q2, y));
            }

            if (TRows.Value > 3)
            {
                y = TLanes.All(add[3]);
                (p3, q3) = (TLanes.Add(p3, y), TLanes.Add(q3, y));
            }

            if (TRows.Value > 4)
            {
                y = TLanes.All(add[4]);
                (p4, q4) = (TLanes.Add(p4, y), TLanes.Add(q4, y));
            }

            if (TRows.Value > 5)
            {
                y = TLanes.All(add[5]);
                (p5, q5) = (TLanes.Add(p5, y), TLanes.Add(q5, y));
            }

            if (TRows.Value > 6)
            {
                y = TLanes.All(add[6]);
                (p6, q6) = (TLanes.Add(p6, y), TLanes.Add(q6, y));
            }

            if (TRows.Value > 7)
            {
                y = TLanes.All(add[7]);
                (p7, q7) = (TLanes.Add(p7, y), TLanes.Add(q7, y));
            }

            if (TRows.Value > 8)
            {
                y = TLanes.All(add[8]);
                (p8, q8) = (TLanes.Add(p8, y), TLanes.Add(q8, y));
            }

            if (TRows.Value > 9)
            {
                y = TLanes.All(add[9]);
                (p9, q9) = (TLanes.Add(p9, y), TLanes.Add(q9, y));
            }

            if (TRows.Value > 10)
            {
                y = TLanes.All(add[10]);
                (p10, q10) = (TLanes.Add(p10, y), TLanes.Add(q10, y));
            }

            if (TRows.Value > 11)
            {
                y = TLanes.All(add[11]);
                (p11, q11) = (TLanes.Add(p11, y), TLanes.Add(q11, y));
            }

            if (TRows.Value > 12)
            {
                y = TLanes.All(add[12]);
                (p12, q12) = (TLanes.Add(p12, y), TLanes.Add(q12, y));
            }

            if (TRows.Value > 13)
            {
                y = TLanes.All(add[13]);
                (p13, q13) = (TLanes.Add(p13, y), TLanes.Add(q13, y));
            }
        }
        else if (add != null)
        {
            p0 = TLanes.Add(p0, TLanes.Load(add));
            q0 = TVectors.Value > 1 ? TLanes.Add(q0, TLanes.Load(add + TLanes.Width)) : q0;

            if (TRows.Value > 1)
            {
                add += addStride;
                p1 = TLanes.Add(p1, TLanes.Load(add));
                q1 = TVectors.Value > 1 ? TLanes.Add(q1, TLanes.Load(add + TLanes.Width)) : q1;
            }

            if (TRows.Value > 2)
            {
                add += addStride;
                p2 = TLanes.Add(p2, TLanes.Load(add));
                q2 = TVectors.Value > 1 ? TLanes.Add(q2, TLanes.Load(add + TLanes.Width)) : q2;
            }

            if (TRows.Value > 3)
            {
                add += addStride;
                p3 = TLanes.Add(p3, TLanes.Load(add));
                q3 = TVectors.Value > 1 ? TLanes.Add(q3, TLanes.Load(add + TLanes.Width)) : q3;
            }

            if (TRows.Value > 4)
            {
                add += addStride;
                p4 = TLanes.Add(p4, TLanes.Load(add));
                q4 = TVectors.Value > 1 ? TLanes.Add(q4, TLanes.Load(add + TLanes.Width)) : q4;
            }

            if (TRows.Value > 5)
            {
                add += addStride;
                p5 = TLanes.Add(p5, TLanes.Load(add));
                q5 = TVectors.Value > 1 ? TLanes.Add(q5, TLanes.Load(add + TLanes.Width)) : q5;
            }

            if (TRows.Value > 6)
            {
                add += addStride;
                p6 = TLanes.Add(p6, TLanes.Load(add));
                q6 = TVectors.Value > 1 ? TLanes.Add(q6, TLanes.Load(add + TLanes.Width)) : q6;
            }

            if (TRows.Value > 7)
            {
                add += addStride;
                p7 = TLanes.Add(p7, TLanes.Load(add));
                q7 = TVectors.Value > 1 ? TLanes.Add(q7, TLanes.Load(add + TLanes.Width)) : q7;
            }

            if (TRows.Value > 8)
            {
                add += addStride;
                p8 = TLanes.Add(p8, TLanes.Load(add));
                q8 = TVectors.Value > 1 ? TLanes.Add(q8, TLanes.Load(add + TLanes.Width)) : q8;
            }

            if (TRows.Value > 9)
            {
                add += addStride;
                p9 = TLanes.Add(p9, TLanes.Load(add));
                q9 = TVectors.Value > 1 ? TLanes.Add(q9, TLanes.Load(add + TLanes.Width)) : q9;
            }

            if (TRows.Value > 10)
            {
                add += addStride;
                p10 = TLanes.Add(p10, TLanes.Load(add));
                q10 = TVectors.Value > 1 ? TLanes.Add(q10, TLanes.Load(add + TLanes.Width)) : q10;
            }

            if (TRows.Value > 11)
            {
                add += addStride;
                p11 = TLanes.Add(p11, TLanes.Load(add));
                q11 = TVectors.Value > 1 ? TLanes.Add(q11, TLanes.Load(add + TLanes.Width)) : q11;
            }

            if (TRows.Value > 12)
            {
                add += addStride;
                p12 = TLanes.Add(p12, TLanes.Load(add));
                q12 = TVectors.Value > 1 ? TLanes.Add(q12, TLanes.Load(add + TLanes.Width)) : q12;
            }

            if (TRows.Value > 13)
            {
                add += addStride;
                p13 = TLanes.Add(p13, TLanes.Load(add));
                q13 = TVectors.Value > 1 ? TLanes.Add(q13, TLanes.Load(add + TLanes.Width)) : q13;
            }
        }

        float* c = tile->C;
        nint ldc = tile->Ldc;
        Epilogue epilogue = new(tile->Rectifier);
        Store<TVectors>(epilogue, p0, q0, c);

        if (TRows.Value > 1)
        {
            Store<TVectors>(epilogue, p1, q1, c + ldc);
        }

        if (TRows.Value > 2)
        {
            Store<TVectors>(epilogue, p2, q2, c + (2 * ldc));
        }

        if (TRows.Value > 3)
        {
            Store<TVectors>(epilogue, p3, q3, c + (3 * ldc));
        }

        if (TRows.Value > 4)
        {
            Store<TVectors>(epilogue, p4, q4, c + (4 * ldc));
        }

        if (TRows.Value > 5)
        {
            Store<TVectors>(epilogue, p5, q5, c + (5 * ldc));
        }

        if (TRows.Value > 6)
        {
            Store<TVectors>(epilogue, p6, q6, c + (6 * ldc));
        }

        if (TRows.Value > 7)
        {
            Store<TVectors>(epilogue, p7, q7, c + (7 * ldc));
        }

        if (TRows.Value > 8)
        {
            Store<TVectors>(epilogue, p8, q8, c + (8 * ldc));
        }

        if (TRows.Value > 9)
        {
            Store<TVectors>(epilogue, p9, q9, c + (9 * ldc));
        }

        if (TRows.Value > 10)
        {
            Store<TVectors>(epilogue, p10, q10, c + (10 * ldc));
        }

        if (TRows.Value > 11)
        {
            Store<TVectors>(epilogue, p11, q11, c + (11 * ldc));
        }

        if (TRows.Value > 12)
        {
            Store<TVectors>(epilogue, p12, q12, c + (12 * ldc));
        }

        if (TRows.Value > 13)
        {
            Store<TVectors>(epilogue, p13, q13, c + (13 * ldc));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVectors>(in Epilogue epilogue, TVector p, TVector q, float* c)
        where TVectors : struct, IConstant
    {
        TLanes.Store(epilogue.Of(p), c);
        if (TVectors.Value > 1)
        {
            TLanes.Store(epilogue.Of(q), c + TLanes.Width);
        }
    }

    private readonly struct Epilogue(Rectifier* rectifier)
    {
        private readonly bool isNone = rectifier == null;
        private readonly bool isPlain = rectifier != null && rectifier->Slope == 0;
        private readonly bool isLimited = rectifier != null && float.IsFinite(rectifier->Ceiling);
        private readonly TVector slope = rectifier != null ? TLanes.All(rectifier->Slope) : default;
        private readonly TVector ceiling = rectifier != null ? TLanes.All(rectifier->Ceiling) : default;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TVector Of(TVector x)
        {
            if (isNone)
            {
                return x;
            }

            TVector y = isPlain ? TLanes.Positive(x) : TLanes.Rectify(x, slope);
            return isLimited ? TLanes.Limit(y, ceiling) : y;
        }
    }
}
