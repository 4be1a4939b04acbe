using System.Runtime.CompilerServices;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// A convolution's transforms, transposed for the gradient of its input: four gradients of results yield as many values
/// as the input of a tile has, which overlap those of the neighbouring tiles. The gradient takes as many tiles as the
/// results, which are fewer than those of the input if it is not padded.
/// </summary>
internal readonly unsafe struct WinogradTranspose<T> : IWinogradTransform
    where T : struct, IWinogradGradientTransform
{
    /// <inheritdoc/>
    public static int Size => T.Size;

    /// <inheritdoc/>
    public static int Taps => T.Taps;

    /// <inheritdoc/>
    public static int Seen => T.Made;

    /// <inheritdoc/>
    public static int Made => T.Seen;

    /// <inheritdoc/>
    public static int Lanes => T.Lanes;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signal(float** rows, nint offset, int count, float* to, nint toStep) =>
        T.ProductGradients(rows, offset, count, to, toStep);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Signal(float* from, nint step, float* to, nint toStep) =>
        T.ProductGradients(from, step, to, toStep);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* from, nint step, float* to, nint toStep) => T.Weights(from, step, to, toStep);

    /// <inheritdoc/>
    /// <remarks>The addend is ignored.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Results(float* from, nint step, float addend, float* to, nint toStep) =>
        T.SignalGradients(from, step, to, toStep);
}
