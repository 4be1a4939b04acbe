using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Vision;

/// <summary>
/// One way to compute a layer's convolution and its gradients. The layer chooses its engine once, by what it convolves
/// with, and makes no distinction afterwards. Images are [C, spatial...], results [outputs, spatial...]; weights and
/// bias are the layer's parameters.
/// </summary>
internal unsafe interface IConvolutionEngine
{
    /// <summary>Prepares for images of these sizes; called before every pass, so it compares the sizes first.</summary>
    /// <param name="spatial">Sizes of the spatial axes, for which there is a result.</param>
    void Prepare(ReadOnlySpan<int> spatial);

    /// <summary>Computes y = x convolved with the weights, plus the bias where there is one; overwrites y.</summary>
    void Forward(int images, float* x, Blob weights, Blob? bias, float* y);

    /// <summary>Adds the gradient of the weights to dw and that of the bias to db; either may be null.</summary>
    void WeightGradient(int images, float* x, float* dy, float* dw, float* db);

    /// <summary>Computes dx, the gradient of x; overwrites dx.</summary>
    void InputGradient(int images, float* dy, Blob weights, float* dx);

    /// <summary>
    /// Folds in the layer after this one, but none after a rectifier; see <see cref="Layer.TryFold"/>.
    /// </summary>
    /// <returns>Whether it could.</returns>
    bool TryFold(IChannelAffine follower) => false;

    /// <summary>Folds in a rectifier.</summary>
    /// <returns>Whether it could.</returns>
    bool TryFold(Rectifier rectifier) => false;

    /// <summary>Folds in the sum of the result and of another blob; see <see cref="Layer.TryFoldSum"/>.</summary>
    /// <returns>Whether it could.</returns>
    bool TryFold(Blob other) => false;

    /// <summary>Makes the next pass read the parameters again, where the engine keeps them packed.</summary>
    void ParametersChanged()
    {
    }
}
