namespace Cnn.Layers;

/// <summary>
/// A layer that may compute the plain sum of two bottoms of one shape, so that a net that only runs forward can fold it
/// into the layer before; see <see cref="Layer.TryFoldSum"/>.
/// </summary>
public interface ISum
{
    /// <summary>Returns whether the layer computes that for its bottoms.</summary>
    bool IsSum(IReadOnlyList<Blob> bottoms);
}
