using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Inspection;

/// <summary>
/// The values of a blob as tiles, one a channel, from a dark violet for the least to a light yellow for the greatest.
/// All channels have one scale. Infinities have the colours of the ends, NaN that of the middle.
/// </summary>
public static class ActivationSheet
{
    /// <summary>Returns the channels of an item.</summary>
    /// <param name="blob">The blob, [N, C, H, W] or [N, C].</param>
    /// <param name="item">The item, from 0.</param>
    /// <param name="most">How many channels are shown at most; of [N, C] more are.</param>
    /// <exception cref="CnnException">The blob is empty or has no such item.</exception>
    public static TileSheet Of(Blob blob, int item = 0, int most = TileSheet.UsualMost) =>
        ChannelTiles.Of(blob, blob.Data, item, most, ColorMap.Sequential, isSigned: false);
}
