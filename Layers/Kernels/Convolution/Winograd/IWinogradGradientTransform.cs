namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>What the gradients take beyond <see cref="IWinogradTransform"/>: its linear maps transposed.</summary>
internal unsafe interface IWinogradGradientTransform : IWinogradTransform
{
    /// <summary>The gradients of four results, as taps, to <see cref="IWinogradTransform.Size"/> values.</summary>
    static abstract void ResultGradients(float* from, nint step, float* to, nint toStep);

    /// <summary><see cref="IWinogradTransform.Size"/> products to the gradients of the taps.</summary>
    static abstract void WeightGradients(float* from, nint step, float* to, nint toStep);

    /// <summary>
    /// The gradients of four results to those of the products, of rows that end after <paramref name="count"/>; more
    /// reads as zero. The transpose of <see cref="IWinogradTransform.Results"/>.
    /// </summary>
    static abstract void ProductGradients(float** rows, nint offset, int count, float* to, nint toStep);

    /// <summary>The gradients of four results to those of the products.</summary>
    static abstract void ProductGradients(float* from, nint step, float* to, nint toStep);

    /// <summary>
    /// The gradients of a transformed signal to those of the signal. The transpose of
    /// <see cref="IWinogradTransform.Signal(float*, nint, float*, nint)"/>.
    /// </summary>
    static abstract void SignalGradients(float* from, nint step, float* to, nint toStep);
}
