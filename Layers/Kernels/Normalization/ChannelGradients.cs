namespace Cnn.Layers.Kernels.Normalization;

/// <summary>Where <see cref="BatchNormalization"/> writes its gradients; null where one is not wanted.</summary>
/// <param name="x">The gradient of the values, [images, channels, inner]; may be dy.</param>
/// <param name="scale">The gradient of the scale, [channels].</param>
/// <param name="bias">The gradient of the bias, [channels].</param>
/// <param name="normalised">
/// The gradient of the normalised values, those before the scale of a following layer, [images, channels, inner]; may
/// be dy, but not x.
/// </param>
/// <param name="adds">Whether those of scale and bias are added to what is there.</param>
internal readonly unsafe struct ChannelGradients(float* x, float* scale, float* bias, float* normalised, bool adds)
{
    /// <summary>The gradient of the values.</summary>
    public readonly float* X = x;

    /// <summary>The gradient of the scale.</summary>
    public readonly float* Scale = scale;

    /// <summary>The gradient of the bias.</summary>
    public readonly float* Bias = bias;

    /// <summary>The gradient of the normalised values.</summary>
    public readonly float* Normalised = normalised;

    /// <summary>Whether the gradients of scale and bias are added to what is there.</summary>
    public readonly bool Adds = adds;
}
