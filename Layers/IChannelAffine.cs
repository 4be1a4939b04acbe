namespace Cnn.Layers;

/// <summary>
/// A layer that may compute <c>y = scale x + shift</c> with one scale and one shift for each channel (axis 1), so that
/// a net that only runs forward can fold it into the layer before; see <see cref="Layer.TryFold"/>.
/// </summary>
public interface IChannelAffine
{
    /// <summary>Returns whether the layer computes that for its bottoms.</summary>
    bool IsChannelAffine(IReadOnlyList<Blob> bottoms);

    /// <summary>
    /// Composes the layer with a <c>scale x + shift</c> before it: replaces both, one entry per channel, with those of
    /// the two steps together.
    /// </summary>
    void Follow(Span<double> scale, Span<double> shift);

    /// <summary>
    /// A number that changes whenever the layer's scale or shift may have changed; see <see cref="Blob.DataVersion"/>.
    /// </summary>
    long AffineVersion { get; }
}
