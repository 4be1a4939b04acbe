namespace Cnn.Layers;

/// <summary>
/// A layer that computes <c>y = min(max(x, 0) + slope min(x, 0), ceiling)</c>, so that a net that only runs forward can
/// fold it into the layer before; see <see cref="Layer.TryFold"/>.
/// </summary>
public interface IRectifier
{
    /// <summary>Whether the layer computes that: its options may ask for more.</summary>
    bool IsRectifier => true;

    /// <summary>The slope below 0; 0 for a plain rectifier.</summary>
    float NegativeSlope { get; }

    /// <summary>The greatest result; infinity for none.</summary>
    float Ceiling => float.PositiveInfinity;
}
