namespace Cnn.Layers.Vision;

/// <summary>
/// One way to compute a layer's convolution and its gradients. The layer picks it once, by what it convolves with, and
/// asks no further. Images are [C, spatial...], results [outputs, spatial...]; weights and bias are the layer's
/// parameters.
/// </summary>
internal unsafe interface IConvolutionEngine
{
    /// <summary>Prepares for images of these sizes; called before every pass, so it compares first.</summary>
    /// <param name="spatial">Sizes of the spatial axes, for which there is a result.</param>
    void Prepare(ReadOnlySpan<int> spatial);

    /// <summary>y = x convolved with the weights, plus the bias where there is one; overwritten.</summary>
    void Forward(int images, float* x, Blob weights, Blob? bias, float* y);

    /// <summary>dw += the gradient of the weights, db += that of the bias; either may be null.</summary>
    void WeightGradient(int images, float* x, float* dy, float* dw, float* db);

    /// <summary>dx = the gradient of x; overwritten.</summary>
    void InputGradient(int images, float* dy, Blob weights, float* dx);

    /// <summary>Takes the layer after this one in, none after a rectifier; see <see cref="Layer.TryFold"/>.</summary>
    /// <returns>Whether it could.</returns>
    bool TryFold(IChannelAffine follower) => false;

    /// <summary>Takes in a rectifier of that slope below 0.</summary>
    /// <returns>Whether it could.</returns>
    bool TryFold(float slope) => false;

    /// <summary>Reads the parameters anew at the next pass, where it keeps them in a form of its own.</summary>
    void ParametersChanged()
    {
    }
}
