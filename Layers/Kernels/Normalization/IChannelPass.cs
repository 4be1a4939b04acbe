namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// A computation that needs two sums over each channel before it can compute the channel's values; see
/// <see cref="ChannelPasses"/>. The sums or the values may be left out.
/// </summary>
internal unsafe interface IChannelPass
{
    /// <summary>Whether there are sums.</summary>
    bool HasSums { get; }

    /// <summary>Whether there are values to compute.</summary>
    bool HasValues { get; }

    /// <summary>Computes the two sums of each of the piece's channels.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="sums">[lanes, 2]; overwritten.</param>
    void Sum(in ChannelPiece piece, double* sums);

    /// <summary>Takes the sums over all values of a channel.</summary>
    void Finish(int channel, double first, double second);

    /// <summary>Computes the values of a piece; the sums of its channels are known.</summary>
    void Compute(in ChannelPiece piece);
}
