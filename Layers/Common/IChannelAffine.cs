namespace Cnn.Layers.Common;

/// <summary>
/// A layer that may be <c>y = scale x + shift</c> with one scale and shift for each channel, axis 1, so that a net that only
/// runs forward can make it part of the layer before.
/// </summary>
internal interface IChannelAffine
{
    /// <summary>Whether it is so for its bottoms.</summary>
    bool IsChannelAffine(IReadOnlyList<Blob> bottoms);

    /// <summary>Follows <c>scale x + shift</c>: makes both those of the whole.</summary>
    void Follow(Span<double> scale, Span<double> shift);
}
