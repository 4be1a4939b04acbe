using System.Diagnostics;

namespace Cnn.Layers.Kernels.Gemm;

/// <summary>
/// Checks the arguments of a GEMM or a convolution, in debug builds only: kernels take addresses, and a wrong count or
/// a result that overlaps an operand would show as wrong numbers far from its cause. The messages address developers
/// of kernels.
/// </summary>
internal static unsafe class GemmGuard
{
    /// <summary>Checks the operands of <see cref="GemmKernel.Run"/>.</summary>
    /// <exception cref="ArgumentException">See <see cref="FaultOfGemm"/>.</exception>
    [Conditional("DEBUG")]
    public static void Gemm(
        bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc,
        GemmAddend addTo, float* bias) => Require(FaultOfGemm(
            transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, addTo, bias));

    /// <summary>Checks the operands of <see cref="PackedGemm.Run"/>.</summary>
    /// <exception cref="ArgumentException">See <see cref="FaultOfPanels"/>.</exception>
    [Conditional("DEBUG")]
    public static void Panels(int m, int n, int k, int mr, float* b, nint ldc, GemmAddend addTo, float* bias) =>
        Require(FaultOfPanels(m, n, k, mr, b, ldc, addTo, bias));

    /// <summary>Checks that the result of a convolution or of a gradient overlaps none of its operands.</summary>
    /// <exception cref="ArgumentException">See <see cref="FaultOfResult"/>.</exception>
    [Conditional("DEBUG")]
    public static void Result(
        int images, float* result, long resultFloats, float* first, long firstFloats, float* second,
        long secondFloats) =>
        Require(FaultOfResult(images, result, resultFloats, first, firstFloats, second, secondFloats));

    /// <summary>
    /// Returns what is wrong with the operands of a GEMM: a negative size, rows that overlap, a missing bias, or a
    /// result that overlaps an operand; null if nothing is wrong.
    /// </summary>
    public static string? FaultOfGemm(
        bool transposeA, bool transposeB, int m, int n, int k, float* a, int lda, float* b, int ldb, float* c, int ldc,
        GemmAddend addTo, float* bias)
    {
        if (m < 0 || n < 0 || k < 0)
        {
            return $"a size is negative: m {m}, n {n}, k {k}";
        }

        var left = new Matrix(a, transposeA ? k : m, transposeA ? m : k, lda);
        var right = new Matrix(b, transposeB ? n : k, transposeB ? k : n, ldb);
        var result = new Matrix(c, m, n, ldc);
        int count = addTo == GemmAddend.RowBias ? m : addTo == GemmAddend.ColumnBias ? n : 0;
        return !left.HasRoom ? $"lda is {lda}, less than a row of {left.Columns}"
            : !right.HasRoom ? $"ldb is {ldb}, less than a row of {right.Columns}"
            : !result.HasRoom ? $"ldc is {ldc}, less than a row of {n}"
            : count > 0 && bias == null ? $"{addTo} without a bias"
            : result.Overlaps(left) ? "C lies on A"
            : result.Overlaps(right) ? "C lies on B"
            : result.Overlaps(new Matrix(bias, count > 0 ? 1 : 0, count, count)) ? "C lies on the bias"
            : null;
    }

    /// <summary>
    /// Returns what is wrong with packed panels: a negative size, panels of more rows than a tile, panels of B that are
    /// not aligned to a vector, so that loads cross cache lines, rows of C that overlap, or a missing bias; null if
    /// nothing is wrong.
    /// </summary>
    public static string? FaultOfPanels(
        int m, int n, int k, int mr, float* b, nint ldc, GemmAddend addTo, float* bias) =>
        m < 0 || n < 0 || k < 0 ? $"a size is negative: m {m}, n {n}, k {k}"
        : mr < 1 || mr > MicroKernels.MaxRows ? $"panels of A are {mr} high, a tile at most {MicroKernels.MaxRows}"
        : (nint)b % (MicroKernels.Width * sizeof(float)) != 0 ? "the panels of B do not begin at a whole vector"
        : m > 1 && ldc < n ? $"ldc is {ldc}, less than a row of {n}"
        : addTo is GemmAddend.RowBias or GemmAddend.ColumnBias && bias == null ? $"{addTo} without a bias"
        : null;

    /// <summary>
    /// Returns what is wrong with the operands of a convolution: a negative number of images, or a result that overlaps
    /// an operand; null if nothing is wrong. An operand may be null.
    /// </summary>
    public static string? FaultOfResult(
        int images, float* result, long resultFloats, float* first, long firstFloats, float* second,
        long secondFloats) =>
        images < 0 ? $"the number of images is {images}"
        : Overlaps(result, resultFloats, first, firstFloats) ? "the result lies on the first operand"
        : Overlaps(result, resultFloats, second, secondFloats) ? "the result lies on the second operand"
        : null;

    private static bool Overlaps(float* a, long floatsOfA, float* b, long floatsOfB) =>
        a != null && b != null && floatsOfA > 0 && floatsOfB > 0 && a < b + floatsOfB && b < a + floatsOfA;

    private static void Require(string? fault)
    {
        if (fault is not null)
        {
            throw new ArgumentException(fault);
        }
    }

    private readonly struct Matrix(float* first, int rows, int columns, int step)
    {
        public int Columns => columns;

        public bool HasRoom => rows < 2 || step >= columns;

        private long Length => rows == 0 || columns == 0 ? 0 : ((rows - 1L) * step) + columns;

        private float* First => first;

        private int Rows => rows;

        private int Step => step;

        // The rows of two matrices with the same row step may interleave without overlapping.
        public bool Overlaps(in Matrix other)
        {
            if (!GemmGuard.Overlaps(first, Length, other.First, other.Length))
            {
                return false;
            }

            int apart = rows > 1 ? step : other.Step;
            if (apart <= 0 || (rows > 1 && other.Rows > 1 && step != other.Step) || (rows < 2 && other.Rows < 2))
            {
                return true;
            }

            long offset = (((other.First - first) % apart) + apart) % apart;
            return offset < columns || offset + other.Columns > apart;
        }
    }
}
