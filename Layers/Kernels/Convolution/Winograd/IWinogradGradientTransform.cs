namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// The transforms that the gradients need beyond <see cref="IWinogradTransform"/>: the transposes of its linear maps.
/// </summary>
internal unsafe interface IWinogradGradientTransform : IWinogradTransform
{
    /// <summary>
    /// Transforms the gradients of four results, as taps, to <see cref="IWinogradTransform.Size"/> values.
    /// </summary>
    static abstract void ResultGradients(float* from, nint step, float* to, nint toStep);

    /// <summary>
    /// Transforms <see cref="IWinogradTransform.Size"/> products to the gradients of the taps.
    /// </summary>
    static abstract void WeightGradients(float* from, nint step, float* to, nint toStep);

    /// <summary>
    /// Transforms the gradients of four results to those of the products, from rows that end after
    /// <paramref name="count"/> values; the other lanes are 0. The transpose of
    /// <see cref="IWinogradTransform.Results"/>.
    /// </summary>
    static abstract void ProductGradients(float** rows, nint offset, int count, float* to, nint toStep);

    /// <summary>Transforms the gradients of four results to those of the products.</summary>
    static abstract void ProductGradients(float* from, nint step, float* to, nint toStep);

    /// <summary>
    /// Transforms the gradients of a transformed signal to those of the signal. The transpose of
    /// <see cref="IWinogradTransform.Signal(float*, nint, float*, nint)"/>.
    /// </summary>
    static abstract void SignalGradients(float* from, nint step, float* to, nint toStep);
}
