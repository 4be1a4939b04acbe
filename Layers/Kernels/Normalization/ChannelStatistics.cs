namespace Cnn.Layers.Kernels.Normalization;

/// <summary>The statistics of each channel that a normalisation needs, [channels] each.</summary>
internal readonly unsafe struct ChannelStatistics(float* mean, float* rest, float* inverse)
{
    /// <summary>The mean, rounded.</summary>
    public readonly float* Mean = mean;

    /// <summary>The rounding error of the mean: exact minus rounded.</summary>
    public readonly float* Rest = rest;

    /// <summary>One over the deviation.</summary>
    public readonly float* Inverse = inverse;
}
