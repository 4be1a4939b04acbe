using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// The convolution of one plane with 3 x 3 taps and stride 1 or 2, and the gradient of its taps, four rows at a time
/// (<see cref="ThreeTapRows{T}"/>).
/// </summary>
internal sealed unsafe class ThreeTapPlane
{
    private const int Taps = 9, MostPadding = 2, MostRows = 9, OutRows = 4;

    private readonly ConvolutionShape shape;

    // What rows of the border point to, with what windows reach on both sides; the bits of 0 are those of 0f.
    private readonly PinnedInts zeros;

    /// <summary>Prepares a shape for which <see cref="Suits"/>.</summary>
    public ThreeTapPlane(in ConvolutionShape shape)
    {
        this.shape = shape;
        zeros = new PinnedInts(Math.Max(shape.Width, shape.OutWidth * shape.StrideWidth) + (6 * Lanes.Width));
    }

    /// <summary>Returns whether a convolution's planes are of this kind.</summary>
    public static bool Suits(in ConvolutionShape shape) =>
        shape is
        {
            KernelHeight: 3, KernelWidth: 3, DilationHeight: 1, DilationWidth: 1, StrideHeight: 1 or 2,
            PadHeight: <= MostPadding, PadWidth: <= MostPadding,
        }
        && shape.StrideWidth == shape.StrideHeight;

    private float* ZeroRow => (float*)zeros.Pointer + Lanes.Width;

    /// <summary>Computes a plane of the result.</summary>
    /// <param name="x">The plane of the image.</param>
    /// <param name="taps">Its taps.</param>
    /// <param name="bias">Its bias.</param>
    /// <param name="y">The plane of the result; overwritten.</param>
    /// <param name="rectifier">The rectifier of the result; null for none.</param>
    public void Forward(float* x, float* taps, float bias, float* y, Rectifier? rectifier)
    {
        float** rows = stackalloc float*[MostRows];
        int width = shape.OutWidth, height = shape.OutHeight;
        for (int row = 0; row < height; row += OutRows, y += (nint)OutRows * width)
        {
            Rows(x, row, rows);
            if (shape.StrideWidth == 1)
            {
                ThreeTapRows<One>.Forward(
                    rows, shape.Width, shape.PadWidth, taps, bias, y, width, height - row, rectifier);
            }
            else
            {
                ThreeTapRows<Two>.Forward(
                    rows, shape.Width, shape.PadWidth, taps, bias, y, width, height - row, rectifier);
            }
        }
    }

    /// <summary>Computes the gradient of a plane of the image, with stride 2.</summary>
    /// <param name="dy">The plane of the result's gradient.</param>
    /// <param name="taps">Its taps.</param>
    /// <param name="dx">The plane of the image's gradient; overwritten.</param>
    public void InputGradient(float* dy, float* taps, float* dx)
    {
        for (int m = 0; (2 * m) - shape.PadHeight < shape.Height; m++)
        {
            int row = (2 * m) - shape.PadHeight;
            float* even = row >= 0 ? dx + ((nint)row * shape.Width) : null;
            float* odd = row + 1 >= 0 && row + 1 < shape.Height ? dx + ((nint)(row + 1) * shape.Width) : null;
            ThreeTapRows<Two>.InputGradient(
                GradientRow(dy, m), GradientRow(dy, m - 1), shape.OutWidth, taps, even, odd, shape.Width,
                shape.PadWidth);
        }
    }

    /// <summary>Adds the gradient of the taps, and that of the bias behind them, to ten sums.</summary>
    /// <param name="x">The plane of the image.</param>
    /// <param name="dy">The plane of the result's gradient.</param>
    /// <param name="sums">The sums.</param>
    [SkipLocalsInit]
    public void WeightGradient(float* x, float* dy, double* sums)
    {
        float** rows = stackalloc float*[MostRows], gradients = stackalloc float*[OutRows];
        Vector512<float>* partials = stackalloc Vector512<float>[Taps + 1];
        new Span<float>(partials, (Taps + 1) * Lanes.Width).Clear();
        int width = shape.OutWidth, height = shape.OutHeight;
        for (int row = 0; row < height; row += OutRows)
        {
            Rows(x, row, rows);
            for (int i = 0; i < OutRows; i++)
            {
                gradients[i] = GradientRow(dy, row + i);
            }

            if (shape.StrideWidth == 1)
            {
                ThreeTapRows<One>.WeightGradient(rows, shape.Width, shape.PadWidth, gradients, width, partials);
            }
            else
            {
                ThreeTapRows<Two>.WeightGradient(rows, shape.Width, shape.PadWidth, gradients, width, partials);
            }
        }

        for (int t = 0; t <= Taps; t++)
        {
            sums[t] += Vector512.Sum(partials[t]);
        }
    }

    private float* GradientRow(float* dy, int row) =>
        row >= 0 && row < shape.OutHeight ? dy + ((nint)row * shape.OutWidth) : ZeroRow;

    // Finds the rows of the image that four rows of the result see.
    private void Rows(float* x, int outRow, float** rows)
    {
        int first = (outRow * shape.StrideHeight) - shape.PadHeight;
        for (int i = 0; i < ((OutRows - 1) * shape.StrideHeight) + 3; i++)
        {
            int row = first + i;
            rows[i] = row >= 0 && row < shape.Height ? x + ((nint)row * shape.Width) : ZeroRow;
        }
    }
}
