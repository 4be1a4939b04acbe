using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cnn.Layers.Kernels;

/// <summary>
/// Tiles of up to 4 rows by 8 columns with 128-bit vectors: with 8 accumulators there is room for the products that
/// machines without a fused multiply-add need. Fused where the machine can (Arm), else multiplied and added.
/// </summary>
internal static unsafe class TileKernel128
{
    /// <summary>Floats in a vector.</summary>
    public const int Width = 4;

    /// <summary>The tallest tile.</summary>
    public const int MaxRows = 4;

    /// <summary>See <see cref="TileKernels"/>. Rows and vectors are constants to the compiler, which drops what a tile lacks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRows, TVectors>(
        nint k, float* a, nint aStep, float* b, float* c, nint ldc, float* add, nint addStride, bool addPerRow)
        where TRows : struct, ICount
        where TVectors : struct, ICount
    {
        Vector128<float> p0 = default, q0 = default;
        Vector128<float> p1 = default, q1 = default;
        Vector128<float> p2 = default, q2 = default;
        Vector128<float> p3 = default, q3 = default;
        for (; k > 0; k--)
        {
            var b0 = Vector128.Load(b);
            var b1 = TVectors.Value > 1 ? Vector128.Load(b + 4) : b0;
            var x0 = Vector128.Create(a[0]);
            p0 = Vector128.MultiplyAddEstimate(x0, b0, p0);
            if (TVectors.Value > 1)
            {
                q0 = Vector128.MultiplyAddEstimate(x0, b1, q0);
            }

            if (TRows.Value > 1)
            {
                var x1 = Vector128.Create(a[1]);
                p1 = Vector128.MultiplyAddEstimate(x1, b0, p1);
                if (TVectors.Value > 1)
                {
                    q1 = Vector128.MultiplyAddEstimate(x1, b1, q1);
                }
            }

            if (TRows.Value > 2)
            {
                var x2 = Vector128.Create(a[2]);
                p2 = Vector128.MultiplyAddEstimate(x2, b0, p2);
                if (TVectors.Value > 1)
                {
                    q2 = Vector128.MultiplyAddEstimate(x2, b1, q2);
                }
            }

            if (TRows.Value > 3)
            {
                var x3 = Vector128.Create(a[3]);
                p3 = Vector128.MultiplyAddEstimate(x3, b0, p3);
                if (TVectors.Value > 1)
                {
                    q3 = Vector128.MultiplyAddEstimate(x3, b1, q3);
                }
            }

            a += aStep;
            b += TVectors.Value * 4;
        }

        if (add != null && addPerRow)
        {
            var y0 = Vector128.Create(add[0]);
            p0 += y0;
            q0 += y0;

            if (TRows.Value > 1)
            {
                var y1 = Vector128.Create(add[1]);
                p1 += y1;
                q1 += y1;
            }

            if (TRows.Value > 2)
            {
                var y2 = Vector128.Create(add[2]);
                p2 += y2;
                q2 += y2;
            }

            if (TRows.Value > 3)
            {
                var y3 = Vector128.Create(add[3]);
                p3 += y3;
                q3 += y3;
            }
        }
        else if (add != null)
        {
            var y0 = add;
            p0 += Vector128.Load(y0);
            if (TVectors.Value > 1)
            {
                q0 += Vector128.Load(y0 + 4);
            }

            if (TRows.Value > 1)
            {
                var y1 = add + addStride;
                p1 += Vector128.Load(y1);
                if (TVectors.Value > 1)
                {
                    q1 += Vector128.Load(y1 + 4);
                }
            }

            if (TRows.Value > 2)
            {
                var y2 = add + (2 * addStride);
                p2 += Vector128.Load(y2);
                if (TVectors.Value > 1)
                {
                    q2 += Vector128.Load(y2 + 4);
                }
            }

            if (TRows.Value > 3)
            {
                var y3 = add + (3 * addStride);
                p3 += Vector128.Load(y3);
                if (TVectors.Value > 1)
                {
                    q3 += Vector128.Load(y3 + 4);
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
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVectors>(float* c, Vector128<float> p, Vector128<float> q)
        where TVectors : struct, ICount
    {
        p.Store(c);
        if (TVectors.Value > 1)
        {
            q.Store(c + 4);
        }
    }
}
