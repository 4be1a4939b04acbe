using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// Copies matrices into panels: for each k the panel's values are contiguous. Value i of a panel comes either from
/// column i of the stored matrix (<see cref="Copy"/>) or from its row i (<see cref="Transpose"/>).
/// </summary>
/// <remarks>
/// Whole vectors are stored in ascending order, so each store overwrites what the one before it wrote past its values.
/// The last store overwrites up to <see cref="Slack"/> floats past the panel. The padding columns of a panel hold
/// undefined values.
/// </remarks>
internal static unsafe class Packing
{
    /// <summary>Floats that must be writable after a panel.</summary>
    public const int Slack = 16;

    /// <summary>
    /// Returns the floats from one panel to the next: its values and the slack, rounded up to whole cache lines.
    /// </summary>
    public static nint PanelSize(int width, int k) => (((nint)width * k) + Slack + 15) & ~(nint)15;

    /// <summary>
    /// Computes target[k * stride + i] = source[k * ld + i] for i below <paramref name="width"/>.
    /// </summary>
    public static void Copy(float* source, nint ld, int width, int k, float* target, nint stride)
    {
        if (VectorUnit.Path == VectorPath.Avx512)
        {
            Copy512(source, ld, width, k, target, stride);
        }
        else if (VectorUnit.Path == VectorPath.Avx2)
        {
            Copy256(source, ld, width, k, target, stride);
        }
        else
        {
            for (int p = 0; p < k; p++, source += ld, target += stride)
            {
                for (int i = 0; i < width; i++)
                {
                    target[i] = source[i];
                }
            }
        }
    }

    /// <summary>
    /// Computes target[k * stride + i] = source[i * ld + k] for i below <paramref name="width"/>.
    /// </summary>
    public static void Transpose(float* source, nint ld, int width, int k, float* target, nint stride)
    {
        int step = MicroKernels.Width;
        float** rows = stackalloc float*[step];
        for (int i = 0; i < width; i += step, target += step)
        {
            int count = Math.Min(step, width - i);
            for (int r = 0; r < step; r++)
            {
                rows[r] = source + ((i + (r < count ? r : 0)) * ld);
            }

            Transposition.Run(rows, 0, count, k, target, stride);
        }
    }

    private static void Copy512(float* source, nint ld, int width, int k, float* target, nint stride)
    {
        if (width == 32)
        {
            for (; k > 0; k--, source += ld, target += stride)
            {
                Vector512<float> first = Vector512.Load(source), second = Vector512.Load(source + 16);
                first.Store(target);
                second.Store(target + 16);
            }

            return;
        }

        Vector512<float> low = VectorMask.First512(width), high = VectorMask.First512(width - 16);
        for (; k > 0; k--, source += ld, target += stride)
        {
            Avx512F.MaskLoad(source, low, low).Store(target);
            if (width > 16)
            {
                Avx512F.MaskLoad(source + 16, high, high).Store(target + 16);
            }
        }
    }

    private static void Copy256(float* source, nint ld, int width, int k, float* target, nint stride)
    {
        Vector256<float> low = VectorMask.First256(width), high = VectorMask.First256(width - 8);
        for (; k > 0; k--, source += ld, target += stride)
        {
            Avx.MaskLoad(source, low).Store(target);
            if (width > 8)
            {
                Avx.MaskLoad(source + 8, high).Store(target + 8);
            }
        }
    }
}
