using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// Transposes rows into columns, a vector's width of rows at a time. Loads of four values from each row put rows that
/// are four apart into the 128-bit lanes of one vector, so that a 4 x 4 transposition within the lanes yields whole
/// columns.
/// </summary>
internal static unsafe class Transposition
{
    /// <summary>
    /// Computes target[k * stride + i] = rows[i][offset + k] for i below <paramref name="count"/>. It stores whole
    /// vectors, see <see cref="Packing"/>.
    /// </summary>
    /// <param name="rows">As many readable rows as a vector has elements, whatever <paramref name="count"/> is.</param>
    /// <param name="offset">Floats to skip at the start of each row.</param>
    /// <param name="count">Rows to transpose.</param>
    /// <param name="k">Values of each row.</param>
    /// <param name="target">The panel.</param>
    /// <param name="stride">Floats from one k to the next.</param>
    public static void Run(float** rows, nint offset, int count, int k, float* target, nint stride)
    {
        int done = 0;
        // A tail of one to three values is transposed again together with the values before it, in ascending stores.
        if (VectorUnit.Path == VectorPath.Avx512)
        {
            done = Run512(rows, offset, k, target, stride);
            if (done < k && k >= 4)
            {
                Run512(rows, offset + k - 4, 4, target + ((k - 4) * stride), stride);
                return;
            }
        }
        else if (VectorUnit.Path == VectorPath.Avx2)
        {
            done = Run256(rows, offset, k, target, stride);
            if (done < k && k >= 4)
            {
                Run256(rows, offset + k - 4, 4, target + ((k - 4) * stride), stride);
                return;
            }
        }
        else if (VectorUnit.Path == VectorPath.Vector128 && (Sse.IsSupported || AdvSimd.Arm64.IsSupported))
        {
            done = Run128(rows, offset, k, target, stride);
            if (done < k && k >= 4)
            {
                Run128(rows, offset + k - 4, 4, target + ((k - 4) * stride), stride);
                return;
            }
        }

        for (int p = done; p < k; p++)
        {
            for (int i = 0; i < count; i++)
            {
                target[(p * stride) + i] = rows[i][offset + p];
            }
        }
    }

    private static int Run512(float** rows, nint offset, int k, float* target, nint stride)
    {
        int p = 0;
        for (; p + 4 <= k; p += 4, offset += 4, target += 4 * stride)
        {
            Vector512<float> a = Gather512(rows, offset), b = Gather512(rows + 1, offset);
            Vector512<float> c = Gather512(rows + 2, offset), d = Gather512(rows + 3, offset);
            Vector512<double> abLow = Avx512F.UnpackLow(a, b).AsDouble(), abHigh = Avx512F.UnpackHigh(a, b).AsDouble();
            Vector512<double> cdLow = Avx512F.UnpackLow(c, d).AsDouble(), cdHigh = Avx512F.UnpackHigh(c, d).AsDouble();
            Avx512F.UnpackLow(abLow, cdLow).AsSingle().Store(target);
            Avx512F.UnpackHigh(abLow, cdLow).AsSingle().Store(target + stride);
            Avx512F.UnpackLow(abHigh, cdHigh).AsSingle().Store(target + (2 * stride));
            Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle().Store(target + (3 * stride));
        }

        return p;
    }

    private static int Run256(float** rows, nint offset, int k, float* target, nint stride)
    {
        int p = 0;
        for (; p + 4 <= k; p += 4, offset += 4, target += 4 * stride)
        {
            Vector256<float> a = Gather256(rows, offset), b = Gather256(rows + 1, offset);
            Vector256<float> c = Gather256(rows + 2, offset), d = Gather256(rows + 3, offset);
            Vector256<double> abLow = Avx.UnpackLow(a, b).AsDouble(), abHigh = Avx.UnpackHigh(a, b).AsDouble();
            Vector256<double> cdLow = Avx.UnpackLow(c, d).AsDouble(), cdHigh = Avx.UnpackHigh(c, d).AsDouble();
            Avx.UnpackLow(abLow, cdLow).AsSingle().Store(target);
            Avx.UnpackHigh(abLow, cdLow).AsSingle().Store(target + stride);
            Avx.UnpackLow(abHigh, cdHigh).AsSingle().Store(target + (2 * stride));
            Avx.UnpackHigh(abHigh, cdHigh).AsSingle().Store(target + (3 * stride));
        }

        return p;
    }

    private static int Run128(float** rows, nint offset, int k, float* target, nint stride)
    {
        int p = 0;
        for (; p + 4 <= k; p += 4, offset += 4, target += 4 * stride)
        {
            Vector128<float> a = Vector128.Load(rows[0] + offset), b = Vector128.Load(rows[1] + offset);
            Vector128<float> c = Vector128.Load(rows[2] + offset), d = Vector128.Load(rows[3] + offset);
            Vector128<float> abLow = ZipLow(a, b), abHigh = ZipHigh(a, b), cdLow = ZipLow(c, d), cdHigh = ZipHigh(c, d);
            Vector128.Create(abLow.GetLower(), cdLow.GetLower()).Store(target);
            Vector128.Create(abLow.GetUpper(), cdLow.GetUpper()).Store(target + stride);
            Vector128.Create(abHigh.GetLower(), cdHigh.GetLower()).Store(target + (2 * stride));
            Vector128.Create(abHigh.GetUpper(), cdHigh.GetUpper()).Store(target + (3 * stride));
        }

        return p;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gather512(float** rows, nint offset) => Vector512.Create(
        Vector256.Create(Vector128.Load(rows[0] + offset), Vector128.Load(rows[4] + offset)),
        Vector256.Create(Vector128.Load(rows[8] + offset), Vector128.Load(rows[12] + offset)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Gather256(float** rows, nint offset) =>
        Vector256.Create(Vector128.Load(rows[0] + offset), Vector128.Load(rows[4] + offset));

    private static Vector128<float> ZipLow(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    private static Vector128<float> ZipHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);
}
