namespace Cnn.Layers.Kernels.Normalization;

/// <summary>What a normalisation needs of each channel, [channels] each.</summary>
internal readonly unsafe struct ChannelStatistics(float* mean, float* rest, float* inverse)
{
    /// <summary>The mean, rounded.</summary>
    public readonly float* Mean = mean;

    /// <summary>What the mean lacks for being rounded.</summary>
    public readonly float* Rest = rest;

    /// <summary>One over the deviation.</summary>
    public readonly float* Inverse = inverse;
}
