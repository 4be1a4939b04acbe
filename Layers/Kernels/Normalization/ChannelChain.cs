namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// A normalisation of each channel of [images, channels, inner] and what follows it: see
/// <see cref="BatchNormalization"/>. Arrays are [channels].
/// </summary>
internal unsafe struct ChannelChain
{
    /// <summary>Images.</summary>
    public int Images;

    /// <summary>Channels.</summary>
    public int Channels;

    /// <summary>Values of a channel in an image.</summary>
    public int Inner;

    /// <summary>Whether mean and variance are those of the values, rather than given.</summary>
    public bool UsesBatch;

    /// <summary>What is added to the variance, or else to its root.</summary>
    public float Eps;

    /// <summary>Whether eps is added to the root of the variance instead.</summary>
    public bool AddsEpsToRoot;

    /// <summary>The mean, rounded.</summary>
    public float* Mean;

    /// <summary>The rounding error of the mean: exact minus rounded.</summary>
    public float* Rest;

    /// <summary>The biased variance.</summary>
    public float* Variance;

    /// <summary>One over the deviation; computed in the forward pass.</summary>
    public float* Inverse;

    /// <summary>The inverse deviation times the scale; computed in the forward pass.</summary>
    public float* Factor;

    /// <summary>Memory for the backward pass, [2, channels].</summary>
    public float* Gradients;

    /// <summary>The scale; null for 1.</summary>
    public float* Scale;

    /// <summary>Whether the scale is that of a layer of its own.</summary>
    public bool HasFollowingScale;

    /// <summary>The bias; null for 0.</summary>
    public float* Bias;

    /// <summary>Whether the result is rectified.</summary>
    public bool Rectifies;

    /// <summary>The rectifier's slope below 0.</summary>
    public float Slope;

    /// <summary>Computes a channel's inverse deviation and factor.</summary>
    public readonly void SetFactor(int channel)
    {
        double variance = Variance[channel];
        double inverse = AddsEpsToRoot ? 1 / (Math.Sqrt(variance) + Eps) : 1 / Math.Sqrt(variance + Eps);
        Inverse[channel] = (float)inverse;
        Factor[channel] = Scale == null ? (float)inverse : (float)(inverse * Scale[channel]);
    }
}
