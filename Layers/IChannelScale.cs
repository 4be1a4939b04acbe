namespace Cnn.Layers;

/// <summary>
/// A layer that may compute <c>y = factor x</c> or <c>y = factor x + summand</c> with learned numbers for each channel
/// (axis 1), so that a normalisation before it can do its work in training; see <see cref="Layer.TryTrainWith"/>.
/// </summary>
public interface IChannelScale
{
    /// <summary>Returns whether the layer computes that for its bottoms.</summary>
    bool IsChannelScale(IReadOnlyList<Blob> bottoms);

    /// <summary>The index of the factors, [C], in <see cref="Layer.Blobs"/>.</summary>
    int FactorIndex { get; }

    /// <summary>The index of the summands, [C]; null where there are none.</summary>
    int? SummandIndex { get; }
}
