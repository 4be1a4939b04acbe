namespace Cnn.Layers;

/// <summary>
/// A layer that may be <c>y = scale x + shift</c> with one scale and one shift for each channel (axis 1), so that a net
/// that only runs forward can make it part of the layer before; see <see cref="Layer.TryFold"/>.
/// </summary>
public interface IChannelAffine
{
    /// <summary>Whether the layer is so for its bottoms.</summary>
    bool IsChannelAffine(IReadOnlyList<Blob> bottoms);

    /// <summary>
    /// Applies the layer after <c>scale x + shift</c>: changes both, one entry a channel, to those of the two together.
    /// </summary>
    void Follow(Span<double> scale, Span<double> shift);

    /// <summary>Changes whenever the layer's scale or shift may have changed; see <see cref="Blob.DataVersion"/>.</summary>
    long AffineVersion { get; }
}
