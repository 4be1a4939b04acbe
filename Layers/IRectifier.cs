namespace Cnn.Layers;

/// <summary>
/// A layer that computes <c>y = max(x, 0) + slope min(x, 0)</c>, so that a net that only runs forward can fold it into
/// the layer before; see <see cref="Layer.TryFold"/>.
/// </summary>
public interface IRectifier
{
    /// <summary>Whether the layer computes that: its options may ask for more.</summary>
    bool IsRectifier => true;

    /// <summary>The slope below 0; 0 for a plain rectifier.</summary>
    float NegativeSlope { get; }
}
